"""Whether a text that is no product code would be one if the scanner typed for another keyboard. No I/O."""

from terminal.domain.codes import CodeError, parse
from terminal.protocols.wedge import Event, LayoutName, Typing

from .calibrate import LOCKS, characters
from .layouts import LAYOUTS
from .typist import Untypable, keystrokes

_LONGEST = 400
"""Characters; a Digital Link has 200."""


def other_layout(text: str, now: Typing) -> LayoutName | None:
    """The layout that makes a product code of it: a number whose check digit fits, an element string, a Digital Link.

    None: none does, or it is a code, or a number, as it stands. By chance it happens to no text that has a letter or a
    digit in it as they stand on both keyboards, and then once in ten.
    """
    if len(text) > _LONGEST or (text.isascii() and text.isdigit()) or _is_product(text):
        return None
    try:
        keys: list[Event] = keystrokes(text, now.layout, lock=now.lock, spaced=False)
    except Untypable:
        return None
    for lock in LOCKS:
        for layout in LAYOUTS:
            if (layout, lock) != (now.layout, now.lock) and _is_product(characters(keys, layout, lock)):
                return layout
    return None


def _is_product(text: str) -> bool:
    try:
        return bool(parse(text).gtin)
    except CodeError:
        return False
