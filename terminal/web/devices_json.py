"""The devices for other programs: all rows as JSON, and a stream of those that change.

`GET /devices.json` gives a Report. `GET /devices/news/stream` gives server-sent events: `device` with one Row for each
device when the stream opens and when it changes, `beat` every 15 s. Only the newest state of a device is sent, at most
twice a second: a follower that is slow, or a plug that is loose, costs the till nothing.
"""

from collections.abc import Iterator

import msgspec

from terminal.app.device_tests import Result
from terminal.app.health import DeviceStatus, Trouble
from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.discovery import Found
from terminal.texts import language

from .look import Look, Shared
from .region_devices import DeviceRow, device_rows
from .screens import Screen
from .stream import Sent, event

PAUSE = 0.5
"""Seconds between two looks."""


class Row(msgspec.Struct, frozen=True):
    """One device. Times are milliseconds since 1970; sentences are in the shop's language."""

    name: str
    kind: str
    state: State
    problem: Problem
    detail: str
    """One English sentence."""
    since: int
    what: str
    advice: str
    last: Trouble | None
    """The last thing that was wrong, kept when it is well again."""
    retries: int
    failures: int
    can_test: bool
    test: Result | None
    says: str

    def status(self) -> DeviceStatus:
        """As the till's own board has it."""
        health = Health(self.state, self.problem, self.detail)
        return DeviceStatus(self.name, self.kind, health, self.since, self.last, self.retries, self.failures)


class TillHealth(msgspec.Struct, frozen=True):
    """How the till itself is."""

    version: str
    register: str
    entries: int
    failure: str
    """Why the journal cannot be written; empty: it can."""
    clock_trusted: bool
    busy: bool
    """A customer is being served: no device can be tested now."""


class Report(msgspec.Struct, frozen=True):
    """All there is to tell."""

    till: TillHealth
    devices: tuple[Row, ...]
    found: tuple[Found, ...]
    looked: bool
    scanned: bool
    looking: str
    testing: str
    """The device that is being tested; empty: none."""


def report_of(look: Look) -> bytes:
    """A Report as JSON."""
    parts = look.parts
    tests, finder = parts.device_tests, parts.finder
    till = TillHealth(
        version=parts.version,
        register=parts.till.state.register,
        entries=parts.till.seq,
        failure="" if parts.till.failure is None else str(parts.till.failure),
        clock_trusted=parts.clock.now().trusted,
        busy=tests is None or tests.busy,
    )
    rows = tuple(_row(row) for row in device_rows(look))
    report = Report(
        till=till,
        devices=rows,
        found=() if finder is None else finder.found,
        looked=finder is not None and finder.looked,
        scanned=finder is not None and finder.scanned,
        looking="" if finder is None else finder.looking,
        testing="" if tests is None else tests.running,
    )
    return msgspec.json.encode(report)


def _row(row: DeviceRow) -> Row:
    status, health = row.status, row.status.health
    return Row(
        name=status.name,
        kind=status.kind,
        state=health.state,
        problem=health.problem,
        detail=health.detail,
        since=status.since,
        what=row.what,
        advice=row.advice,
        last=status.trouble,
        retries=status.retries,
        failures=status.failures,
        can_test=row.can_test,
        test=row.test,
        says=row.says,
    )


class News(Sent):
    """What one follower has been told."""

    def __init__(self, shared: Shared, screen: Screen, version: str) -> None:
        super().__init__(shared, screen, (), version, PAUSE)
        self._look = Look(shared, screen)
        self._look.words = language(shared.parts.language)
        self._told: dict[str, Row] = {}

    def due(self) -> Iterator[bytes]:
        """The rows that are other than they were told."""
        news = [row for row in map(_row, device_rows(self._look)) if self._told.get(row.name) != row]
        self._told.update((row.name, row) for row in news)
        if news:
            yield b"".join(event("device", row) for row in news)
