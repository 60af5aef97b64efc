"""The layouts against libxkbcommon and its data, key by key: alone, with Shift, AltGr and caps lock.

Only what Windows-1252 has: no scanner types more by keys, nor by Alt codes.
"""

import pytest
from xkbcommon import xkb  # type: ignore[import-untyped]

from terminal.protocols.keymap import LAYOUTS, KeyDecoder
from terminal.protocols.keymap import keycodes as k
from terminal.protocols.keymap.keyboard import Keyboard, Untyped
from terminal.protocols.keymap.layouts import GS, KEYPAD, SPACING, layout_of
from terminal.protocols.scan import Read
from terminal.protocols.wedge import LayoutName

PRINTING = (*range(2, 14), *range(16, 28), *range(30, 42), *range(43, 54), 57, 86)
"""The keys of the main block, with the one between Shift and Z."""
LEVELS = ((), (k.KEY_LEFTSHIFT,), (k.KEY_RIGHTALT,), (k.KEY_LEFTSHIFT, k.KEY_RIGHTALT))
DEAD = {
    "grave": "\u0300", "acute": "\u0301", "circumflex": "\u0302", "tilde": "\u0303", "diaeresis": "\u0308",
    "abovering": "\u030a", "caron": "\u030c", "cedilla": "\u0327",
}  # fmt: skip


MARKS = {spacing: mark for mark, spacing in SPACING.items()}


class Oracle:
    """libxkbcommon's keyboard."""

    def __init__(self, layout: LayoutName, *locks: int) -> None:
        self._state = xkb.Context().keymap_new_from_names(model="pc105", layout=layout).state_new()
        for key in locks:
            self._state.update_key(key + 8, xkb.XKB_KEY_DOWN)
            self._state.update_key(key + 8, xkb.XKB_KEY_UP)

    def press(self, code: int, held: tuple[int, ...] = ()) -> str:
        """What it types; of a dead key its combining character; '' for nothing that Windows-1252 has."""
        for key in held:
            self._state.update_key(key + 8, xkb.XKB_KEY_DOWN)
        text: str = self._state.key_get_string(code + 8)
        name: str = xkb.keysym_get_name(self._state.key_get_one_sym(code + 8))
        for key in held:
            self._state.update_key(key + 8, xkb.XKB_KEY_UP)
        if name.startswith("dead_"):
            return DEAD.get(name.removeprefix("dead_"), "")
        return text if text.isprintable() and text.encode("cp1252", errors="ignore") else ""


def press(layout: LayoutName, code: int, held: tuple[int, ...] = (), *locks: int) -> str:
    """The same of ours; a dead key is made to tell what it is by a letter that takes every accent we know."""
    keyboard = Keyboard(layout)

    def taps(*events: tuple[int, int]) -> str:
        made: list[str | Untyped] = []
        for key, value in events:
            keyboard.key(key, value)
            made += keyboard.end_frame()
        return "".join(each for each in made if isinstance(each, str))

    taps(*[(key, value) for key in locks for value in (k.DOWN, k.UP)])
    typed = taps(*[(key, k.DOWN) for key in held], (code, k.DOWN), (code, k.UP), *[(key, k.UP) for key in held])
    spacing = keyboard.settle()
    return typed or MARKS.get(spacing, "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_key_types_what_the_oracle_types(layout: LayoutName) -> None:
    oracle = Oracle(layout)
    alt_gr = layout != "us"  # there AltGr is the right Alt, and the oracle types as if it were not held
    wrong = {}
    for code in PRINTING:
        for held in LEVELS if alt_gr else LEVELS[:2]:
            theirs, ours = oracle.press(code, held), press(layout, code, held)
            # Space with AltGr is a space or a no-break space there; ours types nothing: no scanner means it.
            if ours != theirs and not (code == k.KEY_SPACE and k.KEY_RIGHTALT in held):
                wrong[code, held] = (theirs, ours)
    assert not wrong


@pytest.mark.parametrize("layout", LAYOUTS)
def test_caps_lock_is_as_the_oracle_has_it(layout: LayoutName) -> None:
    oracle = Oracle(layout, k.KEY_CAPSLOCK)
    wrong = {}
    for code in PRINTING:
        for held in LEVELS[:2]:
            theirs, ours = oracle.press(code, held), press(layout, code, held, k.KEY_CAPSLOCK)
            # The oracle has capitals of ß and µ, Windows-1252 has none: there ours stay small.
            if theirs and ours != theirs:
                wrong[code, held] = (theirs, ours)
    assert not wrong


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_numeric_pad_is_as_the_oracle_has_it_with_num_lock(layout: LayoutName) -> None:
    oracle = Oracle(layout, k.KEY_NUMLOCK)

    assert {code: press(layout, code) for code in KEYPAD} == {code: oracle.press(code) for code in KEYPAD}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_all_that_the_oracle_can_type_in_one_key_makes_the_same_scan(layout: LayoutName) -> None:
    """Every printable character, the keys found by the oracle and the scan read by the decoder, whole."""
    oracle = Oracle(layout)
    levels = LEVELS if layout != "us" else LEVELS[:2]
    ways = {oracle.press(code, held): (code, held) for held in reversed(levels) for code in reversed(PRINTING)}
    typable = {text: way for text, way in ways.items() if text and text not in DEAD.values()}
    decoder = KeyDecoder(layout)
    for code, held in typable.values():
        for key, value in (
            *[(key, k.DOWN) for key in held], (code, k.DOWN), (code, k.UP), *[(key, k.UP) for key in held],
        ):  # fmt: skip
            decoder.feed(k.EV_KEY, key, value)
            assert decoder.feed(k.EV_SYN, k.SYN_REPORT, 0) == []
    decoder.feed(k.EV_KEY, k.KEY_ENTER, k.DOWN)
    assert decoder.feed(k.EV_SYN, k.SYN_REPORT, 0) == [Read("".join(typable))]
    missing = {chr(code) for code in range(0x20, 0x7F)} - set(typable)
    assert all(any(MARKS[each] in text for text in layout_of(layout).values()) for each in missing)


def test_ctrl_and_the_bracket_is_the_separator_for_the_oracle_too() -> None:
    oracle = Oracle("us")
    oracle._state.update_key(k.KEY_LEFTCTRL + 8, xkb.XKB_KEY_DOWN)

    assert oracle._state.key_get_string(k.KEY_RIGHTBRACE + 8) == GS
