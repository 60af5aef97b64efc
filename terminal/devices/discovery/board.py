"""This board: implements the port Discovery. Each way of looking is loaded when somebody looks: a start needs none."""

import logging

import anyio.to_thread

from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings

log = logging.getLogger(__name__)


class BoardDiscovery:
    """`settings`: what is configured already; None when they could not be read."""

    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings

    async def plugged_in(self) -> tuple[Found, ...]:
        """See Discovery. In a thread: a hundred small files, and sysfs may take its time for a device that sleeps."""

        def look() -> tuple[Found, ...]:
            from .kernel import plugged_in

            return plugged_in(self._settings)

        return await anyio.to_thread.run_sync(look)

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
