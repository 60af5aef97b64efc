"""A device's life: how a driver tells how it is, and what can be wrong with it.

    DeviceError     the wire or the device failed; the supervisor backs off and tries again

A driver has one coroutine, `live`, that opens the device, calls `tell(Health(...))` whenever its state
changes, serves until the device fails, and then raises DeviceError. It never retries by itself: that is the
supervisor's work (app/supervise.py), the same for all of them.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import NoReturn, Protocol

import msgspec


class State(StrEnum):
    """How well a device is. UNKNOWN is not OK: a silent device is unknown."""

    STARTING = "starting"
    OK = "ok"
    ATTENTION = "attention"
    """Works, but wants something from a person (paper low)."""
    DOWN = "down"
    """Does not work now."""
    UNKNOWN = "unknown"
    """Works as far as we can send to it, but does not answer."""


class Problem(StrEnum):
    """What is wrong, closed; the screen has a sentence and an advice for each in every language."""

    NONE = "none"
    NOT_FOUND = "not-found"
    """The device node is not there, or the host name does not resolve."""
    NO_PERMISSION = "no-permission"
    IN_USE = "in-use"
    """Another program holds the device."""
    REFUSED = "refused"
    """The connection was refused or the device answered no."""
    UNREACHABLE = "unreachable"
    LOST = "lost"
    """The connection broke: cable out, power off."""
    NO_ANSWER = "no-answer"
    GARBAGE = "garbage"
    """The device says things that its protocol does not know."""
    PAPER_LOW = "paper-low"
    PAPER_OUT = "paper-out"
    COVER_OPEN = "cover-open"
    CUTTER = "cutter"
    OFFLINE = "offline"
    OVERHEATED = "overheated"
    BUSY = "busy"
    MISSING_LIBRARY = "missing-library"
    """A package or system library that the driver needs cannot be loaded."""
    LAYOUT = "layout"
    """A scanner's keys make no barcode: it types for another keyboard than the till was told of."""
    STUCK = "stuck"
    """A key or a trigger that does not come up again."""
    ALIKE = "alike"
    """Several devices fit the settings, which do not say which one it is."""
    LEFT_OPEN = "left-open"
    """The drawer has stood open for longer than the settings allow."""
    DID_NOT_OPEN = "did-not-open"
    """The pulse was sent, and the drawer's sensor still says shut."""
    MOTION = "motion"
    """The scale does not come to rest."""
    OVERLOAD = "overload"
    """More lies on the scale than it can weigh."""
    UNDER_ZERO = "under-zero"
    """The scale reads less than nothing: something was taken off it."""
    NOT_ZERO = "not-zero"
    """The scale cannot find its zero."""
    FAULT = "fault"
    """The device reports a fault of its own; `detail` says which."""


class Health(msgspec.Struct, frozen=True):
    """One device's state. `detail` is one English sentence for the log and the status page."""

    state: State
    problem: Problem = Problem.NONE
    detail: str = ""


Tell = Callable[[Health], None]


class DeviceError(Exception):
    """The device failed. Trying again may help; the supervisor does."""

    def __init__(self, problem: Problem, detail: str) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail


class Driver(Protocol):
    """A device with a life. See the module's text."""

    async def live(self, tell: Tell) -> NoReturn:
        """Open, tell, serve; raise DeviceError when it fails. Cancelled at shutdown: must let go of the wire."""
