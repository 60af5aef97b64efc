"""Reads event nodes in a thread of its own, so that no key is lost while the till writes something down.

The kernel keeps 64 events of a keyboard for whoever reads it: ten keys, which a fast scanner types in 20 ms. A commit
on a worn SD card takes longer, and the rest of the barcode was gone. Serial ports and hidraw keep whole scans by the
dozen, and need none of this.
"""

import os
import select
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Protocol, Self

from terminal.protocols.wedge import Event

MOST_KEPT = 4096
"""Reads that wait for the till, of 1 to 64 events each: more than any barcode has keys. Then the kernel's buffer runs
over, which it says."""
_WHEN_FULL = 0.05
"""Seconds until it is looked again whether there is room."""


class _InputEvent(Protocol):
    type: int
    code: int
    value: int


class Readable(Protocol):
    """A node that is open, as evdev has it."""

    @property
    def fd(self) -> int:
        """It never blocks."""

    def read(self) -> Iterator[_InputEvent]:
        """What is there. Raises OSError: BlockingIOError for nothing, any other when it is gone."""


class EventReader:
    """A context: within it the nodes are read."""

    def __init__(self, nodes: Sequence[Readable]) -> None:
        self._nodes = nodes
        self._kept: deque[tuple[int, list[Event] | OSError]] = deque()
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)

    def __enter__(self) -> Self:
        self._news = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._stop = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread.start()
        return self

    def __exit__(self, _1: type[BaseException] | None, _2: BaseException | None, _3: TracebackType | None) -> None:
        os.eventfd_write(self._stop, 1)
        # It waits for nothing else, and reads what never blocks.
        self._thread.join()
        os.close(self._stop)
        os.close(self._news)

    def fileno(self) -> int:
        """Readable when something has been read."""
        return self._news

    def taken(self) -> Iterator[tuple[int, list[Event] | OSError]]:
        """What has been read, in order: the node's place and its events; none, or an error, when it is gone."""
        try:
            os.eventfd_read(self._news)
        except BlockingIOError:
            return
        while self._kept:
            yield self._kept.popleft()

    def _run(self) -> None:
        """The thread."""
        with select.epoll() as ready:
            ready.register(self._stop, select.EPOLLIN)
            places = {node.fd: place for place, node in enumerate(self._nodes)}
            for fd in places:
                ready.register(fd, select.EPOLLIN)
            while True:
                found = [fd for fd, _ in ready.poll()]
                if self._stop in found:
                    return
                if len(self._kept) >= MOST_KEPT:
                    select.select([self._stop], [], [], _WHEN_FULL)
                    continue
                for fd in found:
                    if not self._read(places[fd]):
                        # The driver ends with it, and with the driver this.
                        ready.unregister(fd)

    def _read(self, place: int) -> bool:
        """Whether there is more to come of that node."""
        try:
            events: list[Event] | OSError = [(each.type, each.code, each.value) for each in self._nodes[place].read()]
        except BlockingIOError:
            return True
        except OSError as error:
            events = error
        self._kept.append((place, events))
        os.eventfd_write(self._news, 1)
        return isinstance(events, list) and bool(events)
