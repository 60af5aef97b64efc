"""One keyboard: key events in, characters out. No idea of where a scan ends (see KeyDecoder).

The kernel gives frames: some events and a SYN_REPORT. A frame is one report of the keyboard, and in a report nothing
is before or after: a modifier that goes down in it counts for the keys of the same frame, one that goes up does not.
Only presses type. On release a scanner lets the modifier go before the key, or with it, so a release says nothing;
and a key that is held repeats, which no scanner means.
"""

import msgspec

from terminal.protocols.wedge import LayoutName, Lock

from . import keycodes as k
from .layouts import ENDS, KEYPAD, SPACING, composed, control, is_dead, keypad, layout_of, typed

_LONGEST_FRAME = 64
"""Events; a keyboard's frame has at most a dozen. What never sends a SYN_REPORT is decoded all the same."""
_LONGEST_ALT_CODE = 4
STUCK_AFTER = 60
"""Repeats of a key that is held, one after the other: the kernel sends some 30 a second."""


class Untyped(msgspec.Struct, frozen=True):
    """Keys that make no character. `why` is one English sentence."""

    why: str
    meant: bool = False
    """A character was meant for certain."""


class Keyboard:
    """Modifiers, locks, a dead key, an Alt code and the frame that are coming in."""

    def __init__(self, layout: LayoutName = "us", lock: Lock = "none") -> None:
        self.layout_name = layout
        self._layout = layout_of(layout)
        self._lock_at_first: Lock = lock
        self.stuck: int = 0
        """The key that has been repeating for long; 0: none."""
        self.reset()

    def reset(self) -> None:
        """Forget everything: it was plugged in anew, and no key is down."""
        self._held: set[int] = set()
        self._caps_lock = self._lock_at_first == "caps"
        self._shift_lock = self._lock_at_first == "shift"
        self._repeats = 0
        self._repeating = 0
        self.stuck = 0
        self.forget()

    def forget(self) -> None:
        """Keys were lost: which ones, and so what is still held, nobody knows."""
        self._held.clear()
        self._alt_code = ""
        self._dead = ""
        self._frame: list[tuple[int, int]] = []

    def key(self, code: int, value: int) -> list[str | Untyped]:
        """A key event; what it makes of a frame that has grown too long."""
        if value == k.REPEAT:
            self._repeated(code)
        elif value in (k.UP, k.DOWN):
            if code == self._repeating or value == k.DOWN:
                self._repeats = self._repeating = self.stuck = 0
            self._frame.append((code, value))
            if len(self._frame) >= _LONGEST_FRAME:
                return self.end_frame()
        return []

    def end_frame(self) -> list[str | Untyped]:
        """The frame is whole: the characters that it types, in order."""
        frame, self._frame = self._frame, []
        if len(frame) > 1:
            frame = _as_report(frame)
        made: list[str | Untyped] = []
        for code, value in frame:
            made += self._changed(code, value) if code in k.MODIFIERS else self._pressed(code, value)
        return made

    def settle(self) -> str:
        """What a dead key types that no other key came after; '' mostly."""
        dead, self._dead = self._dead, ""
        return SPACING[dead] if dead else ""

    def _repeated(self, code: int) -> None:
        self._repeats = self._repeats + 1 if code == self._repeating else 1
        self._repeating = code
        if self._repeats >= STUCK_AFTER:
            self.stuck = code

    def _changed(self, code: int, value: int) -> list[str | Untyped]:
        """A modifier went down or up. Letting Alt go types what was entered on the numeric pad, as on a PC."""
        if value == k.DOWN:
            self._held.add(code)
            return []
        self._held.discard(code)
        if code != k.KEY_LEFTALT or not self._alt_code:
            return []
        entered, self._alt_code = self._alt_code, ""
        character = _alt_character(entered)
        return [*self.settle(), character] if character else [Untyped(f"Alt+{entered} is no character", True)]

    def _pressed(self, code: int, value: int) -> list[str | Untyped]:
        if value != k.DOWN or code in (k.KEY_NUMLOCK, k.KEY_SCROLLLOCK) or code >= k.BTN_MISC:
            return []
        if code == k.KEY_CAPSLOCK:
            self._caps_lock = not self._caps_lock
            return []
        if k.KEY_LEFTALT in self._held and code in KEYPAD:
            # One digit too many is kept, for the number to be none.
            self._alt_code = (self._alt_code + KEYPAD[code])[: _LONGEST_ALT_CODE + 1]
            return []
        character = self._character(code)
        if is_dead(character):
            dead, self._dead = self._dead, character
            if not dead:
                return []
            self._dead = "" if dead == character else character
            return [SPACING[dead]]
        if self._dead and character:
            if character < " ":
                return [self.settle(), character]
            dead, self._dead = self._dead, ""
            return list(composed(dead, character))
        return [character] if character else [Untyped(f"key {code} types nothing on the layout {self.layout_name!r}")]

    def _character(self, code: int) -> str:
        held = self._held
        if code in ENDS:
            return ENDS[code]
        if held & k.METAS:
            return ""
        # Left Ctrl and left Alt together are what Windows sends and takes for AltGr.
        both = k.KEY_LEFTALT in held and k.KEY_LEFTCTRL in held
        if k.KEY_LEFTALT in held and not both:
            return ""
        alt_gr = both or k.KEY_RIGHTALT in held
        shift = bool(held & k.SHIFTS)
        if held & k.CONTROLS and not both:
            return control(self._layout, code, 2 * alt_gr + shift)
        if code in KEYPAD:
            return keypad(self.layout_name, code)
        characters = self._layout.get(code, "")
        return self._locked(characters, 2 * alt_gr + (shift != self._shift_lock))

    def _locked(self, characters: str, level: int) -> str:
        """The character of a level, turned over by caps lock when it is a letter."""
        if not self._caps_lock:
            return typed(characters, level)
        pair = characters[:2]
        if level < 2 and pair[:1].isalpha() and pair == pair[0] + pair[0].upper():
            return typed(characters, 1 - level)
        character = typed(characters, level)
        # Windows-1252 has no capital of ß and µ.
        return character if character in "ßµ" else character.upper()


def _as_report(frame: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Modifiers first. A frame in which one goes down and up is no report of a keyboard and is taken as it stands."""
    modifiers = [code for code, _ in frame if code in k.MODIFIERS]
    if len(modifiers) != len(set(modifiers)):
        return frame
    return sorted(frame, key=lambda event: event[0] not in k.MODIFIERS)


def _alt_character(entered: str) -> str:
    """What Alt and two to four digits type on a PC: ASCII below 128; above, Windows-1252 with a leading 0 and the PC's
    own code page 437 without one; else nothing."""
    if not (entered.isdecimal() and 2 <= len(entered) <= _LONGEST_ALT_CODE):
        return ""
    number = int(entered)
    if 0 < number < 128:
        return chr(number)
    if number > 255 or number == 0:
        return ""
    return bytes((number,)).decode("cp1252" if entered.startswith("0") else "cp437", errors="ignore")
