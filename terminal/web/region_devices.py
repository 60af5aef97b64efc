"""The devices' page: how each of them is and was, its test, and what is plugged in and not in the settings."""

from typing import NamedTuple

from terminal.app.device_tests import Result
from terminal.app.health import DeviceStatus
from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.discovery import Found

from .look import Look
from .region_alerts import rows_of
from .region_type import Region
from .regions import TILL_REGIONS
from .render import render
from .say import device_sentence, test_sentence, trouble_sentence
from .sentences import FOUND, KINDS


class DeviceRow(NamedTuple):
    """One device, in words."""

    status: DeviceStatus
    what: str
    """What is wrong; empty: nothing."""
    advice: str
    last: str
    """What was wrong before, for a device that is well or wrong in another way now."""
    can_test: bool
    test: Result | None
    says: str
    """How its test stands."""


def device_rows(look: Look) -> list[DeviceRow]:
    """Every device of the settings, and the journal."""
    board, tests = look.parts.board, look.parts.device_tests
    statuses = list(rows_of(look))
    if tests is not None:
        # A drawer on the printer's socket has no life of its own, and says nothing of itself.
        silent = [each for each in tests.devices() if board.named(each.name) is None]
        statuses[-1:-1] = [DeviceStatus(each.name, each.kind, Health(State.UNKNOWN), 0) for each in silent]
    rows = []
    for status in statuses:
        what, advice = device_sentence(status, look.words, alone=board.alone(status))
        result = tests.results.get(status.name) if tests is not None else None
        says = test_sentence(result, status.kind, look.words) if result is not None else ""
        can_test = tests is not None and tests.can(status.name)
        rows.append(DeviceRow(status, what, advice, trouble_sentence(status, look.words), can_test, result, says))
    return rows


def unknown_first(found: tuple[Found, ...]) -> list[Found]:
    """What could be added to the settings; then what is in them; the rest last."""
    return sorted(found, key=lambda each: 1 if each.used_by else 0 if each.lines else 2)


def _devices(look: Look) -> str:
    tests = look.parts.device_tests
    return render(
        "devices_page/devices.html",
        look.words,
        rows=device_rows(look),
        kinds=KINDS,
        clock=look.parts.clock,
        calibrates=look.parts.calibrating is not None,
        testing=tests.running if tests is not None else "",
        busy=tests is None or tests.busy,
    )


def _found(look: Look) -> str:
    finder = look.parts.finder
    return render(
        "devices_page/found.html",
        look.words,
        finder=finder,
        found=[] if finder is None else unknown_first(finder.found),
        kinds=FOUND,
        no_permission=Problem.NO_PERMISSION,
    )


def _device_inputs(look: Look) -> tuple[object, ...]:
    tests = look.parts.device_tests
    testing = () if tests is None else (tests.running, tests.busy, *tests.results.values())
    return (*look.parts.board.rows(), look.parts.till.failure, *testing, look.words)


def _found_inputs(look: Look) -> tuple[object, ...]:
    finder = look.parts.finder
    looked = () if finder is None else (finder.looking, finder.failed, finder.scanned, *finder.found)
    return (*looked, look.words)


DEVICES_REGIONS: tuple[Region, ...] = (
    Region("dv-devices", _device_inputs, _devices),
    Region("dv-found", _found_inputs, _found),
    next(region for region in TILL_REGIONS if region.name == "toast"),
)
