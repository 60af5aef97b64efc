"""Key events of a keyboard wedge to scans. Sans-I/O; one instance a device node, so that no state is shared."""

from collections.abc import Iterable

from terminal.protocols.scan import LONGEST, Assembler, Found, Suffix
from terminal.protocols.wedge import LayoutName, Lock

from . import keycodes as k
from .keyboard import Keyboard, Untyped


class KeyDecoder:
    """One keyboard, and the scan that is coming in from it."""

    def __init__(
        self, layout: LayoutName = "us", suffix: Suffix = "any", longest: int = LONGEST, lock: Lock = "none"
    ) -> None:
        self._keyboard = Keyboard(layout, lock)
        self._scan = Assembler(suffix, longest)
        self._dropped = False
        self._told_stuck = False
        self._untyped = False
        self.untyped = False
        """A key of the last scan types nothing on the layout: the scanner is set to another one."""

    def reset(self) -> None:
        """Forget everything: the scanner was plugged in anew, and no key is down."""
        self._scan.reset()
        self._keyboard.reset()
        self._dropped = False
        self._told_stuck = self._untyped = self.untyped = False

    def feed(self, kind: int, code: int, value: int) -> list[Found]:
        """One input event: its type, code and value."""
        if kind == k.EV_KEY:
            if self._dropped:
                return []
            made = self._keyboard.key(code, value)
            if value == k.REPEAT:
                self._watch_for_stuck()
            return self._take(made) if made else []
        if kind == k.EV_SYN:
            if code == k.SYN_DROPPED:
                self._drop()
            elif code == k.SYN_REPORT:
                if not self._dropped:
                    return self._take(self._keyboard.end_frame())
                self._dropped = False
        return []

    def flush(self) -> list[Found]:
        """The keyboard has been silent for `patience` seconds."""
        found = self._take(self._keyboard.settle())
        last = self._scan.flush()
        if last is not None:
            self._ended()
        return found if last is None else [*found, last]

    @property
    def patience(self) -> float | None:
        """See Assembler."""
        return self._scan.patience

    @property
    def stuck(self) -> bool:
        """Whether a key is held down for long, or characters come without end. Over as soon as it comes up, or another
        key goes down; or with the end of the scan."""
        return self._keyboard.stuck != 0 or self._scan.endless

    def _watch_for_stuck(self) -> None:
        stuck = self._keyboard.stuck != 0
        if stuck and not self._told_stuck and self._scan.pending:
            self._scan.spoil(f"key {self._keyboard.stuck} is stuck")
        self._told_stuck = stuck

    def _drop(self) -> None:
        """The kernel has lost keys."""
        self._dropped = True
        self._keyboard.forget()
        self._scan.spoil("keys were lost: the till was too busy to read them")

    def _take(self, made: Iterable[str | Untyped]) -> list[Found]:
        found = []
        for each in made:
            if isinstance(each, Untyped):
                # Before a scan a key is harmless (some scanners begin with F8); in it a character would be missing.
                if self._scan.pending or each.meant:
                    self._scan.spoil(each.why)
                    self._untyped = True
                continue
            whole = self._scan.take(each)
            if whole is not None:
                self._ended()
                found.append(whole)
        return found

    def _ended(self) -> None:
        self.untyped, self._untyped = self._untyped, False
