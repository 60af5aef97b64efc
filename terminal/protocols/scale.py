"""What the protocols of scales have in common: a reading, and the dialogue that asks for one. Sans-I/O.

A dialogue is begun for each question and fed what comes back. It gives a reading only for an answer that is whole and
says so; everything else is nothing yet, or nonsense. No reading is never a reading of nothing.
"""

from enum import StrEnum
from typing import Protocol

import msgspec

LONGEST = 64
"""Bytes without an answer in them after which a dialogue calls it nonsense: no answer is a third as long."""


class Condition(StrEnum):
    """How the scale is."""

    AT_REST = "at-rest"
    """The only one with a weight."""
    MOTION = "motion"
    OVERLOAD = "overload"
    UNDER_ZERO = "under-zero"
    NOT_ZERO = "not-zero"
    """It could not set its zero when it was switched on."""
    REFUSED = "refused"
    """It does not know the question, or does not answer it now."""


class Reading(msgspec.Struct, frozen=True):
    """One answer."""

    condition: Condition
    grams: int = 0
    """Zero or more; of a scale at rest alone."""
    net: bool = False
    """A tare is taken off."""


class Heard(msgspec.Struct, frozen=True):
    """What came of some bytes: at most one of the three."""

    reading: Reading | None = None
    reply: bytes = b""
    """To be sent now: the dialogue goes on."""
    nonsense: str = ""
    """One English sentence: what came is no answer, and nothing more is expected."""


class Dialogue(Protocol):
    """One question."""

    def begin(self) -> bytes:
        """What asks it. Forgets what came before."""

    def feed(self, data: bytes) -> Heard:
        """Take what has come."""


def grams_of(digits: str, unit: str = "kg") -> int | None:
    """Whole grams from a scale's digits ('00.532', ' 0.5' kg; '532' g); None when they are none.

    Kilograms need their point: without one it is not known where it stands, and a factor of ten is never guessed.
    """
    text = digits.strip(" ")
    whole, point, part = text.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (point and not (part.isascii() and part.isdigit())):
        return None
    if unit == "g":
        return int(whole) if not part.strip("0") else None
    if unit != "kg" or not point or len(part) > 3:
        return None
    return int(whole) * 1000 + int(part.ljust(3, "0"))


def looks_like_parity(data: bytes) -> bool:
    """Whether bytes have their highest bit set, as seven bits and a parity bit look to who expects eight; or are zero,
    as the system hands over a byte whose parity is wrong."""
    return any(byte & 0x80 or not byte for byte in data)
