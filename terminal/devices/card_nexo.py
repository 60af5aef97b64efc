"""A card terminal that speaks nexo as Adyen's Terminal API does, over HTTPS on the shop's own network.

Every message has a connection of its own. One conversation at a time, but for the request to stop the running payment.

    card_nexo_https   the wire: certificates, HTTP
    card_nexo         who is asked what, and what the answer means for the payment

An approval is final with the terminal's answer: nexo has no acknowledgement, and a till that cannot write the approval
down cannot make it undone. It finds it again with a status request, by the ServiceID that is made from the intent.

Sources: as in terminal.protocols.nexo; "Verify transaction status" and "Cancel a payment" of the same documentation.
"""

import logging
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

import anyio

from terminal import __version__
from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.config.settings import NexoTcp
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
    TerminalMessage,
)
from terminal.protocols.nexo import envelope, meanings, requests
from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.answers import Outcome, expect, outcome
from terminal.protocols.nexo.errors import NexoError, Rejected
from terminal.protocols.nexo.fields import words

from .card_nexo_https import Conversation, Https, Timing

log = logging.getLogger(__name__)

_INSERT_CARD, _PLEASE_WAIT = "0A", "0E"
"""What the till shows: the terminal itself tells nothing on the way."""


def _utc() -> datetime:
    return datetime.now(UTC)


class NexoTerminal:
    """One terminal. A PaymentMethod and a Driver."""

    def __init__(
        self,
        settings: NexoTcp,
        passphrase: str,
        *,
        language: str = "da",
        timing: Timing | None = None,
        now: Callable[[], datetime] = _utc,
    ) -> None:
        """`passphrase`: of the key that shop and terminal share; never kept beyond what it gives, never shown."""
        self._settings = settings
        self._timing = timing or Timing()
        self._language = language
        self._now = now
        self._key = envelope.Key(settings.key_identifier, settings.key_version, passphrase)
        self._https = Https(
            settings.host,
            settings.port,
            server_name=settings.server_name,
            ca_file=settings.ca_file,
            timing=self._timing,
        )
        self._lock = anyio.Lock()
        self._stop = anyio.Event()
        """Somebody wants the running payment stopped."""
        self._look_now = anyio.Event()

    # --- Driver

    async def live(self, tell: Tell) -> NoReturn:
        """Log in, tell, and look now and then, and at once after a payment that broke off. See Driver."""
        async with self._lock:
            tell(await self._login())
        while True:
            self._look_now = anyio.Event()
            with anyio.move_on_after(self._timing.check):
                await self._look_now.wait()
            async with self._lock:
                tell(await self._look())

    async def diagnose(self) -> Health:
        """See Diagnosed: a DiagnosisRequest."""
        async with self._lock:
            return await self._look()

    async def _login(self) -> Health:
        head = self._head("Login")
        answer = await self._ask(requests.login(head, at=self._at(), version=__version__, language=self._language))
        if answer.login_response is None:
            raise DeviceError(Problem.GARBAGE, "the terminal answers the login with something else")
        self._must_succeed(answer.login_response.response)
        data = answer.login_response.poi_system_data
        return _health(data.poi_status if data else None)

    async def _look(self) -> Health:
        """A diagnosis: never a payment, and nothing that a customer would see."""
        answer = await self._ask(requests.diagnosis(self._head("Diagnosis")))
        found = answer.diagnosis_response
        if found is None:
            raise DeviceError(Problem.GARBAGE, "the terminal answers the diagnosis with something else")
        if found.response.error_condition != meanings.BUSY:
            self._must_succeed(found.response)
            return _health(found.poi_status)
        return Health(State.ATTENTION, Problem.BUSY, "the terminal is busy with something else")

    def _must_succeed(self, response: m.Response) -> None:
        if response.result == meanings.SUCCESS:
            return
        why = f"{words(response.error_condition, 40)} {meanings.explanation(response)}".strip()
        busy = response.error_condition in (meanings.BUSY, meanings.IN_PROGRESS)
        raise DeviceError(
            Problem.BUSY if busy else Problem.REFUSED, f"the terminal refuses: {why or 'no reason given'}"
        )

    # --- PaymentMethod

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """See PaymentMethod."""
        self._stop = anyio.Event()
        async with self._lock:
            found = await self._carry(intent, sent, say)
            if isinstance(found.result, Approved):
                # If this raises, the payment stands: it is found again by its ServiceID.
                await record(found.result)
            for slip in found.slips:
                await record(slip)
            if isinstance(found.result, Approved):
                await record(Acknowledged())
            return found.result

    async def _carry(self, intent: PaymentIntent, sent: Sent, say: Say) -> Outcome:
        category = requests.category_of(intent)
        head = self._head(category, requests.service_id(intent))
        try:
            message = requests.money(head, intent, at=self._at())
            async with self._https.connect() as conversation:
                if self._stop.is_set():
                    return Outcome(Declined("cancelled"))
                await sent()
                say(TerminalMessage(_PLEASE_WAIT if category == "Reversal" else _INSERT_CARD))
                return await self._answer_or_stop(conversation, message, intent)
        except (DeviceError, NexoError) as error:
            # Nothing has left: what fails from there on has become an outcome.
            self._look_now.set()
            return Outcome(Declined("not-sent", text=str(error)))

    async def _answer_or_stop(self, conversation: Conversation, message: m.Message, intent: PaymentIntent) -> Outcome:
        """The answer; meanwhile the terminal is asked to stop as often as it takes, when somebody wants that.

        Once is not enough: the terminal may not have begun with the payment when the first request comes.
        """
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._stop_when_wanted, message.header)
            found = await self._answer(conversation, message, intent)
            tasks.cancel_scope.cancel()
        return found

    async def _answer(self, conversation: Conversation, message: m.Message, intent: PaymentIntent) -> Outcome:
        try:
            answer = await self._exchange(conversation, message, self._timing.answer)
        except (DeviceError, NexoError) as error:
            self._look_now.set()
            return Outcome(OutcomeUnknown(str(error)))
        return outcome(intent, answer.payment_response, answer.reversal_response, poi_id=self._settings.poi_id)

    async def _stop_when_wanted(self, head: m.Header) -> None:
        await self._stop.wait()
        while True:
            await self._abort(head.message_category, head.service_id)
            await anyio.sleep(self._timing.again)

    async def _abort(self, category: str, service: str) -> None:
        """Ask the terminal to stop a message. There is no answer but that message's own."""
        message = requests.abort(self._head("Abort"), _category(category), service)
        try:
            with anyio.move_on_after(self._timing.quick):
                async with self._https.connect() as conversation:
                    await conversation.post(self._seal(message))
        except DeviceError as error:
            log.info("the terminal was not reached to stop a payment: %s", error)

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """See PaymentMethod. What is known needs no asking: the terminal's approval was its last word."""
        if known is not None:
            return known
        category, service = requests.category_of(intent), requests.service_id(intent)
        async with self._lock:
            try:
                result = await self._status(intent, category, service)
                if isinstance(result, Declined) and result.reason == "not-found":
                    # The message may still have been on its way when the connection broke.
                    await anyio.sleep(self._timing.again)
                    result = await self._status(intent, category, service)
            except DeviceError as error:
                self._look_now.set()
                if error.problem is Problem.NO_ANSWER:
                    # A terminal at work on the payment keeps the question until it has news.
                    await self._abort(category, service)
                return OutcomeUnknown(f"the terminal cannot be asked: {error}")
        return result

    async def _status(self, intent: PaymentIntent, category: m.Category, service: str) -> PaymentResult:
        answer = await self._ask(requests.status(self._head("TransactionStatus"), category, service))
        found = answer.transaction_status_response
        if found is None:
            return OutcomeUnknown("the terminal answers the question with something else")
        condition = found.response.error_condition
        if found.response.result != meanings.SUCCESS:
            if condition == meanings.NOT_FOUND:
                other = meanings.last_asked_by(found.response)
                if other not in ("", self._settings.sale_id):
                    # Terminals remember little, and another till has used it since.
                    return OutcomeUnknown(f"the terminal does not know it any more: {other} has used it since")
                return Declined("not-found", condition, meanings.explanation(found.response))
            if condition == meanings.IN_PROGRESS:
                # Nobody waits for that payment any more: a customer must not pay it unseen.
                await self._abort(category, service)
                return OutcomeUnknown("the terminal is still at it")
            return OutcomeUnknown(f"the terminal does not say: {words(condition, 40) or 'no reason given'}")
        repeated = found.repeated_message_response
        if repeated is None or repeated.message_header.service_id != service:
            return OutcomeUnknown("the terminal tells of another payment")
        body = repeated.repeated_response_message_body
        poi_id = self._settings.poi_id
        return outcome(intent, body.payment_response, body.reversal_response, poi_id=poi_id, asked=True).result

    async def abort(self) -> None:
        """See PaymentMethod. Before the payment has left, it never does."""
        self._stop.set()

    # --- messages

    async def _ask(self, message: m.Message) -> m.Answer:
        """A message that needs no customer. Raises DeviceError."""
        try:
            async with self._https.connect() as conversation:
                return await self._exchange(conversation, message, self._timing.quick)
        except Rejected as error:
            raise DeviceError(Problem.REFUSED, str(error)) from error
        except NexoError as error:
            raise DeviceError(Problem.GARBAGE, str(error)) from error

    async def _exchange(self, conversation: Conversation, message: m.Message, patience: float) -> m.Answer:
        """Raises DeviceError and NexoError."""
        with anyio.move_on_after(patience) as limit:
            data = await conversation.post(self._seal(message))
        if limit.cancelled_caught:
            raise DeviceError(Problem.NO_ANSWER, f"no answer from the terminal in {patience:g} s")
        in_the_clear, plain = envelope.open_sealed(self._key, data)
        answer = expect(m.read(plain), message.header)
        if in_the_clear != answer.message_header:
            raise NexoError("the header outside the envelope is not the one inside")
        return answer

    def _seal(self, message: m.Message) -> bytes:
        return envelope.seal(self._key, message, secrets.token_bytes(envelope.NONCE_BYTES))

    def _head(self, category: m.Category, service: str | None = None) -> m.Header:
        """`service` None: a new one."""
        if service is None:
            letters = (secrets.choice(requests.SERVICE_ID_ALPHABET) for _ in range(requests.SERVICE_ID_LENGTH))
            service = "".join(letters)
        return requests.header(category, service, sale_id=self._settings.sale_id, poi_id=self._settings.poi_id)

    def _at(self) -> str:
        return self._now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _category(name: str) -> m.Category:
    return "Reversal" if name == "Reversal" else "Payment"


def _health(status: m.POIStatus | None) -> Health:
    if status is None:
        return Health(State.OK)  # it answers, it only does not say how it is
    word = meanings.status_word(status.global_status)
    if word:
        problem = Problem.BUSY if status.global_status == meanings.BUSY else Problem.FAULT
        return Health(State.ATTENTION, problem, f"the terminal is {word}")
    if status.communication_ok_flag is False:
        return Health(State.ATTENTION, Problem.FAULT, "the terminal has no connection to its host")
    return Health(State.OK)
