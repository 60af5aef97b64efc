"""How a keyboard wedge types, in words that cost a start nothing: what reads and finds it is in keymap/."""

from enum import StrEnum
from typing import Literal

import msgspec

from .scan import Suffix

LayoutName = Literal["us", "gb", "dk", "no", "se", "de", "fr", "be", "es", "it"]

Lock = Literal["none", "caps", "shift"]
"""What is locked when the keyboard is plugged in: the letters' case (caps lock), or every key's (shift lock: what caps
lock does on a French or Belgian Windows). A scanner that believes so types the other way round."""

Case = Literal["kept", "upper", "lower"]
"""What a scanner does to all letters."""

Event = tuple[int, int, int]
"""Type, code, value of the kernel's input event."""


class Typing(msgspec.Struct, frozen=True):
    """How a keyboard wedge types: all that a KeyDecoder must know."""

    layout: LayoutName = "us"
    suffix: Suffix = "any"
    lock: Lock = "none"


class Calibration(msgspec.Struct, frozen=True):
    """What a scanner has been found to do."""

    typing: Typing
    case: Case = "kept"
    """`upper`, `lower`: nobody can turn the letters back."""


class WhyNot(StrEnum):
    """Why a scan says nothing of how the scanner types, closed."""

    NOTHING = "nothing"
    """No characters came."""
    ANOTHER_CODE = "another-code"
    """Another barcode was scanned."""
    UNKNOWN_LAYOUT = "unknown-layout"
    """The text on a keyboard that is not among the layouts."""
    PREFIX = "prefix"
    """The scanner puts something before each code."""
    LOST = "lost"
    """Keys were lost or came without end."""
