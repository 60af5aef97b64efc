"""Key events of a keyboard wedge to scans. Sans-I/O; one instance a device node, so that no state is shared.

The kernel gives frames: some events and a SYN_REPORT. A frame is one report of the keyboard, and in a report nothing
is before or after: a modifier that goes down in it counts for the keys of the same frame, one that goes up does not.
Only presses type. On release a scanner lets the modifier go before the key, or with it, so a release says nothing;
and a key that is held repeats, which no scanner means.
"""

from terminal.protocols.scan import LONGEST, Assembler, Found, Suffix

from . import keycodes as k
from .layouts import CONTROL, ENDS, KEYPAD, LAYOUTS, LayoutName

_LONGEST_FRAME = 64
"""Events; a keyboard's frame has at most a dozen. What never sends a SYN_REPORT is decoded all the same."""
_LONGEST_ALT_CODE = 4


class KeyDecoder:
    """One keyboard's state: modifiers, caps lock, the frame and the scan that are coming in."""

    def __init__(self, layout: LayoutName = "us", suffix: Suffix = "any", longest: int = LONGEST) -> None:
        self._layout_name = layout
        self._layout = LAYOUTS[layout]
        self._scan = Assembler(suffix, longest)
        self._held: set[int] = set()
        self._caps_lock = False
        self._alt_code = ""
        self._frame: list[tuple[int, int]] = []
        self._dropped = False

    def reset(self) -> None:
        """Forget everything: the scanner was plugged in anew, and no key is down."""
        self._scan.reset()
        self._held.clear()
        self._caps_lock = False
        self._alt_code = ""
        self._frame = []
        self._dropped = False

    def feed(self, kind: int, code: int, value: int) -> list[Found]:
        """One input event: its type, code and value."""
        if kind == k.EV_KEY:
            if value in (k.UP, k.DOWN) and not self._dropped:
                self._frame.append((code, value))
                if len(self._frame) >= _LONGEST_FRAME:
                    return self._end_frame()
        elif kind == k.EV_SYN:
            if code == k.SYN_DROPPED:
                self._drop()
            elif code == k.SYN_REPORT:
                if not self._dropped:
                    return self._end_frame()
                self._dropped = False
        return []

    def flush(self) -> list[Found]:
        """The keyboard has been silent for `patience` seconds."""
        found = self._scan.flush()
        return [] if found is None else [found]

    @property
    def patience(self) -> float | None:
        """See Assembler."""
        return self._scan.patience

    def _drop(self) -> None:
        """The kernel has lost keys: which ones, and so what is still held, nobody knows."""
        self._dropped = True
        self._frame = []
        self._held.clear()
        self._alt_code = ""
        self._scan.spoil("keys were lost: the till was too busy to read them")

    def _end_frame(self) -> list[Found]:
        frame, self._frame = self._frame, []
        if len(frame) > 1:
            frame = _as_report(frame)
        found = []
        for code, value in frame:
            character = self._changed(code, value) if code in k.MODIFIERS else self._pressed(code, value)
            if character:
                each = self._scan.take(character)
                if each is not None:
                    found.append(each)
        return found

    def _changed(self, code: int, value: int) -> str:
        """A modifier went down or up. Letting Alt go types what was entered on the numeric pad, as on a PC."""
        if value == k.DOWN:
            self._held.add(code)
            return ""
        self._held.discard(code)
        if code != k.KEY_LEFTALT or not self._alt_code:
            return ""
        entered, self._alt_code = self._alt_code, ""
        character = _alt_character(entered)
        if not character:
            self._scan.spoil(f"Alt+{entered} is no character")
        return character

    def _pressed(self, code: int, value: int) -> str:
        if value != k.DOWN or code in (k.KEY_NUMLOCK, k.KEY_SCROLLLOCK) or code >= k.BTN_MISC:
            return ""
        if code == k.KEY_CAPSLOCK:
            self._caps_lock = not self._caps_lock
            return ""
        if k.KEY_LEFTALT in self._held and code in KEYPAD:
            self._alt_code = (self._alt_code + KEYPAD[code])[-_LONGEST_ALT_CODE:]
            return ""
        character = self._character(code)
        # Before a scan such a key is harmless (some scanners begin with F8); within it a character would be missing.
        if not character and self._scan.pending:
            self._scan.spoil(f"key {code} types nothing on the layout {self._layout_name!r}")
        return character

    def _character(self, code: int) -> str:
        held = self._held
        if code in ENDS:
            return ENDS[code]
        if held & k.METAS or k.KEY_LEFTALT in held:
            return ""
        if held & k.CONTROLS:
            return CONTROL.get(code, "")
        if code in KEYPAD:
            return KEYPAD[code]
        characters = self._layout.get(code, "")
        shift = bool(held & k.SHIFTS)
        if self._caps_lock and characters[:1].isalpha():
            shift = not shift
        level = 2 * (k.KEY_RIGHTALT in held) + shift
        return characters[level : level + 1]


def _as_report(frame: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Modifiers first. A frame in which one goes down and up is no report of a keyboard and is taken as it stands."""
    modifiers = [code for code, _ in frame if code in k.MODIFIERS]
    if len(modifiers) != len(set(modifiers)):
        return frame
    return sorted(frame, key=lambda event: event[0] not in k.MODIFIERS)


def _alt_character(entered: str) -> str:
    """What Alt and a number type on a PC: ASCII below 128, Windows-1252 above with a leading 0; else nothing."""
    if not entered.isdecimal():
        return ""
    number = int(entered)
    if 0 < number < 128:
        return chr(number)
    if entered.startswith("0") and 128 <= number < 256:
        return bytes((number,)).decode("cp1252", errors="ignore")
    return ""
