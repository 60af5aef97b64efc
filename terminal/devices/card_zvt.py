"""A card terminal that speaks ZVT, over TCP or a serial line.

A conversation opens the wire, registers (the terminal may have been restarted or be shared), carries one command
through and closes the wire. One conversation at a time: while a payment runs, nobody asks for the terminal's health.

    card_zvt_wire, _tcp, _serial   whole APDUs in and out
    card_zvt_dialog                one command until its end, the timers, the wish to stop
    card_zvt_payment               a payment's answers: durable first, then acknowledged
    card_zvt_settle                what the terminal's last transaction says about a payment in doubt

Sources: as in terminal.protocols.zvt.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.payment_method import Record, Say, Sent
from terminal.config.settings import ZvtSerial, ZvtTcp
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent, PaymentResult
from terminal.protocols.zvt import bitmaps, meanings, requests
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.charset import UTF_8

from .card_zvt_dialog import Dialog, Ending, Idle
from .card_zvt_payment import Enquiry, Payment
from .card_zvt_settle import settle, unasked, unsaid
from .card_zvt_wire import NotSent, Timing, Wire

log = logging.getLogger(__name__)

_NOT_POSSIBLE = 0x83
_BUSY = 0x9C
_NEEDS = {0x01: "initialisation needed", 0x02: "diagnosis needed", 0x04: "personalisation needed"}
"""Bits of the status byte (2.1, table 3)."""


class ZvtTerminal:
    """One terminal. A PaymentMethod and a Driver."""

    def __init__(
        self, settings: ZvtTcp | ZvtSerial, *, timing: Timing | None = None, config: int = requests.CONFIG
    ) -> None:
        self._settings = settings
        self._timing = timing or Timing()
        self._config = config
        self._lock = anyio.Lock()
        self._dialog: Dialog | None = None
        """Of the running payment."""
        self._stop = False
        self._look_now = anyio.Event()
        self._last: Approved | None = None
        """The last payment that this terminal is known to have taken."""
        self._before: dict[int, Approved | None] = {}
        """What `_last` was when the payment with this intent was sent. The newest only."""

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

    # --- PaymentMethod

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """See PaymentMethod."""
        self._stop = False
        async with self._lock:
            try:
                return await self._pay(intent, sent, record, say)
            finally:
                self._dialog = None

    async def _pay(self, intent: PaymentIntent, sent: Sent, record: Record, say: Say) -> PaymentResult:
        command_out = False
        try:
            async with self._talk() as dialog:
                self._dialog = dialog
                await self._register(dialog)
                if self._stop:
                    return Declined("cancelled")
                payment = Payment(intent, record, say, dialog.charset)
                await sent()
                self._before = {intent.id: self._last}
                command_out = True
                request = requests.authorise(intent.amount, intent.currency)
                end = await dialog.run(request, payment, stoppable=True)
        except NotSent as error:
            self._look_now.set()
            return Declined("not-sent", text=error.detail)
        except DeviceError as error:
            self._look_now.set()
            if not command_out:
                return Declined("not-sent", text=error.detail)
            return OutcomeUnknown(error.detail)
        result = payment.result(end, timed_out=dialog.timed_out)
        if isinstance(result, Approved):
            self._last = result
        return result

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """See PaymentMethod."""
        enquiry = Enquiry()
        async with self._lock:
            try:
                async with self._talk() as dialog:
                    await self._register(dialog, stop_if_busy=True)
                    end = await dialog.run(requests.enquire(self._settings.password), enquiry)
            except DeviceError as error:
                self._look_now.set()
                return unasked(error)
        if enquiry.found is None:
            return unsaid(end)
        before = self._before.get(intent.id) or before
        result = settle(enquiry.found, intent, known=known, before=before, charset=dialog.charset)
        if isinstance(result, Approved):
            self._last = result
        return result

    async def abort(self) -> None:
        """See PaymentMethod. Before the payment command has left, it never does."""
        self._stop = True
        if self._dialog is not None:
            self._dialog.stop()

    # --- conversations

    @asynccontextmanager
    async def _talk(self) -> AsyncIterator[Dialog]:
        wire = await self._open()
        try:
            yield Dialog(wire, self._timing)
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

    async def _register(self, dialog: Dialog, *, stop_if_busy: bool = False) -> m.Completion:
        """06 00. Raises DeviceError when the terminal does not want this till.

        `stop_if_busy`: a terminal that is still in a payment which nobody waits for any more is asked to stop.
        """
        settings = self._settings
        end = await dialog.run(requests.register(settings.password, settings.currency, config=self._config), Idle())
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
