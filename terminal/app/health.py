"""How every device is, for the screens, the log, and others who follow (`kasse doctor`, /devices.json).

Nothing of this is journalled: a loose plug would fill the disk with entries about itself, and no receipt, stock count
or total is made of them. What a device did to the till's work (a print that failed, a payment in doubt) is journalled
where that work is. The log has one line for each time a device becomes another kind of ill; the supervisor's back-off
is what bounds that.
"""

import logging

import msgspec

from .changes import Changes
from .ports.clock import Clock
from .ports.device import Health, Problem, State

log = logging.getLogger(__name__)

SILENT_AFTER = 4.5
"""Seconds. A device that has told nothing for so long after its start does not answer: 'starting' is no answer."""


class Trouble(msgspec.Struct, frozen=True):
    """The last thing that was wrong with a device. Kept when it is well again."""

    problem: Problem
    detail: str
    at: int
    """When it began: milliseconds since 1970."""


class DeviceStatus(msgspec.Struct, frozen=True):
    """One device's row."""

    name: str
    kind: str
    """scanner, printer, drawer, card, mobilepay, scale, display."""
    health: Health
    since: int
    """Since when it has been in this state with this problem: milliseconds since 1970."""
    trouble: Trouble | None = None
    """What was wrong with it last, or is now; None: nothing since the till started."""
    retries: int = 0
    """How often it has been started again since it was last well."""
    failures: int = 0
    """How often it has failed since the till started."""


class HealthBoard:
    """The rows, in the order the devices were added."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self._rows: dict[str, DeviceStatus] = {}

    def add(self, name: str, kind: str) -> None:
        """A device that is about to start."""
        self._rows[name] = DeviceStatus(name, kind, Health(State.STARTING), self._clock.now().at)

    def tell(self, name: str, health: Health) -> None:
        """A device's news. Told on only when it is news."""
        row = self._rows[name]
        if row.health == health:
            return
        since, trouble = row.since, row.trouble
        if (row.health.state, row.health.problem) != (health.state, health.problem):
            since = self._clock.now().at
            level = logging.INFO if health.problem is Problem.NONE else logging.WARNING
            log.log(level, "device %s is %s: %s %s", name, health.state, health.problem, health.detail)
        if health.problem is not Problem.NONE or health.state is State.DOWN:
            same = trouble is not None and trouble.problem is health.problem and row.health.problem is health.problem
            trouble = Trouble(health.problem, health.detail, trouble.at if same and trouble is not None else since)
        retries = 0 if health.state is State.OK else row.retries
        self._rows[name] = msgspec.structs.replace(row, health=health, since=since, trouble=trouble, retries=retries)
        self._changes.tell()

    def failed(self, name: str, health: Health) -> None:
        """A device's life has ended with this; another one begins soon."""
        self.tell(name, health)
        row = self._rows[name]
        # Counted, and not told of: no screen is drawn again for a plug that is still out.
        self._rows[name] = msgspec.structs.replace(row, retries=row.retries + 1, failures=row.failures + 1)

    def silent(self, name: str) -> None:
        """A device that was started has told nothing for SILENT_AFTER seconds."""
        row = self._rows[name]
        if row.health.state is State.STARTING:
            self.tell(name, Health(State.DOWN, Problem.NO_ANSWER, f"nothing from it for {SILENT_AFTER:g} s"))

    def named(self, name: str) -> DeviceStatus | None:
        """One device's row; None: there is no such device."""
        return self._rows.get(name)

    def rows(self) -> tuple[DeviceStatus, ...]:
        """All of them."""
        return tuple(self._rows.values())

    def health(self, name: str) -> Health:
        """A device's; of one that is not there: DOWN."""
        row = self._rows.get(name)
        return row.health if row is not None else Health(State.DOWN, Problem.NOT_FOUND)

    def of_kind(self, kind: str) -> Health | None:
        """The first device of a kind; None when the till has none."""
        return next((row.health for row in self._rows.values() if row.kind == kind), None)

    def alone(self, row: DeviceStatus) -> bool:
        """Whether it is the only one of its kind: then a sentence can say "the printer"."""
        return sum(each.kind == row.kind for each in self._rows.values()) <= 1
