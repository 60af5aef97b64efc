"""This board: implements the port Discovery. Each way of looking is loaded when somebody looks: a start needs none."""

import logging
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread

from terminal.app.ports.device import DeviceError, Problem
from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings

if TYPE_CHECKING:
    from .tree import Tree

LOOK_SECONDS = 15.0
"""For what is plugged in: a hundred small files. A device that hangs in its driver answers none of them."""

log = logging.getLogger(__name__)


class BoardDiscovery:
    """`settings`: what is configured already; None when they could not be read. `tree`: not the board's own files."""

    def __init__(
        self, settings: Settings | None, *, tree: "Tree | None" = None, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._settings, self._tree, self._look_seconds = settings, tree, look_seconds

    async def plugged_in(self) -> tuple[Found, ...]:
        """See Discovery. In a thread: sysfs may take its time for a device that sleeps. Raises DeviceError after too
        long; the thread is left to the device, so that neither the next look nor the till's end waits for it."""

        def look() -> tuple[Found, ...]:
            from .kernel import plugged_in

            return plugged_in(self._settings, self._tree)

        try:
            with anyio.fail_after(self._look_seconds):
                return await anyio.to_thread.run_sync(look, abandon_on_cancel=True)
        except TimeoutError as error:
            raise DeviceError(Problem.NO_ANSWER, "something that is plugged in does not answer") from error

    async def announced(self) -> tuple[Found, ...]:
        """See Discovery."""
        from .announced import Unheard, as_found, listen

        try:
            return as_found(await listen(), self._settings)
        except Unheard as error:
            log.info("no printer can announce itself: %s", error)
            return ()

    async def scan(self) -> tuple[Found, ...]:
        """See Discovery."""
        from .scanning import scan

        return await scan(self._settings)
