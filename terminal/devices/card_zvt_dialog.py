"""One conversation with a ZVT terminal: commands, and everything it says until each has ended (chapters 2 and 3).

A command is accepted (80 00) or refused (84 xx) within T3 and ends with a completion or an abort within T4. In between
the terminal is master: it sends, the till answers each message. What the answer is, the command's Reactions decide.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import anyio

from terminal.app.ports.device import DeviceError, Problem
from terminal.protocols.zvt import bitmaps, codec, meanings
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.apdu import Apdu
from terminal.protocols.zvt.charset import Charset
from terminal.protocols.zvt.errors import ZvtError

from .card_zvt_wire import NotSent, Timing, Wire

log = logging.getLogger(__name__)

_NOT_POSSIBLE, _PROTOCOL_FAULT, _PRINTER_NOT_READY, _SYSTEM_FAULT = 0x83, 0x9A, 0xCC, 0xFF
"""Error codes for a refusal (10). To a status information any of them makes the terminal reverse (2.2.6)."""

Ending = m.Completion | m.Abort | m.Nack | m.Ack
"""How a command ended. Nack: it was refused and never began. Ack: it has no completion, and was taken."""


class Reactions(Protocol):
    """What a command does with what the terminal says.

    Each is awaited before the terminal hears the answer. One that raises makes the till refuse, and the exception
    goes on.
    """

    def intermediate(self, status: m.IntermediateStatus) -> None:
        """04 FF."""

    async def status(self, status: m.StatusInformation) -> None:
        """04 0F. To return is to acknowledge, and that commits a good one."""

    async def acknowledged(self) -> None:
        """Our 80 00 to a status information has left. What this raises goes on, and the wire is closed."""

    async def printing(self, command: m.PrintLine | m.PrintTextBlock) -> None:
        """06 D1 or 06 D3."""

    async def ending(self, end: m.Completion | m.Abort) -> None:
        """06 0F or 06 1E."""


class Idle:
    """A command that moves no money and prints nothing. A payment's message is then left over from another life."""

    def intermediate(self, status: m.IntermediateStatus) -> None:
        """See Reactions."""

    async def status(self, status: m.StatusInformation) -> None:
        """See Reactions. Refused, the terminal reverses: nobody here knows that payment."""
        raise DeviceError(Problem.BUSY, "the terminal was still in another payment")

    async def acknowledged(self) -> None:
        """See Reactions."""

    async def printing(self, command: m.PrintLine | m.PrintTextBlock) -> None:
        """See Reactions."""
        raise DeviceError(Problem.BUSY, "the terminal wants to print something else")

    async def ending(self, end: m.Completion | m.Abort) -> None:
        """See Reactions."""


class Dialog:
    """The commands of one conversation, one after the other."""

    def __init__(self, wire: Wire, timing: Timing) -> None:
        self._wire = wire
        self._timing = timing
        self._waiting: anyio.CancelScope | None = None
        self.stop_wanted = False
        """Somebody wants the conversation's command stopped; the terminal has not said yet whether it does."""
        self._stopping = False
        """06 B0 is out and unanswered."""
        self._accepted = False
        self._deadline = 0.0
        self.timed_out = False
        """T4 passed, and the till itself asked the terminal to stop."""
        self.charset: Charset = "cp437"
        self._begun: m.FromRegister | None = None
        """The command that is out already, and not yet waited for."""

    def stop(self) -> None:
        """Ask the terminal to stop, as soon as it has accepted a stoppable command. The command ends as it ends."""
        self.stop_wanted = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def begin(self, request: m.FromRegister) -> None:
        """Send a command that `run` will be called with. Raises NotSent, DeviceError."""
        self._stopping = self._accepted = self.timed_out = False
        log.debug("till: %r", request)
        await self._wire.send(codec.encode(request))
        self._alive(self._timing.t3)
        self._begun = request

    async def run(
        self,
        request: m.FromRegister,
        reactions: Reactions,
        *,
        stoppable: bool = False,
        accepted: Callable[[], Awaitable[None]] | None = None,
    ) -> Ending:
        """Carry one command through. `stoppable`: 06 B0 makes sense for it. `accepted` is called once, when the
        terminal has taken the command and is at work on it.

        Raises NotSent when the terminal certainly has nothing of it, DeviceError when the end is not known, and what
        a reaction raised.
        """
        if self._begun != request:
            await self.begin(request)
        self._begun = None
        while True:
            frame = await self._hear()
            if frame is not None:
                end = await self._handle(frame, reactions)
                if self._accepted and accepted is not None:
                    await accepted()
                    accepted = None
                if end is not None:
                    return end
                if self._accepted and isinstance(request, m.RegisterAbort | m.LogOff):
                    return m.Ack()
            elif anyio.current_time() >= self._deadline:
                await self._late(stoppable)
            if self.stop_wanted and stoppable and self._accepted and not self._stopping:
                await self._send_stop()

    async def _hear(self) -> Apdu | None:
        """The next APDU; None at the deadline, or when somebody wants to stop."""
        with anyio.CancelScope(deadline=self._deadline) as self._waiting:
            return await self._wire.receive()
        return None

    async def _handle(self, frame: Apdu, reactions: Reactions) -> Ending | None:
        """One message; gives the command's end when it is that."""
        message = codec.read(frame)
        fault = message.fields.fault if isinstance(message, m.StatusInformation | m.PrintTextBlock) else ""
        if fault:
            await self._refuse(_PROTOCOL_FAULT)
            raise DeviceError(Problem.GARBAGE, f"{frame.control:04X}: {fault}")
        log.debug("terminal: %r", message)
        if isinstance(message, m.Nack) and not self._accepted:
            return message
        if isinstance(message, m.Ack | m.Nack):
            self._answered(message)
            return None
        # Whatever it says, it is at work on the command: a lost 80 00 does not matter any more.
        self._accepted = True
        self._alive(self._timing.t4)
        await self._react(message, reactions)
        return message if isinstance(message, m.Completion | m.Abort) else None

    async def _react(self, message: m.FromRegister | m.FromTerminal | m.Other, reactions: Reactions) -> None:
        refusal = _SYSTEM_FAULT
        try:
            match message:
                case m.IntermediateStatus():
                    self._alive(60 * message.minutes if message.minutes else self._timing.t4)
                    reactions.intermediate(message)
                case m.StatusInformation():
                    await reactions.status(message)
                case m.PrintLine() | m.PrintTextBlock():
                    refusal = _PRINTER_NOT_READY
                    await reactions.printing(message)
                case m.Completion() | m.Abort():
                    await reactions.ending(message)
                case _:
                    log.warning("the terminal asks for something the till does not do: %r", message)
                    await self._answer(m.Nack(_NOT_POSSIBLE))
                    return
        except ZvtError as error:
            await self._refuse(_PROTOCOL_FAULT)
            raise DeviceError(Problem.GARBAGE, str(error)) from error
        except Exception:
            await self._refuse(refusal)
            raise
        await self._answer(m.Ack())
        if isinstance(message, m.StatusInformation):
            await reactions.acknowledged()

    async def _refuse(self, code: int) -> None:
        """Say no, and let the terminal come to its end, so that the next command finds it idle.

        Whatever it says meanwhile does not count any more, and no approval is acknowledged.
        """
        try:
            with anyio.move_on_after(self._timing.t3):
                answer: m.Ack | m.Nack = m.Nack(code)
                while True:
                    await self._answer(answer)
                    message = codec.read(await self._wire.receive())
                    while isinstance(message, m.Ack | m.Nack):
                        message = codec.read(await self._wire.receive())
                    if isinstance(message, m.Completion | m.Abort):
                        await self._answer(m.Ack())
                        return
                    moves = isinstance(message, m.StatusInformation) and not _says_no(message)
                    prints = isinstance(message, m.PrintLine | m.PrintTextBlock)
                    answer = m.Nack(code) if moves else m.Nack(_PRINTER_NOT_READY) if prints else m.Ack()
        except (DeviceError, ZvtError) as error:
            log.warning("the terminal was refused and did not come to its end: %s", error)

    def _answered(self, message: m.Ack | m.Nack) -> None:
        """80 00 or 84 xx: to our command, or to our wish to stop it. One more than that is an echo."""
        if not self._accepted:
            self._accepted = True
            self._alive(self._timing.t4)
        elif self._stopping:
            self._stopping = self.stop_wanted = False
            if not self.timed_out:
                self._alive(self._timing.t4)
            if isinstance(message, m.Nack):
                log.info("the terminal does not stop: %s", meanings.error(message.code))

    async def _late(self, stoppable: bool) -> None:
        """The deadline has passed. A terminal that is only slow must not go on with what nobody waits for."""
        if not self._accepted:
            if stoppable:
                await self._send_stop()
            raise DeviceError(Problem.NO_ANSWER, f"no answer to the command in {self._timing.t3:g} s")
        if self._stopping and not self.timed_out:
            raise DeviceError(Problem.NO_ANSWER, f"no answer to the wish to stop in {self._timing.t3:g} s")
        if not stoppable or self.timed_out:
            raise DeviceError(Problem.NO_ANSWER, f"no end of the command in {self._timing.t4:g} s")
        self.timed_out = True
        await self._send_stop()

    async def _send_stop(self) -> None:
        """06 B0 is a command too and answered within T3: who presses stop because the cable is out waits no longer."""
        self._stopping = True
        self._alive(self._timing.t3)
        await self._tell(m.RegisterAbort())

    async def _answer(self, answer: m.Ack | m.Nack) -> None:
        log.debug("till: %r", answer)
        await self._tell(answer)

    async def _tell(self, message: m.AnyMessage) -> None:
        """Send within a command that has gone out: NotSent would say that it has not."""
        try:
            await self._wire.send(codec.encode(message))
        except NotSent as error:
            raise DeviceError(error.problem, error.detail) from error

    def _alive(self, patience: float) -> None:
        self._deadline = anyio.current_time() + patience


def _says_no(status: m.StatusInformation) -> bool:
    """Whether every result that it says is a bad one, and it says one."""
    results = [bmp.value for bmp in status.fields.bitmaps if bmp.number == bitmaps.RESULT]
    return bool(results) and b"\0" not in results
