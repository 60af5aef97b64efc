"""Waiting in the small machine, which is twenty times slower than this one."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE = 120.0
"""Seconds until something must be there."""

START = 300.0
"""Seconds that the till may take to start."""

T = TypeVar("T")


def until(look: Callable[[], T], complaint: str | Callable[[], str], patience: float = PATIENCE) -> T:
    """What `look` finds, once it is true. Raises AssertionError with the complaint, which may be made then."""
    end = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < end, complaint if isinstance(complaint, str) else complaint()
        time.sleep(0.05)
    return found
