"""The simulated printer behind its socket: receive buffer, sensors, paper, knife, drawer. No wires, no tasks.

It does what printers do: status is answered the moment it is asked for, also while the printer is stopped;
what cannot be printed stays in the receive buffer and comes out when the paper is back; power off loses it.
"""

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

import msgspec

from terminal.protocols.escpos import events as e
from terminal.protocols.escpos import status as dle
from terminal.protocols.escpos import stored
from terminal.protocols.escpos.parser import Parser
from terminal.protocols.escpos.realtime import PulseRequest, RealTimeScanner, StatusRequest

from .paper import Paper

RECEIVE_BUFFER = 4096
"""Bytes (Epson TM-T88, set to the larger of its two sizes)."""
_PIECE = 256
_SHORTEST_PULSE = 40
"""Milliseconds. A shorter pulse does not pull the lock of the simulated drawer."""
KEPT_PULSES = 1000
_GARBAGE = b"\xf8\x9c\xfe"


class DrawerPulse(msgspec.Struct, frozen=True):
    """One pulse on the drawer's socket. `at` is seconds since 1970."""

    at: float
    pin: int
    on_ms: int


class Machine:
    """`changed` is called after everything that a person could see."""

    def __init__(self, paper: Paper, changed: Callable[[], None]) -> None:
        self.paper = paper
        self.power = True
        self.cover_open = False
        self.paper_state: Literal["ok", "low", "out"] = "ok"
        self.lines_left: int | None = None
        """Lines until the roll ends; None: it is long."""
        self.cutter_stuck = False
        self.overheated = False
        self.offline = False
        self.silent = False
        self.garbles = False
        """Answers what no printer says, as one at another speed."""
        self.forget_after: int | None = None
        """Bytes of the next job after which it forgets the rest, as after a moment without power."""
        self.drawer_open = False
        self.drawer_locked = False
        """Its key is turned, or something is in its way: no pulse opens it."""
        self.pulses: list[DrawerPulse] = []
        self._changed = changed
        self._parser = Parser()
        self._scanner = RealTimeScanner()
        self._buffer = bytearray()
        self._said = bytearray()
        self._events: deque[tuple[e.Event, bytes]] = deque()

    @property
    def free(self) -> int:
        """Bytes that the receive buffer still takes."""
        return max(RECEIVE_BUFFER - len(self._buffer), 0)

    @property
    def waiting(self) -> int:
        """Bytes received and not printed yet."""
        return len(self._buffer) + sum(len(raw) for _, raw in self._events) + self._parser.pending

    @property
    def able(self) -> bool:
        """Whether it prints now."""
        stopped = self.cover_open or self.cutter_stuck or self.overheated or self.offline
        return self.power and not stopped and self.paper_state != "out"

    def receive(self, data: bytes) -> bytes:
        """Take at most `free` bytes; what it answers at once."""
        if not self.power:
            return b""
        requests = self._scanner.feed(data)
        if data != b"".join(dle.question(found.query) for found in requests if isinstance(found, StatusRequest)):
            # Questions alone take no room: a till may ask a printer without paper for hours.
            self._buffer += self._remembered(data)
        answers = bytearray()
        for request in requests:
            match request:
                case StatusRequest(query) if not self.silent:
                    answers += _GARBAGE if self.garbles else bytes((dle.encode(self._reply(query)),))
                case PulseRequest(pin, on_ms):
                    self._pulse(pin, on_ms)
                case _:
                    continue
        return bytes(answers)

    def _remembered(self, data: bytes) -> bytes:
        if self.forget_after is None:
            return data
        kept = data[: self.forget_after]
        self.forget_after -= len(kept)
        return kept

    def take_said(self) -> bytes:
        """What it has to say of its own accord: answers that waited for their turn."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def print(self, budget: int | None = None) -> None:
        """Print what is in the buffer, at most about `budget` bytes of it."""
        before = self.waiting
        left = budget if budget is not None else before
        while self.able and left > 0:
            if not self._events:
                if not self._buffer:
                    break
                piece = bytes(self._buffer[: min(_PIECE, left)])
                del self._buffer[: len(piece)]
                left -= len(piece)
                self._events.extend(self._parser.feed(piece))
            while self._events and self.able:
                self._one(*self._events.popleft())
        if self.waiting != before:
            self._changed()

    def power_off(self) -> None:
        """What was not on paper is lost."""
        self.power = False
        self._buffer.clear()
        self._events.clear()
        self._parser.reset()
        self._scanner = RealTimeScanner()
        self.paper.initialise()

    def _one(self, event: e.Event, raw: bytes) -> None:
        before = self.paper.lines
        self.paper.print(event, raw)
        if isinstance(event, e.ReportInOrder) and not self.silent:
            near_end = 0x03 if self.paper_state != "ok" else 0
            self._said += _GARBAGE if self.garbles else bytes((near_end,))
        if isinstance(event, e.GraphicsKeys) and not self.silent:
            self._said += stored.answer_with(list(self.paper.stored))
        if isinstance(event, e.Pulse):
            self._pulse(event.pin, event.on_ms)
        if self.lines_left is not None:
            self.lines_left = max(self.lines_left - (self.paper.lines - before), 0)
            if not self.lines_left:
                self.paper_state = "out"

    def _pulse(self, pin: int, on_ms: int) -> None:
        self.pulses.append(DrawerPulse(time.time(), pin, on_ms))
        del self.pulses[:-KEPT_PULSES]
        if on_ms >= _SHORTEST_PULSE and not self.drawer_locked:
            self.drawer_open = True
        self._changed()

    def _reply(self, query: dle.Query) -> dle.Reply:
        match query:
            case dle.Query.PRINTER:
                return dle.PrinterState(offline=not self.able, drawer_high=self.drawer_open)
            case dle.Query.OFFLINE:
                return dle.OfflineCause(
                    cover_open=self.cover_open,
                    paper_stop=self.paper_state == "out",
                    error=self.cutter_stuck or self.overheated,
                )
            case dle.Query.ERROR:
                return dle.ErrorCause(cutter=self.cutter_stuck, auto_recoverable=self.overheated)
            case dle.Query.PAPER:
                return dle.PaperState(near_end=self.paper_state != "ok", end=self.paper_state == "out")
