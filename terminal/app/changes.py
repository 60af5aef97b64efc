"""A signal that something has changed: many wait, one tells, nobody is queued for.

A waiter says which version it has seen; if a newer one is there it goes on at once, so no change is missed and a slow
screen gets the newest state only, never a backlog.
"""

import anyio


class Changes:
    """A version number that can be waited for."""

    def __init__(self) -> None:
        self.version = 0
        self._event: anyio.Event | None = None

    def tell(self) -> None:
        """Something has changed."""
        self.version += 1
        if self._event is not None:
            self._event.set()
            self._event = None

    async def wait(self, seen: int) -> int:
        """Return the newest version as soon as it is above `seen`."""
        while self.version <= seen:
            if self._event is None:
                self._event = anyio.Event()
            await self._event.wait()
        return self.version
