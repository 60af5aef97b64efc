"""What a simulated scale weighs, and how it says so in each protocol: the pan, the tare, and what is wrong with it."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from terminal.protocols import cas, toledo8217
from terminal.protocols.toledo8217 import NotWeighed, Status, Weighed

CAPACITY = 15_000
"""Grams."""


class Pan:
    """The load in grams, and what a person can do to it."""

    def __init__(self, settle_ms: int = 0) -> None:
        self.load = 0
        self.tare = 0
        self.shaken = False
        self.over = False
        self.not_zero = False
        self._settle_ms = settle_ms
        self._moved = 0.0

    def put(self, grams: int) -> None:
        """This much lies on it now (below zero: something that belongs to it was taken off). It moves for a while."""
        if grams != self.load:
            self._moved = monotonic()
        self.load = grams

    @property
    def net(self) -> int:
        """What it shows."""
        return self.load - self.tare

    @property
    def in_motion(self) -> bool:
        """Whether it is shaken, or has not come to rest since the load changed."""
        return self.shaken or (monotonic() - self._moved) * 1000 < self._settle_ms

    @property
    def is_over(self) -> bool:
        """Whether it cannot weigh so much."""
        return self.over or self.load > CAPACITY


class Speaker(Protocol):
    """One protocol's answering side."""

    def hear(self, byte: int, pan: Pan) -> bytes:
        """The answer to one byte from the till; empty when there is none."""


class ToledoSpeaker:
    """See protocols/toledo8217.py. T sets the tare, C clears it, Z sets zero."""

    def hear(self, byte: int, pan: Pan) -> bytes:
        """See Speaker."""
        match chr(byte):
            case "W":
                return _toledo(pan).encode()
            case "T":
                pan.tare = max(0, pan.load)
            case "C":
                pan.tare = 0
            case "Z":
                pan.put(0)
                pan.not_zero = False
            case _:
                return NotWeighed(Status.BAD_COMMAND).encode()
        return b""


def _toledo(pan: Pan) -> toledo8217.Answer:
    status = Status(0)
    for holds, bit in (
        (pan.in_motion, Status.MOTION),
        (pan.is_over, Status.OVER),
        (pan.net < 0, Status.UNDER_ZERO),
        (pan.not_zero, Status.OUTSIDE_ZERO_CAPTURE),
    ):
        if holds:
            status |= bit
    if status:
        return NotWeighed(status | Status.NET if pan.tare else status)
    return Weighed(f"{pan.net // 1000:02}.{pan.net % 1000:03}", bool(pan.tare))


class CasSpeaker:
    """See protocols/cas.py."""

    def __init__(self) -> None:
        self._awake = False

    def hear(self, byte: int, pan: Pan) -> bytes:
        """See Speaker."""
        if byte == cas.ENQ:
            # It has no word for a lost zero: it does not answer at all until it is switched on anew.
            self._awake = not pan.not_zero
            return bytes((cas.ACK if self._awake else cas.NAK,))
        if byte == cas.DC1 and self._awake:
            self._awake = False
            grams = abs(pan.net)
            sign = "F" if pan.is_over else "-" if pan.net < 0 else " "
            digits = f"{grams // 1000 % 100:02}.{grams % 1000:03}"
            return cas.Block("U" if pan.in_motion else "S", sign, digits).encode()
        return b""


SPEAKERS: dict[str, Callable[[], Speaker]] = {"toledo-8217": ToledoSpeaker, "cas": CasSpeaker}
"""By the name that the till's settings have for the protocol."""


def with_parity(data: bytes) -> bytes:
    """Seven bits with even parity, as a port set to eight bits and none sees them."""
    return bytes(byte | 0x80 if (byte & 0x7F).bit_count() % 2 else byte & 0x7F for byte in data)
