"""One device's life, over and over: live, fail, tell, back off, live again.

Each device runs in a task of its own, so a dead one slows neither another nor the sale. Anything but a DeviceError is
a fault of this program: it goes up and stops the daemon, which the service manager starts again.
"""

import random
from typing import NoReturn

import anyio

from .health import HealthBoard
from .ports.clock import Clock
from .ports.device import DeviceError, Driver, Health, State

FIRST_WAIT = 0.25
LONGEST_WAIT = 5.0
"""Seconds. Short, since a person has just put the plug back and looks at the screen."""
STEADY = 10.0
"""A life of this many seconds was a good one: the next failure starts with the first wait again."""


class BackOff:
    """How long to wait before the next life: twice as long each time, from the start again after a good one."""

    def __init__(self) -> None:
        self._wait = FIRST_WAIT

    def after(self, lived: float) -> float:
        """Seconds to wait after a life of so many seconds."""
        wait = FIRST_WAIT if lived > STEADY else self._wait
        self._wait = min(LONGEST_WAIT, wait * 2)
        return wait


async def supervise(name: str, driver: Driver, board: HealthBoard, clock: Clock) -> NoReturn:
    """Keep `driver` alive until cancelled."""
    back_off = BackOff()
    while True:
        born = clock.monotonic()
        try:
            await driver.live(lambda health: board.tell(name, health))
        except DeviceError as error:
            board.tell(name, Health(State.DOWN, error.problem, error.detail))
        # Not all at once: after a power cut every device of the shop comes back in the same second.
        await anyio.sleep(back_off.after(clock.monotonic() - born) * random.uniform(0.75, 1.25))
