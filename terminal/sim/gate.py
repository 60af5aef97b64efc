"""What a simulated device waits at: its power, its cable."""

import anyio


class Gate:
    """Open or shut, and can be waited for."""

    def __init__(self, *, is_open: bool = True) -> None:
        self._event = anyio.Event()
        self.set(is_open)

    @property
    def is_open(self) -> bool:
        """Whether it is."""
        return self._event.is_set()

    def set(self, is_open: bool) -> None:
        """Open or shut it."""
        if is_open:
            self._event.set()
        elif self._event.is_set():
            self._event = anyio.Event()

    async def wait(self) -> None:
        """Until it is open."""
        while not self._event.is_set():
            await self._event.wait()
