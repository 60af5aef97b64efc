"""Short-lived words to whoever stands at the till: a scan that did not work, a change that was refused.

Not history: nothing here is journalled. A screen shows the newest and makes its sound.
"""

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


class Notices:
    """The newest notice."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self.newest = Notice(0, "none", "")

    def tell(self, sound: Sound, reason: str, detail: str = "") -> None:
        """Show it on every screen."""
        self.newest = Notice(self.newest.number + 1, sound, reason, detail[:200])
        self._changes.tell()
