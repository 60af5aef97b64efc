"""The service as one who has its keys meets it: the access token, the headers, asking again, being asked to wait.

    NotSent, Lost   see mobilepay_http; Lost also after a second try that did not clear the first one up
    Refused         the service has answered no, and has done nothing

Every request that moves money carries an idempotency key, so that asking twice is asking once.
"""

import logging
from typing import TYPE_CHECKING

import anyio
import msgspec

from terminal import __version__
from terminal.app.ports.device import Problem
from terminal.protocols.mobilepay import answers, requests
from terminal.protocols.mobilepay import messages as m
from terminal.protocols.mobilepay.errors import BadAnswer
from terminal.protocols.mobilepay.requests import Request

from .mobilepay_http import Address, Answer, Lost, NotSent, Outgoing, call

if TYPE_CHECKING:
    import ssl

log = logging.getLogger(__name__)

_MARGIN = 60
"""Seconds before its end that a token is not used any more."""


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds, and tries."""

    connect: float = 5.0
    answer: float = 10.0
    tries: int = 2
    """Of a request that is not answered."""
    again: float = 0.5
    """Before the next try."""
    longest_wait: float = 30.0
    """That the service may ask for with Retry-After while somebody waits."""
    life: float = 600.0
    """Of a payment at the service. The till gives up by itself a little later, whatever the clocks say."""
    late: float = 15.0
    """That little."""
    check: float = 60.0
    """Between two looks at whether the service is there."""


class Keys:
    """The shop's secrets, from credential files. Shown by nothing that prints objects."""

    def __init__(self, *, client_secret: str, subscription_key: str, webhook_secret: str = "") -> None:
        """Raises ValueError for what cannot stand in an HTTP header; the message holds no secret."""
        for name, value in (("client secret", client_secret), ("subscription key", subscription_key)):
            if not value or not value.isascii() or not value.isprintable():
                raise ValueError(f"the {name} of MobilePay is empty or holds other than ASCII characters")
        self.client_secret = client_secret
        self.subscription_key = subscription_key
        self.webhook_secret = webhook_secret

    def __repr__(self) -> str:
        """Nothing of them."""
        return "Keys(…)"


class Refused(Exception):
    """The service said no: `status` of HTTP, and its reasons."""

    def __init__(self, status: int, problem: m.Problem) -> None:
        super().__init__(f"{status} {problem.text}".strip())
        self.status = status
        self.problem = problem

    @property
    def is_not_found(self) -> bool:
        """The service itself knows of no such payment. A gateway's bare 404 says nothing about payments."""
        return self.status == 404 and self.problem.status == 404


class Service:
    """One sales unit at the service. One request at a time; the caller serialises."""

    def __init__(
        self, address: Address, *, merchant_serial: str, client_id: str, keys: Keys, ca_file: str, timing: Timing
    ) -> None:
        self._address = address
        self._client_id = client_id
        self._keys = keys
        self._ca_file = ca_file
        self._timing = timing
        self._context: ssl.SSLContext | None = None
        self._token = ""
        self._token_until = 0.0
        self._not_before = 0.0
        """When the service wants to be asked again."""
        self._common = [
            ("Ocp-Apim-Subscription-Key", keys.subscription_key),
            ("Merchant-Serial-Number", merchant_serial),
            ("Vipps-System-Name", "kasse"),
            ("Vipps-System-Version", __version__),
            ("User-Agent", f"kasse/{__version__}"),
            ("Accept", "application/json"),
        ]

    async def ask(self, request: Request, *, tries: int | None = None) -> bytes:
        """The body of a good answer. Raises NotSent, Lost, Refused.

        A refusal after a try whose fate is not known is Lost: the refusal may be of the second, since the first one was
        carried out.
        """
        open_fate: Lost | None = None
        for left in reversed(range(tries or self._timing.tries)):
            fault: NotSent | Lost
            try:
                answer = await self._authorised(request)
                if answer.status < 300:
                    return answer.body
                if answer.status != 429 and answer.status < 500:
                    break
                fault = self._busy(request, answer)
            except (NotSent, Lost) as error:
                fault = error
            if isinstance(fault, Lost):
                open_fate = fault
            if not left:
                raise open_fate or fault
            log.warning("%s: %s; asking again", request.name, fault.detail)
            await anyio.sleep(self._timing.again)
        if open_fate is not None and request.method != "GET":
            raise open_fate
        raise Refused(answer.status, answers.problem(answer.body))

    async def renew(self) -> None:
        """Fetch a token now, whether or not there is one. Raises NotSent."""
        self._token = ""
        await self._valid_token()

    def _busy(self, request: Request, answer: Answer) -> NotSent | Lost:
        """429: turned away at the door. 5xx: nobody knows how far it came."""
        wait = answer.retry_after
        if wait is not None:
            self._not_before = anyio.current_time() + wait
        if answer.status == 429:
            return NotSent(Problem.BUSY, "the service asks to be asked less often")
        return Lost(Problem.FAULT, f"the service answers {answer.status} to {request.name}")

    async def _authorised(self, request: Request) -> Answer:
        """A token that the service does not take any more is replaced, once."""
        answer = await self._once(request)
        if answer.status == 401:
            self._token = ""
            answer = await self._once(request)
        return answer

    async def _once(self, request: Request) -> Answer:
        headers = [("Authorization", f"Bearer {await self._valid_token()}")]
        if request.idempotency_key:
            headers.append(("Idempotency-Key", request.idempotency_key))
        return await self._send(request, headers)

    async def _valid_token(self) -> str:
        """Raises NotSent: without a token nothing leaves."""
        if self._token and anyio.current_time() < self._token_until:
            return self._token
        request = requests.token()
        headers = [("client_id", self._client_id), ("client_secret", self._keys.client_secret)]
        try:
            answer = await self._send(request, headers)
            if answer.status == 429 or answer.status >= 500:
                fault = self._busy(request, answer)
                raise NotSent(fault.problem, fault.detail)
            if answer.status >= 300:
                why = answers.problem(answer.body).text
                raise NotSent(Problem.REFUSED, f"the service does not take the shop's keys: {answer.status} {why}")
            token = answers.token(answer.body)
        except Lost as error:
            raise NotSent(error.problem, error.detail) from error
        except BadAnswer as error:
            raise NotSent(Problem.GARBAGE, str(error)) from error
        self._token = token.access_token
        self._token_until = anyio.current_time() + max(token.seconds - _MARGIN, token.seconds / 2)
        return self._token

    async def _send(self, request: Request, headers: list[tuple[str, str]]) -> Answer:
        timing = self._timing
        wait = self._not_before - anyio.current_time()
        if wait > timing.longest_wait:
            raise NotSent(Problem.BUSY, f"the service wants to be left alone for {wait:.0f} s")
        if wait > 0:
            await anyio.sleep(wait)
        if request.body:
            headers = [*headers, ("Content-Type", "application/json")]
        return await call(
            self._address,
            await self._trust(),
            Outgoing(request.method, request.path, [*headers, *self._common], request.body),
            patience=timing.answer,
            to_connect=timing.connect,
        )

    async def _trust(self) -> "ssl.SSLContext | None":
        """The system's authorities, or those of a file. Raises NotSent for a file that holds none."""
        if self._context is None and self._address.tls:
            import ssl

            try:
                # Reading some 140 certificates takes a small board a tenth of a second.
                self._context = await anyio.to_thread.run_sync(
                    lambda: ssl.create_default_context(cafile=self._ca_file or None)
                )
            except OSError as error:
                raise NotSent(Problem.NOT_FOUND, f"{self._ca_file}: no certificates: {error.strerror}") from error
        return self._context
