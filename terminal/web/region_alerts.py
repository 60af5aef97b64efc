"""How the devices are: quiet icons when they are well, a sentence with an advice when one is not."""

from typing import NamedTuple

from terminal.app.health import DeviceStatus
from terminal.app.ports.device import Health, Problem, State
from terminal.domain.print_states import PrintState

from .job_says import says, taken_over
from .look import Look
from .region_type import Region
from .render import render
from .say import device_sentence
from .sentences import KINDS


def rows_of(look: Look) -> tuple[DeviceStatus, ...]:
    """The devices, and the journal as the last of them."""
    failure = look.parts.till.failure
    health = Health(State.OK) if failure is None else Health(State.DOWN, Problem.FAULT, str(failure))
    return (*look.parts.board.rows(), DeviceStatus("journal", "journal", health, 0))


def worst_rows(look: Look) -> list[DeviceStatus]:
    """One row a kind, the worst of it: the screen has room for an icon each."""
    order = {State.OK: 0, State.STARTING: 1, State.UNKNOWN: 2, State.ATTENTION: 3, State.DOWN: 4}
    worst: dict[str, DeviceStatus] = {}
    for row in rows_of(look):
        known = worst.get(row.kind)
        if known is None or order[row.health.state] > order[known.health.state]:
            worst[row.kind] = row
    return list(worst.values())


class Alert(NamedTuple):
    """One thing that a person should do something about."""

    what: str
    advice: str
    grave: bool


def _devices(look: Look) -> str:
    return render("devices.html", look.words, rows=worst_rows(look), kinds=KINDS, drawer_open=look.state.drawer_open)


def _alerts(look: Look) -> str:
    alerts = []
    for row in rows_of(look):
        what, advice = device_sentence(row, look.words, alone=look.parts.board.alone(row))
        if what:
            down = row.health.state is State.DOWN
            if down and row.kind == "printer":
                advice = f"{advice} {taken_over(row.name, look.words, look.parts.prints, look.parts.board)}".rstrip()
            alerts.append(Alert(what, advice, down))
    alerts.sort(key=lambda alert: not alert.grave)
    jobs = [
        says(job, look.words, look.parts.prints)
        for _, job in sorted(look.state.jobs.items())
        if job.state in (PrintState.UNKNOWN, PrintState.FAILED)
    ]
    # What only a person can settle before what prints itself: the screen has room for one.
    jobs.sort(key=lambda job: not job.unknown)
    doubts = [payment for payment in look.state.doubts if payment.intent.sale != look.state.current]
    return render("alerts.html", look.words, alerts=alerts, jobs=jobs, doubts=doubts)


DEVICES = Region(
    "devices",
    lambda look: (*look.parts.board.rows(), look.parts.till.failure, look.state.drawer_open, look.words),
    _devices,
)
ALERTS = Region(
    "alerts",
    lambda look: (
        *look.parts.board.rows(), look.parts.till.failure, look.state.jobs, look.state.payments, look.view, look.words,
    ),
    _alerts,
)  # fmt: skip
