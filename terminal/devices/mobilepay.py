"""Vipps MobilePay at the till: the customer scans a code from the screen, or the till scans the customer's.

    mobilepay_http      one HTTPS request
    mobilepay_service   token, headers, asking again
    mobilepay_case      one payment and what can be done to it
    mobilepay_pay       taking a payment
    mobilepay_back      giving money back
    mobilepay_settle    what became of a payment in doubt

Sources: as in terminal.protocols.mobilepay.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.config.settings import MobilePay
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.mobilepay import answers, requests, webhooks
from terminal.protocols.mobilepay.errors import BadAnswer, BadRequest
from terminal.protocols.mobilepay.messages import CheckedIn, PaymentNews

from .mobilepay_back import give_back, settle_back
from .mobilepay_http import parse
from .mobilepay_pay import Attention, Paying
from .mobilepay_service import Keys, Refused, Service, Timing
from .mobilepay_settle import settle

__all__ = ["Keys", "MobilePayService", "Timing"]

_NOBODYS = "kasse-is-the-service-there"
"""A reference that no payment has: asking for it moves nothing, and 'not found' is an answer."""


def _now() -> datetime:
    return datetime.now(UTC)


class MobilePayService:
    """One sales unit. A PaymentMethod and a Driver."""

    def __init__(
        self, settings: MobilePay, keys: Keys, *, timing: Timing | None = None, now: Callable[[], datetime] = _now
    ) -> None:
        """Raises ValueError for an address that is not safe, or keys that cannot be sent."""
        self._timing = timing or Timing()
        self._webhook_secret = keys.webhook_secret
        self._poll = settings.poll_ms / 1000
        self._now = now
        self._service = Service(
            parse(settings.base_url),
            merchant_serial=settings.merchant_serial,
            client_id=settings.client_id,
            keys=keys,
            ca_file=settings.ca_file,
            timing=self._timing,
        )
        self._lock = anyio.Lock()
        self._running = ""
        """The reference that is being followed."""
        self._attention = Attention()
        self._look_now = anyio.Event()

    # --- Driver

    async def live(self, tell: Tell) -> NoReturn:
        """Fetch a token, tell, and look now and then, and at once after a call that failed. See Driver."""
        async with self._lock:
            await self._look(renew=True)
        tell(Health(State.OK))
        while True:
            self._look_now = anyio.Event()
            with anyio.move_on_after(self._timing.check):
                await self._look_now.wait()
            async with self._lock:
                await self._look()
            tell(Health(State.OK))

    async def diagnose(self) -> Health:
        """See Diagnosed: a new access token, and a question about a payment that nobody has made."""
        async with self._lock:
            await self._look(renew=True)
        return Health(State.OK)

    async def _look(self, *, renew: bool = False) -> None:
        """Never a payment. Raises DeviceError."""
        try:
            if renew:
                await self._service.renew()
            await self._service.ask(requests.get(_NOBODYS), tries=1)
        except Refused as no:
            if no.status != 404:
                raise DeviceError(Problem.REFUSED, f"the service does not take the shop's keys: {no}") from no

    # --- PaymentMethod

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """See PaymentMethod."""
        self._attention = attention = Attention()
        async with self._lock:
            self._running = intent.key
            try:
                if intent.purpose == "pay":
                    paying = Paying(self._service, intent, attention=attention, record=record, say=say, poll=self._poll)
                    result = await paying.run(sent, self._timing)
                else:
                    result = await give_back(self._service, intent, sent=sent, record=record, pause=self._poll)
            finally:
                self._running = ""
        return self._noted(result)

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """See PaymentMethod. `before` is not needed: the intent's key names the payment."""
        async with self._lock:
            if intent.purpose == "pay":
                result = await settle(self._service, intent, known=known, pause=self._poll)
            else:
                result = await settle_back(self._service, intent, known=known)
        return self._noted(result)

    async def abort(self) -> None:
        """See PaymentMethod. Before the payment was made, it never is; a refund is not stopped."""
        self._attention.ask_to_stop()

    async def fixed_code(self, qr_id: str, location: str) -> str:
        """The text of the till's fixed QR, to be printed; made, or renamed, at the service. Raises DeviceError.

        Who scans it comes in by `hear`, as CheckedIn. `location`: at most 36 characters, shown in the app.
        """
        async with self._lock:
            try:
                await self._service.ask(requests.put_callback_qr(qr_id, location))
                body = await self._service.ask(requests.get_callback_qr(qr_id))
                return answers.callback_qr(body).qr_content
            except (BadRequest, BadAnswer, Refused) as error:
                raise DeviceError(Problem.REFUSED, f"no fixed code: {error}") from error

    def _noted(self, result: PaymentResult) -> PaymentResult:
        if isinstance(result, OutcomeUnknown) or (isinstance(result, Declined) and result.reason == "not-sent"):
            self._look_now.set()
        return result

    # --- webhooks

    def hear(self, target: str, headers: Mapping[str, str], body: bytes) -> PaymentNews | CheckedIn:
        """A webhook that headquarters has relayed, as it came: path and query, headers with Host, body.

        Of the running payment it only has the till look at once: what it says is not believed, polling alone would do.
        Returns what it tells. Raises BadWebhook: it is not the service's, or too old by this board's clock.
        """
        webhooks.verify(self._webhook_secret, target, headers, body, self._now())
        news = webhooks.read(body)
        if isinstance(news, PaymentNews) and news.reference == self._running:
            self._attention.look()
        return news
