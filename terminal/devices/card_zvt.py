"""A card terminal that speaks ZVT, over TCP or a serial line.

A conversation opens the wire, registers (the terminal may have been restarted or be shared), carries one command
through and closes the wire. One conversation at a time: while a payment runs, nobody asks for the terminal's health.

    card_zvt_wire, _tcp, _serial   whole APDUs in and out
    card_zvt_dialog                one command until its end, the timers, the wish to stop
    card_zvt_payment               a payment's answers: durable first, then acknowledged
    card_zvt_day                   the day's end and its totals
    card_zvt_settle                what the terminal's last transaction says about a payment in doubt

Sources: as in terminal.protocols.zvt.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.config.settings import ZvtSerial, ZvtTcp
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult, TerminalMessage
from terminal.protocols.zvt import bitmaps, meanings, requests
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.approval import asked_of
from terminal.protocols.zvt.charset import UTF_8
from terminal.protocols.zvt.totals import DayNotClosed, DayResult, DayUnknown

from .card_zvt_day import Day
from .card_zvt_dialog import Dialog, Ending, Idle
from .card_zvt_payment import Enquiry, Payment
from .card_zvt_settle import receipt_id, settle, unasked, unsaid
from .card_zvt_wire import NotSent, Timing, Wire

log = logging.getLogger(__name__)

_WAKES_IN = 0.1
"""Seconds that a touch waits for the connection, at the most; a payment then opens it as it would have without."""
_NOT_POSSIBLE = 0x83
_BUSY = 0x9C
_NEEDS = {0x01: "initialisation needed", 0x02: "diagnosis needed", 0x04: "personalisation needed"}
"""Bits of the status byte (2.1, table 3)."""


def _unsaid(message: TerminalMessage) -> None:
    """Nobody looks."""


class ZvtTerminal:
    """One terminal. A PaymentMethod that wakes, and a Driver."""

    def __init__(self, settings: ZvtTcp | ZvtSerial, *, timing: Timing | None = None) -> None:
        self._settings = settings
        self._timing = timing or Timing()
        wanted = {"merchant": settings.merchant_receipt, "customer": settings.customer_receipt}
        self._kept = frozenset(copy for copy, wants in wanted.items() if wants)
        self._config = requests.config_of(till_prints=bool(self._kept))
        self._lock = anyio.Lock()
        self._dialog: Dialog | None = None
        """Of the running payment."""
        self._stop = False
        self._woken: tuple[Wire, Dialog] | None = None
        """A conversation whose registration is out, for the payment that is about to come."""
        self._look_now = anyio.Event()
        self._receipt_id = b""
        """Tag 1F1F of the terminal's last transaction, to be mirrored; empty as soon as it is not certain: one behind
        makes the terminal reverse (4.2)."""
        self._disputed: set[int] = set()
        """Intents whose receipt and status information did not agree."""

    # --- Driver

    async def live(self, tell: Tell) -> NoReturn:
        """Register, tell, and look now and then, and at once after a payment that broke off. See Driver."""
        async with self._lock:
            tell(await self._first_look())
        while True:
            self._look_now = anyio.Event()
            with anyio.move_on_after(self._timing.check):
                await self._look_now.wait()
            async with self._lock:
                if self._woken is None:
                    tell(await self._look())

    async def _first_look(self) -> Health:
        async with self._talk() as dialog:
            done = await self._register(dialog)
        status = done.fields.first(bitmaps.KIND) or b"\0"
        needs = [text for bit, text in _NEEDS.items() if status[0] & bit]
        return Health(State.ATTENTION, Problem.FAULT, ", ".join(needs)) if needs else Health(State.OK)

    async def _look(self) -> Health:
        """05 01: never a payment, and nothing that a customer would see."""
        async with self._talk() as dialog:
            end = await dialog.run(requests.status(self._settings.password), Idle())
        if isinstance(end, m.Nack) and end.code == _NOT_POSSIBLE:
            return Health(State.OK)  # it answers, it only does not know the question
        code = end.status if isinstance(end, m.Completion) else _code(end)
        if code is None or (isinstance(end, m.Completion) and code in meanings.READY):
            return Health(State.OK)
        meaning = meanings.TERMINAL_STATUS.get(code) or meanings.error(code)
        return Health(State.ATTENTION, Problem.BUSY if code == _BUSY else Problem.FAULT, meaning)

    async def diagnose(self) -> Health:
        """See Diagnosed: it registers and says how it is. Not 06 70, which makes some terminals print and call their
        host for a minute, with the next customer waiting."""
        async with self._lock:
            health = await self._first_look()
            return health if health.state is not State.OK else await self._look()

    # --- PaymentMethod

    async def wake(self) -> None:
        """Send the registration, and leave the answer to `carry`. Not on a serial line, which is slow to take it.
        See Wakes."""
        if self._lock.locked() or self._woken is not None or isinstance(self._settings, ZvtSerial):
            return
        async with self._lock:
            try:
                with anyio.move_on_after(_WAKES_IN):
                    wire = await self._open()
                    dialog = Dialog(wire, self._timing)
                    self._woken = wire, dialog
                    await dialog.begin(self._registration())
            except DeviceError as error:
                # The payment that comes tries it again, and says so.
                log.info("the terminal does not wake up: %s", error.detail)
                self.rest()

    def rest(self) -> None:
        """See Wakes."""
        if self._woken is not None:
            self._woken[0].close()
            self._woken = None

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """See PaymentMethod."""
        self._stop = False
        async with self._lock:
            try:
                return await self._carry(intent, sent, record, say)
            finally:
                self._dialog = None

    async def _carry(self, intent: PaymentIntent, sent: Sent, record: Record, say: Say) -> PaymentResult:
        command_out = False
        payment: Payment | None = None

        async def at_work() -> None:
            # The till writes while the terminal is at work on the registration. Measured: a commit took 0.5 ms, the
            # simulated terminal 0.1 ms from its 80 00 to the registration's end; a real one is slower. Not earlier:
            # of a terminal that does not answer it stays certain that it was never asked, also after a crash. After
            # one between here and the command, the terminal is asked once for nothing.
            if not self._stop:
                await sent()

        request = self._request(intent)
        if request is None:
            return Declined("not-sent", text="the payment to be reversed has no receipt number")
        try:
            async with self._talk(woken=True) as dialog:
                self._dialog = dialog
                await self._register(dialog, accepted=at_work)
                if self._stop:
                    return Declined("cancelled")
                payment = Payment(intent, record, say, dialog.charset, kept=self._kept)
                mirrored, self._receipt_id = self._receipt_id, b""
                command_out = True
                end = await dialog.run(request, payment, stoppable=True)
                result = payment.result(end, timed_out=dialog.timed_out)
                match result:
                    case Approved():
                        self._remember(payment.receipt_id)
                    case Declined():
                        self._remember(mirrored)
                    case OutcomeUnknown():
                        pass
        except NotSent as error:
            self._look_now.set()
            return Declined("not-sent", text=error.detail)
        except DeviceError as error:
            self._look_now.set()
            if not command_out:
                return Declined("not-sent", text=error.detail)
            if payment is not None and payment.disputed:
                self._disputed.add(intent.id)
            return OutcomeUnknown(error.detail)
        return result

    def _remember(self, receipt_id: bytes) -> None:
        """A till that shares its terminal never knows the last one: it may be another till's."""
        self._receipt_id = b"" if self._settings.log_off else receipt_id

    def _request(self, intent: PaymentIntent) -> m.FromRegister | None:
        """The intent's command; None for a reversal of what has no number."""
        settings, last = self._settings, self._receipt_id
        match intent.purpose:
            case "pay":
                return requests.authorise(intent.amount, intent.currency, last=last)
            case "refund":
                return requests.refund(settings.password, intent.amount, intent.currency, last=last)
            case "reverse":
                receipt = intent.of.receipt_number if intent.of else ""
                if not (len(receipt) == 4 and receipt.isdecimal()):
                    return None
                return requests.reverse(settings.password, receipt, asked_of(intent), intent.currency, last=last)

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """See PaymentMethod. `before`: the terminal's last transaction of whatever purpose, not only a payment.

        What is found here also tells the receipt id (tag 1F1F) to mirror in the next command; `known.reference` or
        `before.reference` carries it, in hexadecimal, for a terminal that says it the first time only.
        """
        enquiry = Enquiry()
        async with self._lock:
            self._receipt_id = b""
            try:
                async with self._talk() as dialog:
                    await self._register(dialog, stop_if_busy=True)
                    end = await dialog.run(requests.enquire(self._settings.password), enquiry)
            except DeviceError as error:
                self._look_now.set()
                return unasked(error)
            if enquiry.found is None:
                return unsaid(end)
            result = settle(enquiry.found, intent, known=known, before=before, charset=dialog.charset)
            if isinstance(result, Approved) and intent.id in self._disputed:
                return OutcomeUnknown("the terminal's receipt said another amount than the terminal; see its journal")
            # What the terminal had before is the journal's word alone: a person may have said more since.
            self._remember(receipt_id(enquiry.found, result, before))
            return result

    async def abort(self) -> None:
        """See PaymentMethod. Before the payment command has left, it never does."""
        self._stop = True
        if self._dialog is not None:
            self._dialog.stop()

    # --- the day

    async def end_of_day(self, *, say: Say = _unsaid) -> DayResult:
        """06 50: let the terminal send its turnover to the host; gives its totals, to be compared with the journal.

        Not while a payment is in doubt: it would not be the terminal's last transaction any more.
        """
        day: Day | None = None
        async with self._lock:
            try:
                async with self._talk() as dialog:
                    await self._register(dialog)
                    request = requests.end_of_day(self._settings.password, last=self._receipt_id)
                    day, self._receipt_id = Day(say, dialog.charset), b""
                    end = await dialog.run(request, day)
            except NotSent as error:
                self._look_now.set()
                return DayNotClosed(why=error.detail)
            except DeviceError as error:
                self._look_now.set()
                return DayNotClosed(why=error.detail) if day is None else DayUnknown(error.detail)
            self._remember((day.said.receipt_id if day.said else None) or b"")
            return day.result(end)

    # --- conversations

    @asynccontextmanager
    async def _talk(self, *, woken: bool = False) -> AsyncIterator[Dialog]:
        if not woken:
            self.rest()
        if self._woken is None:
            wire = await self._open()
            dialog = Dialog(wire, self._timing)
        else:
            (wire, dialog), self._woken = self._woken, None
        try:
            yield dialog
            if self._settings.log_off:
                await _log_off(dialog)
        finally:
            wire.close()

    async def _open(self) -> Wire:
        settings = self._settings
        # A till has one of the two wires, and starts sooner without the other.
        if isinstance(settings, ZvtSerial):
            from .card_zvt_wire_serial import open_serial

            return open_serial(settings.port, settings.baud, self._timing)
        from .card_zvt_wire_tcp import open_tcp

        with anyio.move_on_after(self._timing.connect):
            return await open_tcp(settings.host, settings.port)
        raise DeviceError(Problem.UNREACHABLE, f"{settings.host}:{settings.port} does not answer")

    def _registration(self) -> m.Registration:
        return requests.register(self._settings.password, self._settings.currency, config=self._config)

    async def _register(
        self, dialog: Dialog, *, stop_if_busy: bool = False, accepted: Callable[[], Awaitable[None]] | None = None
    ) -> m.Completion:
        """06 00. Raises DeviceError when the terminal does not want this till.

        `stop_if_busy`: a terminal that is still in a payment which nobody waits for any more is asked to stop.
        """
        end = await dialog.run(self._registration(), Idle(), accepted=accepted)
        if not isinstance(end, m.Completion):
            code = _code(end)
            why = "no reason given" if code is None else meanings.error(code)
            if stop_if_busy and code == _BUSY:
                await dialog.run(m.RegisterAbort(), Idle())
            raise DeviceError(Problem.BUSY if code == _BUSY else Problem.REFUSED, f"registration refused: {why}")
        objects = end.fields.objects
        if UTF_8 in (objects.get(0x27, 0x14), objects.get(0x14)):
            dialog.charset = "utf-8"
        return end


async def _log_off(dialog: Dialog) -> None:
    """06 02. What the conversation was for is over: a goodbye that fails takes nothing back."""
    try:
        await dialog.run(m.LogOff(), Idle())
    except DeviceError as error:
        log.warning("the terminal did not take the log-off: %s", error.detail)


def _code(end: Ending) -> int | None:
    match end:
        case m.Nack():
            return end.code
        case m.Abort():
            return end.result
        case m.Completion():
            return end.status
        case m.Ack():
            return None
