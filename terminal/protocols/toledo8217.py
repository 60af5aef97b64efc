"""Mettler Toledo 8217: a till asks with one letter, the scale answers with its weight or with its status.

    W                              the weight, please
    STX digits with a point CR     at rest, gross
    STX digits with a point N CR   at rest, a tare taken off
    STX ? status CR                no weight, and why; the status may be any byte, a CR too

Nothing protects an answer but its parity (9600 7E1).
"""

import re
from enum import IntFlag

import msgspec

from .scale import LONGEST, Condition, Heard, Reading, grams_of, looks_like_parity

STX, CR = 0x02, 0x0D
WEIGHT = b"W"
_WEIGHED = re.compile(rb"\x02( {0,3}[0-9]{1,3}\.[0-9]{1,3})(N?)\r")


class Status(IntFlag):
    """The status byte; its highest bit is the parity's."""

    MOTION = 0x01
    OVER = 0x02
    UNDER_ZERO = 0x04
    OUTSIDE_ZERO_CAPTURE = 0x08
    CENTRE_OF_ZERO = 0x10
    NET = 0x20
    BAD_COMMAND = 0x40


class Weighed(msgspec.Struct, frozen=True):
    """At rest. `digits` in kilograms, as they came."""

    digits: str
    net: bool = False

    def encode(self) -> bytes:
        """The answer's bytes."""
        return b"\x02" + self.digits.encode("ascii") + (b"N" if self.net else b"") + b"\r"


class NotWeighed(msgspec.Struct, frozen=True):
    """No weight. `status` as it came, 0 to 127: every bit is kept."""

    status: int

    def encode(self) -> bytes:
        """The answer's bytes."""
        return bytes((STX, ord("?"), self.status, CR))


Answer = Weighed | NotWeighed


def take(data: bytes) -> tuple[Answer | None, bytes]:
    """The first answer in `data` and what follows it; None while none is whole. Raises ValueError for what is none."""
    start = data.find(STX)
    if start < 0:
        if data:
            raise ValueError(_why(data))
        return None, b""
    if start > 0:
        raise ValueError(_why(data))
    if data[1:2] == b"?":
        if len(data) < 4:
            return None, data
        if data[3] != CR or data[2] & 0x80:
            raise ValueError(_why(data))
        return NotWeighed(data[2]), data[4:]
    end = data.find(CR)
    if end < 0:
        if len(data) > LONGEST or any(byte not in b" 0123456789.N" for byte in data[1:]):
            raise ValueError(_why(data))
        return None, data
    weighed = _WEIGHED.fullmatch(data[: end + 1])
    if weighed is None:
        raise ValueError(_why(data))
    return Weighed(weighed[1].decode("ascii"), bool(weighed[2])), data[end + 1 :]


def reading(answer: Answer) -> Reading:
    """What an answer means. Of several bits the gravest counts."""
    if isinstance(answer, Weighed):
        grams = grams_of(answer.digits)
        assert grams is not None, answer  # noqa: S101 (`take` lets nothing else through)
        return Reading(Condition.AT_REST, grams, answer.net)
    status, net = Status(answer.status), bool(answer.status & Status.NET)
    for bit, condition in (
        (Status.BAD_COMMAND, Condition.REFUSED),
        (Status.OVER, Condition.OVERLOAD),
        (Status.UNDER_ZERO, Condition.UNDER_ZERO),
        (Status.MOTION, Condition.MOTION),
        (Status.OUTSIDE_ZERO_CAPTURE, Condition.NOT_ZERO),
    ):
        if bit in status:
            return Reading(condition, net=net)
    # Nothing is wrong: it is empty and says so by its status. Without that bit too it says nothing at all.
    return Reading(Condition.AT_REST if Status.CENTRE_OF_ZERO in status else Condition.REFUSED, net=net)


class Toledo8217:
    """See Dialogue."""

    def __init__(self) -> None:
        self._data = b""

    def begin(self) -> bytes:
        """See Dialogue."""
        self._data = b""
        return WEIGHT

    def feed(self, data: bytes) -> Heard:
        """See Dialogue."""
        try:
            answer, self._data = take(self._data + data)
        except ValueError as error:
            return Heard(nonsense=str(error))
        return Heard() if answer is None else Heard(reading(answer))


def _why(data: bytes) -> str:
    hint = " (its parity setting may differ)" if looks_like_parity(data) else ""
    return f"{data[:24].hex(' ')} is no answer of an 8217{hint}"
