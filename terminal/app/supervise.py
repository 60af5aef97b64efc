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


async def supervise(name: str, driver: Driver, board: HealthBoard, clock: Clock) -> NoReturn:
    """Keep `driver` alive until cancelled."""
    wait = FIRST_WAIT
    while True:
        born = clock.monotonic()
        try:
            await driver.live(lambda health: board.tell(name, health))
        except DeviceError as error:
            board.tell(name, Health(State.DOWN, error.problem, error.detail))
        if clock.monotonic() - born > STEADY:
            wait = FIRST_WAIT
        await anyio.sleep(wait * random.uniform(0.75, 1.25))
        wait = min(LONGEST_WAIT, wait * 2)
