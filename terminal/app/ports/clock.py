"""Time as an input: the only place the use cases learn it from."""

from typing import Protocol

import msgspec

from terminal.domain.receipt import Moment


class Now(msgspec.Struct, frozen=True):
    """A moment. `at` is milliseconds since 1970 UTC; `trusted` is false until the board's clock was set."""

    at: int
    trusted: bool


class Clock(Protocol):
    """Wall time and a monotonic one."""

    def now(self) -> Now:
        """The wall clock."""

    def moment(self) -> Moment:
        """Now, with the shop's local time."""

    def moment_at(self, at: int) -> Moment:
        """Another moment in the shop's local time, never trusted: the clock says something else."""

    def monotonic(self) -> float:
        """Seconds that never run backwards, for durations."""
