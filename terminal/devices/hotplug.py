"""Waiting for a device that is not there: udev tells when one was plugged in.

Where udev cannot be listened to (no libudev, no udev running), a look every second does.
"""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import anyio
import anyio.to_thread

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
LONGEST_WAIT = 60.0
"""Seconds. After the longest wait the supervisor hears again that the device is still not there."""

Thing = TypeVar("Thing")


async def appears(
    subsystem: str, look: Callable[[], Thing | None], *, look_every: float = LOOK_EVERY, at_most: float = LONGEST_WAIT
) -> Thing | None:
    """What `look` finds, now or when a device of the kernel's `subsystem` was plugged in; None after `at_most` s."""
    # In a thread: on a board pyudev takes a third of a second to load.
    monitor = await anyio.to_thread.run_sync(_listen, subsystem)
    # Listened first, looked then: what is plugged in between is not missed.
    with anyio.move_on_after(at_most):
        while True:
            found = look()
            if found is not None:
                return found
            with anyio.move_on_after(look_every):
                await _plugged(monitor)
    return None


def _listen(subsystem: str) -> Any:
    """A pyudev.Monitor, or None."""
    # Here and not above: a till whose scanners are plugged in needs none of it.
    try:
        import pyudev  # type: ignore[import-untyped]

        monitor = pyudev.Monitor.from_netlink(pyudev.Context())
        monitor.filter_by(subsystem)
        monitor.start()
    except (ImportError, OSError) as error:
        log.info("no news from udev: %s", error)
        return None
    return monitor


async def _plugged(monitor: Any) -> None:
    """Until something was plugged in."""
    while True:
        if monitor is None:
            await anyio.sleep_forever()
        await anyio.wait_readable(monitor.fileno())
        while (device := monitor.poll(timeout=0)) is not None:
            if device.action == "add":
                return
