"""Keyboard layouts: which characters a key types, alone and with Shift, AltGr, Ctrl and dead keys.

The layout is the one the *scanner* is set to: it sends the keys that would type the barcode's text on such a keyboard.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache

from terminal.protocols.wedge import LayoutName

from . import keycodes as k
from .layout_keys import KEYPAD_COMMA, KEYS, NOTHING, ROWS

Layout = Mapping[int, str]
"""Key to characters: plain, with shift, with AltGr, with both; NOTHING where it types none. What is missing at the end,
the key does not type either. A combining character is a dead key."""

LAYOUTS: tuple[LayoutName, ...] = tuple(KEYS)

GS = "\x1d"

SPACING: Mapping[str, str] = {
    "\u0300": "`", "\u0301": "´", "\u0302": "^", "\u0303": "~", "\u0308": "¨", "\u030a": "°", "\u030c": "ˇ",
    "\u0327": "¸",
}  # fmt: skip
"""What a dead key types by itself: with a space after it, or twice."""


def is_dead(character: str) -> bool:
    """Whether it is a dead key's, which types nothing until the next key."""
    return character in SPACING


def composed(dead: str, character: str) -> str:
    """What a dead key and the next character make: one character, or both when there is none."""
    if character in (" ", dead):
        return SPACING[dead]
    whole = unicodedata.normalize("NFC", character + dead)
    return whole if len(whole) == 1 else SPACING[dead] + character


@cache
def layout_of(name: LayoutName) -> Layout:
    """A layout's table."""
    return {
        first + place: "".join(level[place] for level in levels)
        for first, levels in zip(ROWS, KEYS[name], strict=True)
        for place in range(len(levels[0]))
    }


KEYPAD: Mapping[int, str] = {
    **{key: str(digit) for digit, key in enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73))},
    k.KEY_KPSLASH: "/",
    k.KEY_KPASTERISK: "*",
    k.KEY_KPMINUS: "-",
    k.KEY_KPPLUS: "+",
    k.KEY_KPDOT: ".",
    k.KEY_KPCOMMA: ".",
    k.KEY_KPEQUAL: "=",
}
"""The numeric pad types digits whether num lock is on or not: a scanner never means the arrows."""

ENDS: Mapping[int, str] = {k.KEY_ENTER: "\r", k.KEY_KPENTER: "\r", k.KEY_LINEFEED: "\n", k.KEY_TAB: "\t"}
"""Keys that end a scan, on every layout."""

CONTROL: Mapping[int, str] = {
    **{key: chr(ord(both[0]) & 0x1F) for key, both in layout_of("us").items() if both[0].isalpha()},
    k.KEY_LEFTBRACE: "\x1b",
    k.KEY_BACKSLASH: "\x1c",
    k.KEY_RIGHTBRACE: GS,
    7: "\x1e",
    k.KEY_MINUS: "\x1f",
}
"""With Ctrl, by the key's place and not by what stands on it: Ctrl+] is GS also where ] is on another key."""

_BY_CHARACTER = {chr(code | 0x40): chr(code) for code in range(0x1B, 0x20)}
"""[ \\ ] ^ _ with Ctrl, where a scanner goes by what stands on the key."""


def control(layout: Layout, key: int, level: int) -> str:
    """What a key types with Ctrl: by what it types on this layout when that is a letter or has a control character,
    else by its place. '' for nothing."""
    character = layout.get(key, "")[level : level + 1]
    if character.isascii() and character.isalpha():
        return chr(ord(character) & 0x1F)
    return _BY_CHARACTER.get(character) or CONTROL.get(key, "")


def keypad(name: LayoutName, key: int) -> str:
    """What a key of the numeric pad types; '' for another one."""
    return "," if key == k.KEY_KPDOT and name in KEYPAD_COMMA else KEYPAD.get(key, "")


def typed(characters: str, level: int) -> str:
    """A key's character on a level (0 plain, 1 Shift, 2 AltGr, 3 both), '' for none."""
    character = characters[level : level + 1]
    return "" if character == NOTHING else character
