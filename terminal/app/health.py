"""How every device is, for the screens and the log."""

import logging

import msgspec

from .changes import Changes
from .ports.clock import Clock
from .ports.device import Health, Problem, State

log = logging.getLogger(__name__)


class DeviceStatus(msgspec.Struct, frozen=True):
    """One device's row."""

    name: str
    kind: str
    """scanner, printer, drawer, card."""
    health: Health
    since: int
    """Milliseconds since 1970."""


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
        if (row.health.state, row.health.problem) != (health.state, health.problem):
            level = logging.INFO if health.problem is Problem.NONE else logging.WARNING
            log.log(level, "device %s is %s: %s %s", name, health.state, health.problem, health.detail)
        self._rows[name] = msgspec.structs.replace(row, health=health, since=self._clock.now().at)
        self._changes.tell()

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
