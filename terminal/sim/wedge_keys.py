"""What a simulated keyboard wedge types: its settings, as a scanner's manual has them, and its faults. No wire.

UnknownControl    an argument does not fit, or the layout has no key for a character
"""

import random
from typing import get_args

import msgspec

from terminal.protocols.keymap import Untypable, keystrokes
from terminal.protocols.keymap import keycodes as k
from terminal.protocols.keymap.keyboard import STUCK_AFTER
from terminal.protocols.wedge import Event, LayoutName, Lock

from .simulator import Control, UnknownControl

SUFFIXES = {"cr": "\r", "tab": "\t", "crtab": "\r\t", "none": ""}
KEY_MS = 2
"""Between two keys of a fast scanner."""
_GARBAGE = 20
_STUCK_KEY = 30
_REPORT: Event = (k.EV_SYN, k.SYN_REPORT, 0)


class WedgeKeys:
    """One scanner's settings, and the events of what it does."""

    def __init__(self, seed: int = 0) -> None:
        self.layout: LayoutName = "us"
        self.lock: Lock = "none"
        self.suffix = "cr"
        self.prefix = ""
        self.alt_codes = False
        self.ms = KEY_MS
        self.held = False
        """A key is down and does not come up."""
        self._random = random.Random(seed)

    def view(self) -> dict[str, object]:
        """For the bench."""
        return {
            "layout": self.layout,
            "lock": self.lock,
            "suffix": self.suffix,
            "prefix": self.prefix,
            "alt_codes": self.alt_codes,
            "ms": self.ms,
            "stuck": self.held,
        }

    def controls(self) -> tuple[Control, ...]:
        """The settings and the faults."""
        return (
            Control("half", "Half a scan", argument="text"),
            Control("garbage", "Press any keys"),
            Control("stuck", "Key stuck", pressed=self.held),
            Control("layout", "Layout", argument="/".join(get_args(LayoutName))),
            Control("lock", "Lock", argument="/".join(get_args(Lock))),
            Control("alt-codes", "GS by Alt+029", pressed=self.alt_codes),
            Control("suffix", "Suffix", argument="/".join(SUFFIXES)),
            Control("prefix", "Prefix", argument="text"),
            Control("speed", "A key each", argument="ms"),
        )

    def press(self, control: str, argument: str) -> list[Event]:
        """What one of the controls types; nothing for a setting. Raises UnknownControl."""
        match control:
            case "half":
                return self._typed(self.prefix + argument[: len(argument) // 2 + 1])
            case "garbage":
                keys = self._random.choices(range(2, 54), k=_GARBAGE)
                return [
                    event for key in keys for value in (k.DOWN, k.UP) for event in ((k.EV_KEY, key, value), _REPORT)
                ]
            case "stuck":
                return self._stick()
            case "layout":
                self.layout = msgspec.convert(_one_of(argument, get_args(LayoutName), "layout"), LayoutName)
            case "lock":
                self.lock = msgspec.convert(_one_of(argument, get_args(Lock), "lock"), Lock)
            case "alt-codes":
                self.alt_codes = not self.alt_codes
            case "suffix":
                self.suffix = _one_of(argument, tuple(SUFFIXES), "suffix")
            case "prefix":
                self.prefix = argument
            case "speed":
                if not (argument.isascii() and argument.isdigit() and len(argument) < 5):
                    raise UnknownControl(f"speed wants milliseconds, not {argument!r}")
                self.ms = int(argument)
            case _:
                raise UnknownControl(f"the wedge has no control {control!r}")
        return []

    def scan(self, text: str) -> list[Event]:
        """A whole scan. Raises UnknownControl."""
        return self._typed(self.prefix + text + SUFFIXES[self.suffix])

    def _typed(self, text: str) -> list[Event]:
        try:
            return keystrokes(text, self.layout, lock=self.lock, alt_codes=self.alt_codes)
        except Untypable as error:
            raise UnknownControl(str(error)) from error

    def _stick(self) -> list[Event]:
        """It goes down and repeats, as the kernel lets it; or comes up again."""
        self.held = not self.held
        if not self.held:
            return [(k.EV_KEY, _STUCK_KEY, k.UP), _REPORT]
        repeats = [(k.EV_KEY, _STUCK_KEY, k.REPEAT), (k.EV_SYN, k.SYN_REPORT, 1)] * (STUCK_AFTER + 5)
        return [(k.EV_KEY, _STUCK_KEY, k.DOWN), _REPORT, *repeats]


def _one_of(argument: str, known: tuple[str, ...], what: str) -> str:
    if argument not in known:
        raise UnknownControl(f"a {what} is one of {', '.join(known)}, not {argument!r}")
    return argument
