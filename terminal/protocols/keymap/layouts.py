"""Keyboard layouts as data: which characters a key types. A layout is a table; another one is another table.

The layout is the one the *scanner* is set to: it sends the keys that would type the barcode's text on such a keyboard.
"""

from collections.abc import Mapping
from typing import Literal

from . import keycodes as k

LayoutName = Literal["us"]

Layout = Mapping[int, str]
"""Key to characters: plain, with shift, with AltGr, with both. What is missing at the end, the key does not type."""

GS = "\x1d"


def _rows(*rows: tuple[int, str, str]) -> Layout:
    """Rows of neighbouring keys: the first one's code, their plain characters, their shifted ones."""
    return {
        first + i: plain + shifted
        for first, plains, shifteds in rows
        for i, (plain, shifted) in enumerate(zip(plains, shifteds, strict=True))
    }


_US = _rows(
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (86, "<", ">"),
)

LAYOUTS: Mapping[LayoutName, Layout] = {"us": _US}

KEYPAD: Mapping[int, str] = {
    **{key: str(digit) for digit, key in enumerate((82, 79, 80, 81, 75, 76, 77, 71, 72, 73))},
    k.KEY_KPSLASH: "/",
    k.KEY_KPASTERISK: "*",
    k.KEY_KPMINUS: "-",
    k.KEY_KPPLUS: "+",
    k.KEY_KPDOT: ".",
    k.KEY_KPCOMMA: ",",
    k.KEY_KPEQUAL: "=",
}
"""The numeric pad types digits whether num lock is on or not: a scanner never means the arrows."""

ENDS: Mapping[int, str] = {k.KEY_ENTER: "\r", k.KEY_KPENTER: "\r", k.KEY_LINEFEED: "\n", k.KEY_TAB: "\t"}
"""Keys that end a scan, on every layout."""

CONTROL: Mapping[int, str] = {
    **{key: chr(ord(both[0]) & 0x1F) for key, both in _US.items() if both[0].isalpha()},
    k.KEY_LEFTBRACE: "\x1b",
    k.KEY_BACKSLASH: "\x1c",
    k.KEY_RIGHTBRACE: GS,
    7: "\x1e",
    k.KEY_MINUS: "\x1f",
}
"""With Ctrl, by the key's place and not by what stands on it: Ctrl+] is GS also where ] is on another key."""
