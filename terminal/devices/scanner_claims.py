"""Which nodes this process's scanners hold, and whether another scanner fits the same settings.

One that fits and that nobody listens to is what a person holds in their hand wondering why it does nothing: the till
works with the first and says that there are two.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic

from terminal.app.ports.device import Health, Problem, State, Tell

LOOK_EVERY = 2.0
"""Seconds between two looks at whether something was plugged in: one call of the system's."""

_ours: set[str] = set()
"""Nodes that this process's scanners hold. When one of two of a kind is pulled out, the other is not it."""


def is_free(nodes: Iterable[str]) -> bool:
    """Whether none of them is held by a scanner of ours."""
    return _ours.isdisjoint(nodes)


@contextmanager
def held(nodes: Iterable[str]) -> Iterator[None]:
    """They are ours until the block ends."""
    nodes = tuple(nodes)
    _ours.update(nodes)
    try:
        yield
    finally:
        _ours.difference_update(nodes)


class Standing:
    """How an open scanner is: well, with a key stuck, or one of several. Tells when that has changed."""

    def __init__(self, name: str, where: str, folder: str, others: Callable[[], bool], tell: Tell) -> None:
        """`folder`: where the nodes are; `others`: whether another one fits and is free."""
        self._name, self._where, self._folder, self._others, self._tell = name, where, folder, others, tell
        self._stuck = False
        self._alike = False
        self._stamp = 0
        self._next_look = monotonic() + LOOK_EVERY
        self._say()

    def stuck(self, is_so: bool) -> None:
        """Whether a key is."""
        if is_so != self._stuck:
            self._stuck = is_so
            self._say()

    def look(self) -> None:
        """See whether there is another one, now and then. Not at once: two settings may be about to take two."""
        now = monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        stamp = _changed_at(self._folder)
        # Also while there are several: one may have been taken by another setting, which changes no folder.
        if stamp != self._stamp or self._alike:
            self._stamp = stamp
            alike = self._others()
            if alike != self._alike:
                self._alike = alike
                self._say()

    def _say(self) -> None:
        if self._stuck:
            self._tell(
                Health(State.ATTENTION, Problem.STUCK, f"a key of {self._name} on {self._where} does not come up")
            )
        elif self._alike:
            why = f"another scanner fits the settings of {self._name} too; the one on {self._where} is used"
            self._tell(Health(State.ATTENTION, Problem.ALIKE, why))
        else:
            self._tell(Health(State.OK, detail=f"{self._name} on {self._where}"))


def _changed_at(folder: str) -> int:
    """When something came into the folder or went; 0: it is not there."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 (umockdev knows this call)
    except OSError:
        return 0
