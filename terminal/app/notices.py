"""Short-lived words to whoever stands at the till: a scan that did not work, a change that was refused.

Not history: nothing here is journalled. A screen shows the newest and makes its sound, and misses none of two that come
while it is being drawn: the first may be an item that has not got its weight.
"""

from collections import deque
from time import monotonic
from typing import Literal

import msgspec

from .changes import Changes

Sound = Literal["good", "bad", "none"]


class Notice(msgspec.Struct, frozen=True):
    """One notice. The screen has the sentence for `reason` (a `domain.errors.Reason`, or one of its own)."""

    number: int
    sound: Sound
    reason: str
    detail: str = ""


FRESH = 3.0
"""Seconds after which an older one than the newest is no news to a screen that was away."""
_MOST = 20


class Notices:
    """The newest notices."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self.newest = Notice(0, "none", "")
        self._fresh: deque[tuple[float, Notice]] = deque(maxlen=_MOST)

    def tell(self, sound: Sound, reason: str, detail: str = "") -> None:
        """Show it on every screen."""
        self.newest = Notice(self.newest.number + 1, sound, reason, detail[:200])
        self._fresh.append((monotonic(), self.newest))
        self._changes.tell()

    def after(self, number: int) -> tuple[Notice, ...]:
        """What is new to a screen that has shown that one, in order."""
        if number == self.newest.number:
            return ()
        since = monotonic() - FRESH
        return tuple(
            notice for at, notice in self._fresh if notice.number > number and (at >= since or notice is self.newest)
        )
