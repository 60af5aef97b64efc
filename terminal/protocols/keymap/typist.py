"""The other way round: the key events with which a scanner types a text. For simulators, tests and calibration.

Untypable    the layout has no keys for a character
"""

import unicodedata
from functools import cache

from terminal.protocols.wedge import Event, LayoutName, Lock

from . import keycodes as k
from .layout_keys import NOTHING
from .layouts import CONTROL, ENDS, KEYPAD, SPACING, is_dead, layout_of

_REPORT: Event = (k.EV_SYN, k.SYN_REPORT, 0)
_MODIFIERS: tuple[tuple[int, ...], ...] = (
    (),
    (k.KEY_LEFTSHIFT,),
    (k.KEY_RIGHTALT,),
    (k.KEY_LEFTSHIFT, k.KEY_RIGHTALT),
)
"""Of the levels of a layout, in its order."""

Keys = tuple[int, ...]
"""Keys of one frame: the modifiers, then the key."""


class Untypable(ValueError):
    """The layout has no keys for a character. The message is one English sentence."""


def keystrokes(
    text: str, layout: LayoutName = "us", *, lock: Lock = "none", alt_codes: bool = False, spaced: bool = True
) -> list[Event]:
    """The events of `text`, as USB scanners send them: modifier and key in one frame, down and up again.

    '\\r' is Enter, '\\t' Tab, and other control characters are typed with Ctrl (GS is Ctrl+]); with `alt_codes` they,
    and what the layout has no key for, with Alt and their Windows-1252 number on the numeric pad. With a `lock` the
    scanner believes that it is on, and types the other way round. Not `spaced`: what a dead key types by itself is
    typed by that key alone, for the next one to show it. Raises Untypable.
    """
    keys = _all_keys(layout, lock)
    events: list[Event] = []
    for character in text:
        if character in keys and not (alt_codes and character < " " and character not in ENDS.values()):
            frames = keys[character]
            if not spaced and character in SPACING.values():
                frames = frames[:1]
            for frame in frames:
                events += _tap(frame)
        elif alt_codes:
            events += _alt_code(character)
        else:
            raise Untypable(f"the layout {layout!r} has no key for {character!r}")
    return events


def _tap(keys: Keys) -> list[Event]:
    return [event for value in (k.DOWN, k.UP) for event in (*((k.EV_KEY, key, value) for key in keys), _REPORT)]


def _alt_code(character: str) -> list[Event]:
    try:
        (number,) = character.encode("cp1252")
    except UnicodeEncodeError as error:
        raise Untypable(f"there is no Alt code for {character!r}") from error
    digits = {character: key for key, character in KEYPAD.items()}
    events = [(k.EV_KEY, k.KEY_LEFTALT, k.DOWN), _REPORT]
    for digit in f"{number:04}" if number > 99 else f"{number:03}":
        events += _tap((digits[digit],))
    return [*events, (k.EV_KEY, k.KEY_LEFTALT, k.UP), _REPORT]


@cache
def _all_keys(name: LayoutName, lock: Lock) -> dict[str, tuple[Keys, ...]]:
    """Which keys type a character, one frame after the other; of several ways the simplest."""
    layout = layout_of(name)
    singles: dict[str, Keys] = {}
    for level, modifiers in enumerate(_MODIFIERS):
        for key, characters in layout.items():
            if len(characters) > level and characters[level] != NOTHING:
                singles.setdefault(characters[level], (*modifiers, key))
    if lock != "none":
        singles = {character: _unlocked(keys, layout.get(keys[-1], ""), lock) for character, keys in singles.items()}
    keys: dict[str, tuple[Keys, ...]] = {each: (own,) for each, own in singles.items() if not is_dead(each)}
    for dead, spacing in SPACING.items():
        if dead not in singles:
            continue
        if " " in singles:
            keys.setdefault(spacing, (singles[dead], singles[" "]))
        for letter in [each for each in singles if each.isascii() and each.isalpha()]:
            whole = unicodedata.normalize("NFC", letter + dead)
            if len(whole) == 1:
                keys.setdefault(whole, (singles[dead], singles[letter]))
    for key, character in ENDS.items():
        keys.setdefault(character, ((key,),))
    for key, character in CONTROL.items():
        keys.setdefault(character, ((k.KEY_LEFTCTRL, key),))
    return keys


def _unlocked(keys: Keys, characters: str, lock: Lock) -> Keys:
    """The same with Shift where it had none, and the other way round, for what the lock turns over."""
    *modifiers, key = keys
    turned = lock == "shift" or (
        k.KEY_RIGHTALT not in modifiers and characters[:1].isalpha() and characters[:1].upper() == characters[1:2]
    )
    if not turned:
        return keys
    if k.KEY_LEFTSHIFT in modifiers:
        return (*(each for each in modifiers if each != k.KEY_LEFTSHIFT), key)
    return (k.KEY_LEFTSHIFT, *modifiers, key)
