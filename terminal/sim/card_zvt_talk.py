"""The terminal's side of the talk: sends, waits for the till's answer, and hears what else happens meanwhile.

LinkGone    the till's session has ended, or it does not answer: the terminal is alone with its transaction
"""

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Literal

import anyio
import anyio.lowlevel
import msgspec

from terminal.protocols.zvt import codec
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.apdu import Apdu
from terminal.protocols.zvt.errors import ZvtError

from .card_zvt_faults import POINTS, Blow, Fault, wrong_amount, wrong_currency
from .card_zvt_wires import FarEnd
from .payment_faults import Armed, Point

_NOISE = bytes.fromhex("040F0704FFFFFFFFFFFF")
"""A status information whose amount has no digits."""
_BUSY, _NOT_POSSIBLE, _PROTOCOL_FAULT = 0x9C, 0x83, 0x9A

Key = Literal["card", "decline", "cancel"]
"""What a person does at the terminal."""


class LinkGone(Exception):
    """Nobody answers."""


class Arrived(msgspec.Struct, frozen=True):
    """The till says something."""

    session: int
    message: m.AnyMessage


class Gone(msgspec.Struct, frozen=True):
    """A session has ended."""

    session: int


class Pressed(msgspec.Struct, frozen=True):
    """A person did something."""

    key: Key


Happening = Arrived | Gone | Pressed


class Talk:
    """The mailbox of the machine, and its mouth."""

    def __init__(self, far_end: FarEnd, *, t3: float, strike: Callable[[Blow], None]) -> None:
        self._far_end = far_end
        self.armed = Armed(POINTS)
        self.delay_s = 0.3
        self.late_s = 6.0
        """Longer than T3, the shortest patience of a till."""
        self._t3 = t3
        self._strike = strike
        self._queue: deque[Happening] = deque()
        self._news = anyio.Event()
        self._session = 0
        # What stands in place of a message is noise, and the same at every run.
        self._random = Random(1)
        self._count = 0
        self.fault: Fault | None = None
        self.stop_wanted = False
        """The till has asked to stop, and the terminal said yes."""

    # --- what happens

    def arrived(self, session: int, apdu: Apdu) -> None:
        """See Hears."""
        fault = self._due()
        if fault is not None and fault.when == "before":
            self._strike(fault.kind)
            if fault.kind != "double":
                return
        try:
            message = codec.read(apdu)
        except ZvtError:
            message = m.Other(apdu.control, apdu.data)
        self._put(Arrived(session, message))
        if fault is not None and fault.when == "after":
            self._strike(fault.kind)

    def gone(self, session: int) -> None:
        """See Hears."""
        self._put(Gone(session))

    def press(self, key: Key) -> None:
        """A person did something."""
        self._put(Pressed(key))

    def forget(self) -> None:
        """Power off: what is not on disk is gone."""
        self._queue.clear()
        self._far_end.forget()
        self._session = 0
        self.stop_wanted = False

    def drop(self) -> None:
        """A talk has broken off: what the till said into it, it does not expect an answer to any more."""
        mine = self._session
        self._queue = deque(each for each in self._queue if isinstance(each, Pressed) or each.session != mine)
        self._far_end.forget()

    def arm(self, fault: Fault | None) -> None:
        """Count from here."""
        self.fault, self._count = fault, 0

    def _put(self, happening: Happening) -> None:
        self._queue.append(happening)
        self._news.set()

    async def happens(self, patience: float | None) -> Happening | None:
        """The next thing; None when nothing happens for `patience` seconds.

        Nor when it is used up: a till that asks and asks must not keep the terminal from its own time-outs.
        """
        if patience is not None and patience <= 0:
            await anyio.lowlevel.checkpoint()
            return None
        with anyio.move_on_after(patience):
            while True:
                while not self._queue:
                    self._news = anyio.Event()
                    await self._news.wait()
                happening = self._queue.popleft()
                if not (_is_command(happening) and any(map(_is_command, self._queue))):
                    return happening
                # The till waits for the end of one command before it sends another: it has given this one up.
        return None

    # --- the talk

    def begin(self, session: int) -> None:
        """A command has come in this session; everything until its end belongs to it."""
        self._session = session
        self.stop_wanted = False

    async def say(self, message: m.AnyMessage, point: Point = "") -> None:
        """Send, at a point where a fault may strike. Raises LinkGone."""
        self._check()
        data, copies = codec.encode(message), 1
        fault = self._due()
        if fault is not None and fault.when == "before":
            self._strike(fault.kind)
            copies = 2 if fault.kind == "double" else 1 if fault.kind == "garbage" else 0
            data = _NOISE if fault.kind == "garbage" else data
        blow = self.armed.strike(point)
        match blow:
            case "silence":
                copies = 0
            case "cut-before":
                copies = 0
                self._strike("break")
            case "power-off":
                copies = 0
                self._strike("restart")
            case "clock-jump":
                self._strike("clock-jump")
            case "duplicate":
                copies = 2
            case "garbage":
                data = self._random.randbytes(len(data))
            case "wrong-amount":
                data = codec.encode(wrong_amount(message))
            case "wrong-currency":
                data = codec.encode(wrong_currency(message))
            case "delay" | "late-answer":
                await anyio.sleep(self.delay_s if blow == "delay" else self.late_s)
                self._check()
            case "cut-after" | None:
                pass
        for _ in range(copies):
            if not await self._far_end.send(data):
                raise LinkGone
        if fault is not None and fault.when == "after":
            self._strike(fault.kind)
        if blow == "cut-after":
            self._strike("break")
        await anyio.lowlevel.checkpoint()

    def _check(self) -> None:
        if self._session == 0 or self._far_end.session != self._session:
            raise LinkGone

    async def ask(self, message: m.AnyMessage, point: Point = "", *, stoppable: bool = False) -> m.Ack | m.Nack:
        """Send and wait for the till's answer. Raises LinkGone when there is none within T3."""
        await self.say(message, point)
        deadline = anyio.current_time() + self._t3
        later: list[Happening] = []
        try:
            while True:
                happening = await self.happens(max(0.0, deadline - anyio.current_time()))
                match happening:
                    case None:
                        raise LinkGone
                    case Gone(session) if session == self._session:
                        raise LinkGone
                    case Arrived(session, m.Ack() | m.Nack() as answer) if session == self._session:
                        return answer
                    case Arrived():
                        await self.interrupt(happening, stoppable=stoppable)
                    case Pressed():
                        later.append(happening)
                    case Gone():
                        pass  # an earlier session's
        finally:
            self._queue.extendleft(reversed(later))

    async def interrupt(self, happening: Arrived, *, stoppable: bool) -> None:
        """The till says something in the middle of a transaction."""
        match happening.message:
            case m.RegisterAbort():
                self.stop_wanted = self.stop_wanted or stoppable
                answer = m.Ack() if stoppable else m.Nack(_NOT_POSSIBLE)
                if happening.session == self._session == self._far_end.session:
                    await self.say(answer, "stop-ack")
                else:
                    await self._reply(happening.session, answer)
            case m.Ack() | m.Nack():
                pass  # an answer that nobody waits for any more
            case m.Other():
                await self._reply(happening.session, m.Nack(_PROTOCOL_FAULT))
            case _:
                await self._reply(happening.session, m.Nack(_BUSY))

    async def _reply(self, session: int, answer: m.Ack | m.Nack) -> None:
        """To whoever asked, also when it is another session than the transaction's."""
        if session == self._far_end.session:
            await self._far_end.send(codec.encode(answer))

    # --- faults

    def _due(self) -> Fault | None:
        """Count a message; the fault that is set for it."""
        self._count += 1
        if self.fault is None or self.fault.at != self._count:
            return None
        fault, self.fault = self.fault, None
        return fault


def _is_command(happening: Happening) -> bool:
    """One that ends with a completion; a stop belongs to the command before it."""
    return isinstance(happening, Arrived) and not isinstance(
        happening.message, m.Ack | m.Nack | m.RegisterAbort | m.Other
    )
