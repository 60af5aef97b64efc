"""The journal as the use cases see it: append one event and know that it is durable.

JournalError    the entry is not durable: the till must stop selling
"""

from typing import Protocol

from terminal.domain.events import AnyEvent
from terminal.domain.receipt import Moment


class JournalError(Exception):
    """The journal cannot be written or read: disk full, read-only, corrupt. The message is one clear sentence."""


class Journal(Protocol):
    """One writer, one sync an action."""

    seq: int
    """Number of the newest durable entry; 0 = none yet."""
    at: int
    """When it was recorded: milliseconds since 1970."""

    def append(self, event: AnyEvent, moment: Moment) -> int:
        """Make one event durable and return its number. Blocks for the sync. Raises JournalError."""
