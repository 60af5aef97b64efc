"""Calibration: from the keys with which a scanner typed one known barcode to how it types. No I/O.

Each layout, with each lock, reads the keys; the one that reads the known text is it. The text is chosen so that no two
of them read it the same (a test tries every pair), and short enough to be scanned from a small screen.
"""

import re
from collections.abc import Iterable
from itertools import product

from terminal.protocols.scan import Suffix
from terminal.protocols.wedge import Calibration, Case, Event, LayoutName, Lock, Typing, WhyNot

from . import keycodes as k
from .keyboard import Keyboard, Untyped
from .layouts import LAYOUTS

TEXT = "Kz1|#-/:=+(&_?"
"""What the barcode says: a capital and a small letter, and what tells layouts apart and links are made of."""

LONGEST = 2000
"""Events that are looked at; the text takes some 120, with Alt codes 250."""

LOCKS: tuple[Lock, ...] = ("none", "caps", "shift")

_CASES: tuple[Case, ...] = ("kept", "upper", "lower")
_ENDS: dict[str, Suffix] = {"": "none", "\r": "cr", "\r\n": "cr", "\n": "lf", "\t": "tab"}
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")


def calibrate(events: Iterable[Event], now: Typing | None = None) -> Calibration | WhyNot:
    """What the key events of one scan of TEXT say. `now`: how it is read today, to be kept where that is right."""
    keys = list(events)
    if len(keys) > LONGEST or any(event[:2] == (k.EV_SYN, k.SYN_DROPPED) for event in keys):
        return WhyNot.LOST
    layouts = LAYOUTS if now is None else (now.layout, *(each for each in LAYOUTS if each != now.layout))
    typed = {(layout, lock): characters(keys, layout, lock) for layout, lock in product(layouts, LOCKS)}
    why = WhyNot.NOTHING
    # A lock last: with one, capitals that are all turned small read as small letters that are all turned.
    for lock, case, layout in product(LOCKS, _CASES, layouts):
        found = fits(typed[layout, lock], case)
        if not isinstance(found, WhyNot):
            return Calibration(Typing(layout, found, lock), case)
        why = max(why, found, key=_TELLING.index)
    return why


_TELLING = (WhyNot.LOST, WhyNot.NOTHING, WhyNot.UNKNOWN_LAYOUT, WhyNot.ANOTHER_CODE, WhyNot.PREFIX)
"""Of what the layouts say, the one that says most."""


def characters(events: Iterable[Event], layout: LayoutName, lock: Lock) -> str:
    """All that the keys type, ends of scans included; "\\0" where a key types nothing."""
    keyboard = Keyboard(layout, lock)
    made: list[str | Untyped] = []
    for kind, code, value in events:
        if kind == k.EV_KEY:
            made += keyboard.key(code, value)
        elif (kind, code) == (k.EV_SYN, k.SYN_REPORT):
            made += keyboard.end_frame()
    return "".join("\0" if isinstance(each, Untyped) else each for each in made) + keyboard.settle()


def fits(typed: str, case: Case = "kept") -> Suffix | WhyNot:
    """Whether that is TEXT in this case, perhaps with its symbology before it; what ends it.

    Also for scanners that send characters and not keys.
    """
    typed = typed.lstrip("\0")
    text = typed.rstrip("\r\n\t")
    if not text:
        return WhyNot.NOTHING
    wanted = {"kept": TEXT, "upper": TEXT.upper(), "lower": TEXT.lower()}[case]
    before, found, after = text.partition(wanted)
    if found and not after:
        if before and not _SYMBOLOGY.fullmatch(before):
            return WhyNot.PREFIX
        # Of several ends the first one is enough, and the others are empty scans.
        return _ENDS.get(typed[len(text) :], "any")
    return WhyNot.ANOTHER_CODE if text.isascii() and text.isdigit() else WhyNot.UNKNOWN_LAYOUT
