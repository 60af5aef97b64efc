"""The board's clock: wall time, and whether it was ever set since the board started.

Most boards have no clock battery and start in 1970, or where they were switched off. The time is trusted once a time
service has set the clock: systemd-timesyncd says so with a file, and any other by the kernel's own state (adjtimex(2):
the answer TIME_ERROR is "not synchronised"). Once trusted it stays so while the process lives: the kernel withdraws its
word some nine hours after the network is gone, but by then the clock is wrong by a second, not by a year.
"""

import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from terminal.app.ports.clock import Now
from terminal.domain.receipt import Moment

TIMESYNCD_MARK = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd touches it with every synchronisation; it is gone after a restart of the board."""

EARLIEST = 1_735_689_600_000
"""2025-01-01 UTC in milliseconds: this program did not exist before, so a clock that says so is wrong."""

_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than any architecture's struct timex."""
_ASK_AGAIN = 3.0
"""Seconds between two questions while the clock is not trusted."""


def kernel_synchronised() -> bool:
    """Whether the kernel says that its clock is kept by a time service. One that does not say is not trusted."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return False
    # All zeros: modes = 0 asks and sets nothing, for which nobody needs a permission.
    state: int = adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    return 0 <= state < _TIME_ERROR


def synchronised() -> bool:
    """Whether a time service has set the clock since the board started."""
    return TIMESYNCD_MARK.exists() or kernel_synchronised()


class SystemClock:
    """The port Clock on this board. `zone` is the shop's time zone; None = the board's own setting."""

    def __init__(self, is_set: Callable[[], bool] = synchronised, zone: tzinfo | None = None) -> None:
        self._is_set = is_set
        self._zone = zone
        self._was_set = False
        self._ask_at = self.monotonic()

    def now(self) -> Now:
        """The wall clock. Asks at most every few seconds whether it was set."""
        at = time.time_ns() // 1_000_000
        return Now(at, at >= EARLIEST and self._trusted())

    def moment(self) -> Moment:
        """Now, with the shop's local time to the second."""
        now = self.now()
        return Moment(now.at, self._local(now.at), now.trusted)

    def moment_at(self, at: int) -> Moment:
        """Another moment, milliseconds since 1970, never trusted."""
        return Moment(at, self._local(at), trusted=False)

    def monotonic(self) -> float:
        """Seconds that never run backwards. They stand still while the board sleeps, which a till's never does."""
        return time.monotonic()

    def _trusted(self) -> bool:
        if not self._was_set and self.monotonic() >= self._ask_at:
            self._was_set = self._is_set()
            self._ask_at = self.monotonic() + _ASK_AGAIN
        return self._was_set

    def _local(self, at: int) -> str:
        if self._zone is None:
            # Every entry asks: two calls of the C library, half of what datetime takes.
            text = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(at // 1000))
            return f"{text[:-2]}:{text[-2:]}"
        return datetime.fromtimestamp(at // 1000, tz=UTC).astimezone(self._zone).isoformat(timespec="seconds")
