"""One device's life, over and over: live, fail, tell, back off, live again.

Each device runs in a task of its own, so a dead one slows neither another nor the sale. What a driver raises beside
DeviceError is a fault of its code: it is logged with its trace, shown as a fault of that device, and the driver is
started again like any other. A scanner's driver that trips over one odd byte must not end a sale with a customer in
front of it. The journal's errors alone go up and end the process, whatever driver they pass through (a scan is entered
from within its scanner's driver): nothing may be sold that cannot be written down.
"""

import logging
import random
from typing import NoReturn

import anyio

from .health import SILENT_AFTER, HealthBoard
from .ports.clock import Clock
from .ports.device import DeviceError, Driver, Health, Problem, State
from .ports.journal import JournalError

log = logging.getLogger(__name__)

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
    """Keep `driver` alive until cancelled. Raises JournalError."""
    back_off = BackOff()
    told: Health | None = None
    while True:
        born = clock.monotonic()
        try:
            await driver.live(lambda health: board.tell(name, health))
        except Exception as error:  # noqa: BLE001 (logged and shown; what is not the device's goes up)
            told = health_after(name, error, told)
            board.failed(name, told)
        # Not all at once: after a power cut every device of the shop comes back in the same second.
        await anyio.sleep(back_off.after(clock.monotonic() - born) * random.uniform(0.75, 1.25))


async def say_who_is_silent(board: HealthBoard) -> None:
    """Once, after the start: whoever has not said a word by now does not answer."""
    await anyio.sleep(SILENT_AFTER)
    for row in board.rows():
        board.silent(row.name)


def health_after(name: str, error: Exception, told: Health | None = None) -> Health:
    """What a life that ended with `error` says of the device. Raises what is not the device's.

    `told`: what the life before said. The trace of the same fault is not logged again: a driver that trips over every
    start would fill a slow card with one every few seconds.
    """
    causes = _leaves(error)
    for cause in causes:
        if isinstance(cause, JournalError):
            raise cause
    if not all(isinstance(cause, DeviceError) for cause in causes):
        fault = next(cause for cause in causes if not isinstance(cause, DeviceError))
        what = " ".join(f"{type(fault).__name__}: {fault}".split())[:200]
        health = Health(State.DOWN, Problem.FAULT, f"a fault in the till's own driver: {what}")
        if health != told:
            log.error("a fault in the driver of %s", name, exc_info=error)
        return health
    (first, *_) = causes
    assert isinstance(first, DeviceError)  # noqa: S101 (for mypy: all of them are)
    return Health(State.DOWN, first.problem, first.detail)


def _leaves(error: BaseException) -> list[BaseException]:
    """The exceptions of a group, flat."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]
