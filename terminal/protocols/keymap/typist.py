"""The other way round: the key events with which a scanner types a text. For simulators and tests.

Untypable    the layout has no keys for a character
"""

from . import keycodes as k
from .layouts import CONTROL, ENDS, LAYOUTS, Layout, LayoutName

Event = tuple[int, int, int]
"""Type, code, value."""

_REPORT: Event = (k.EV_SYN, k.SYN_REPORT, 0)
_MODIFIERS: tuple[tuple[int, ...], ...] = (
    (),
    (k.KEY_LEFTSHIFT,),
    (k.KEY_RIGHTALT,),
    (k.KEY_LEFTSHIFT, k.KEY_RIGHTALT),
)
"""Of the levels of a layout, in its order."""


class Untypable(ValueError):
    """The layout has no keys for a character. The message is one English sentence."""


def keystrokes(text: str, layout: LayoutName = "us") -> list[Event]:
    """The events of `text`, as USB scanners send them: modifier and key in one frame, down and up again.

    '\\r' is Enter, '\\t' Tab, and other control characters are typed with Ctrl (GS is Ctrl+]). Raises Untypable.
    """
    keys = _keys(LAYOUTS[layout])
    events: list[Event] = []
    for character in text:
        if character not in keys:
            raise Untypable(f"the layout {layout!r} has no key for {character!r}")
        for value in (k.DOWN, k.UP):
            events += [(k.EV_KEY, key, value) for key in keys[character]]
            events.append(_REPORT)
    return events


def _keys(layout: Layout) -> dict[str, tuple[int, ...]]:
    """Which keys type a character, the modifiers first; of several ways the simplest."""
    keys: dict[str, tuple[int, ...]] = {}
    for level, modifiers in enumerate(_MODIFIERS):
        for key, characters in layout.items():
            if len(characters) > level:
                keys.setdefault(characters[level], (*modifiers, key))
    for key, character in ENDS.items():
        keys.setdefault(character, (key,))
    for key, character in CONTROL.items():
        keys.setdefault(character, (k.KEY_LEFTCTRL, key))
    return keys
