"""This board: implements the port Discovery."""

import logging

import anyio.to_thread

from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings

from .announced import Unheard, as_found, listen
from .kernel import plugged_in

log = logging.getLogger(__name__)


class BoardDiscovery:
    """`settings`: what is configured already; None when they could not be read."""

    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings

    async def plugged_in(self) -> tuple[Found, ...]:
        """See Discovery. In a thread: a hundred small files, and sysfs may take its time for a device that sleeps."""
        return await anyio.to_thread.run_sync(plugged_in, self._settings)

    async def announced(self) -> tuple[Found, ...]:
        """See Discovery."""
        try:
            return as_found(await listen(), self._settings)
        except Unheard as error:
            log.info("no printer can announce itself: %s", error)
            return ()

    async def scan(self) -> tuple[Found, ...]:
        """See Discovery."""
        from .scanning import scan

        return await scan(self._settings)
