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
    """How an open scanner is: well, or the worst of what is wrong with it. Tells when that has changed."""

    def __init__(
        self, name: str, where: str, tell: Tell, *, folder: str = "", others: Callable[[], bool] | None = None
    ) -> None:
        """`folder`: where the nodes are; `others`: whether another one fits and is free."""
        self._name, self._where, self._tell, self._folder, self._others = name, where, tell, folder, others
        self._wrong: set[Problem] = set()
        self._stamp = 0
        self._next_look = monotonic() + LOOK_EVERY
        self._say()

    def note(self, problem: Problem, is_so: bool) -> None:
        """Whether that is wrong with it now."""
        if is_so != (problem in self._wrong):
            self._wrong ^= {problem}
            self._say()

    def look(self) -> None:
        """See whether there is another one, now and then. Not at once: two settings may be about to take two."""
        now = monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        stamp = _changed_at(self._folder)
        # Also while there are several: one may have been taken by another setting, which changes no folder.
        if self._others is not None and (stamp != self._stamp or Problem.ALIKE in self._wrong):
            self._stamp = stamp
            self.note(Problem.ALIKE, self._others())

    def _say(self) -> None:
        problem = next((each for each in _SENTENCES if each in self._wrong), None)
        if problem is None:
            self._tell(Health(State.OK, detail=f"{self._name} on {self._where}"))
        else:
            self._tell(Health(State.ATTENTION, problem, f"{self._name} on {self._where}: {_SENTENCES[problem]}"))


_SENTENCES = {
    Problem.STUCK: "a key does not come up, or characters come without end",
    Problem.LAYOUT: "a key of a scan types nothing on the layout that it is read by",
    Problem.GARBAGE: "what came is no text in the encoding of the settings",
    Problem.ALIKE: "another scanner fits the same settings; this one is used",
}
"""The worst first."""


def _changed_at(folder: str) -> int:
    """When something came into the folder or went; 0: it is not there."""
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 (umockdev knows this call)
    except OSError:
        return 0
