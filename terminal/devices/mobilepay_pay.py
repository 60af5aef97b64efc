"""Taking a payment: created, shown, followed until the customer has answered, recorded, captured.

The customer's approval only reserves the money; the capture takes it. So the approval is recorded before the capture,
and a crash between the two leaves a reservation that the next start captures, since the approval is known; one that
was never recorded is let go.
"""

import logging
import re
from typing import Literal

import anyio

from terminal.app.ports.device import DeviceError
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
    TerminalMessage,
)
from terminal.protocols.mobilepay import answers, requests
from terminal.protocols.mobilepay.errors import BadAnswer, BadRequest
from terminal.protocols.mobilepay.messages import Money
from terminal.protocols.mobilepay.requests import Customer
from terminal.protocols.mobilepay.standing import OVER, Standing

from .mobilepay_case import NO_ANSWER, Case, in_doubt
from .mobilepay_http import NotSent
from .mobilepay_service import Refused, Service, Timing

log = logging.getLogger(__name__)

SCAN, APPROVE, TAKING, STOPPING, SLOW = "mp-scan", "mp-approve", "mp-taking", "mp-stopping", "mp-slow"
"""What a TerminalMessage's code says: scan the code; approve in the app; approved, the money is being taken; it is
being called off; the service does not answer at the moment."""

_NONSENSE = 5
"""Answers in a row that make no sense before the till stops waiting for one that does."""
_NOT_MADE = frozenset({400, 401, 403, 415, 422})
"""Refusals of a creation after which there certainly is no payment (429 never comes so far)."""


_LONG_NUMBER = re.compile(r"[0-9]{5,}")


class Attention:
    """What the loop waits for between two looks: the time, a webhook, the wish to stop."""

    def __init__(self) -> None:
        self.stop = False
        self._event = anyio.Event()

    def ask_to_stop(self) -> None:
        """From anywhere in the loop's thread."""
        self.stop = True
        self._event.set()

    def look(self) -> None:
        """Look at once."""
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """At most so long."""
        with anyio.move_on_after(seconds):
            await self._event.wait()
        self._event = anyio.Event()


class Paying:
    """One intent of purpose 'pay'."""

    def __init__(
        self, service: Service, intent: PaymentIntent, *, attention: Attention, record: Record, say: Say, poll: float
    ) -> None:
        self._service = service
        self._intent = intent
        self._attention = attention
        self._record = record
        self._say = say
        self._poll = poll

    async def run(self, sent: Sent, timing: Timing) -> PaymentResult:
        """See PaymentMethod.carry."""
        intent = self._intent
        try:
            asked = requests.money(intent.amount, intent.currency)
            customer = await self._customer()
            request = requests.create(intent.key, asked, customer=customer, description=f"Kasse {intent.sale}")
        except (BadRequest, BadAnswer, DeviceError) as error:
            return Declined("not-sent", text=str(error))
        except Refused as no:
            return declined(no)
        if self._attention.stop:
            return Declined("cancelled")
        await sent()
        try:
            created = answers.created(await self._service.ask(request), intent.key)
        except NotSent as error:
            return Declined("not-sent", text=error.detail)
        except Refused as no:
            return declined(no) if no.status in _NOT_MADE else in_doubt(no)
        except (DeviceError, BadAnswer) as error:
            return in_doubt(error)
        case = Case(self._service, intent.key, asked)
        if customer is None and not created.redirect_url:
            log.error("the service made a payment without a QR code")
            return await self._give_up(case, asked, "declined")
        prompt = TerminalMessage(APPROVE) if customer is not None else TerminalMessage(SCAN, qr=created.redirect_url)
        self._say(prompt)
        return await self._follow(case, asked, prompt, anyio.current_time() + timing.life + timing.late)

    async def _customer(self) -> Customer | None:
        """Whom to send the push message to; None: whoever scans. The QR is of no use a second time: not kept."""
        if not self._intent.account:
            return None
        owner = answers.exchanged(await self._service.ask(requests.exchange(self._intent.account)))
        return Customer(phone_number=owner.msisdn)

    async def _follow(self, case: Case, asked: Money, prompt: TerminalMessage, until: float) -> PaymentResult:
        nonsense, silent = 0, False
        while True:
            if self._attention.stop:
                return await self._give_up(case, asked, "cancelled")
            if anyio.current_time() > until:
                return await self._give_up(case, asked, "timeout")
            await self._attention.wait(self._poll)
            if self._attention.stop:
                continue
            try:
                stands = await case.look(tries=1)
            except DeviceError as error:
                if not silent:
                    log.warning("a payment cannot be followed: %s", error.detail)
                    self._say(TerminalMessage(SLOW, qr=prompt.qr))
                silent = True
                continue
            except (Refused, BadAnswer) as error:
                log.warning("a payment cannot be followed: %s", error)
                stands = Standing.ODD
            if silent:
                silent = False
                self._say(prompt)
            match stands:
                case Standing.WAITING:
                    nonsense = 0
                case Standing.HELD:
                    return await self._take(case, asked)
                case Standing.TAKEN:
                    return await self._taken(case)
                case Standing.EXPIRED:
                    return Declined("timeout", stands.value)
                case Standing.ABORTED | Standing.WITHDRAWN | Standing.RELEASED:
                    return Declined("cancelled", stands.value)
                case Standing.ODD | Standing.RETURNED:
                    nonsense += 1
                    if nonsense == _NONSENSE:
                        return OutcomeUnknown("the service tells of the payment what cannot be")

    async def _take(self, case: Case, asked: Money) -> PaymentResult:
        """Approved: record, then capture."""
        approved = case.approval(self._intent)
        await self._recorded(case, approved)
        self._say(TerminalMessage(TAKING))
        try:
            stands = await case.capture(asked, self._intent.key)
        except NO_ANSWER as error:
            return in_doubt(error)
        if stands is not Standing.TAKEN:
            return OutcomeUnknown("the service has not taken all of what was approved")
        await self._record(Acknowledged())
        return approved

    async def _taken(self, case: Case) -> PaymentResult:
        """Somebody else has captured it (the business portal can): it is paid."""
        approved = case.approval(self._intent)
        await self._record(approved)
        await self._record(Acknowledged())
        return approved

    async def _recorded(self, case: Case, approved: Approved) -> None:
        """What cannot be kept is not captured: the reservation is let go, and the failure goes on."""
        try:
            await self._record(approved)
        except Exception:
            try:
                await case.withdraw(self._intent.key, self._poll)
            except NO_ANSWER as error:
                log.warning("an approval that could not be recorded could not be let go either: %s", error)
            raise

    async def _give_up(
        self, case: Case, asked: Money, why: Literal["cancelled", "timeout", "declined"]
    ) -> PaymentResult:
        """Only the service's word makes it not paid: an approval may have come in at the same moment."""
        self._say(TerminalMessage(STOPPING))
        try:
            stands = await case.withdraw(self._intent.key, self._poll)
        except NO_ANSWER as error:
            return in_doubt(error)
        if stands in OVER:
            return Declined(why, stands.value)
        if stands is Standing.TAKEN:
            return await self._taken(case)
        return OutcomeUnknown(f"the payment could not be called off: it is {stands.value}")


def declined(no: Refused) -> Declined:
    """The service's refusal, before anything could move money. A number in its words may be a phone's."""
    text = _LONG_NUMBER.sub("*****", no.problem.text)
    return Declined("busy" if no.status == 429 else "declined", str(no.status), text)
