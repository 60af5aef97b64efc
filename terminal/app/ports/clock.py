"""Time as an input: the only place the use cases learn it from."""

from typing import Protocol

import msgspec


class Now(msgspec.Struct, frozen=True):
    """A moment. `at` is milliseconds since 1970 UTC; `trusted` is false until the board's clock was set."""

    at: int
    trusted: bool


class Clock(Protocol):
    """Wall time and a monotonic one."""

    def now(self) -> Now:
        """The wall clock."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for durations."""
