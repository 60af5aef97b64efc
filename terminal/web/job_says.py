"""Print jobs that want a person: what is asked, and where to look."""

from typing import TYPE_CHECKING, NamedTuple

from terminal.app.health import HealthBoard
from terminal.app.ports.device import State
from terminal.domain.errors import Reason
from terminal.domain.print_states import PrintState
from terminal.domain.till import PrintJob
from terminal.texts import Language

from .sentences import REFUSED

if TYPE_CHECKING:
    from terminal.app.printing import PrintDesk


class JobSays(NamedTuple):
    """One job on the screen. `unknown`: it perhaps hangs from the printer; else it is certainly not printed."""

    id: int
    unknown: bool
    what: str
    advice: str


def says(job: PrintJob, words: Language, desk: "PrintDesk | None") -> JobSays:
    """The question or the sentence; where there are several printers it names the one."""
    _ = words.gettext
    several = desk is not None and len(desk.printers) > 1
    if job.state is PrintState.UNKNOWN:
        if desk is not None and several:
            advice = _("Look whether a whole one hangs from the printer “{}”.").format(desk.now_on(job))
        else:
            advice = _("Look whether a whole one hangs from the printer.")
        return JobSays(job.id, True, _asked(job, words), advice)
    if desk is None or not desk.printers:
        advice = _(REFUSED[Reason.NO_PRINTER])
    elif several:
        advice = _("It is printed as soon as the printer “{}” is well.").format(desk.meant_for(job))
    else:
        advice = _("It is printed as soon as the printer is well.")
    return JobSays(job.id, False, _told(job, words), advice)


def _asked(job: PrintJob, words: Language) -> str:
    _ = words.gettext
    if job.order is not None:
        return _("Was the order {} printed?").format(_order(job))
    if job.receipt is not None:
        return _("Was receipt {} printed?").format(job.receipt.code)
    return _("Was the card slip printed?")


def _told(job: PrintJob, words: Language) -> str:
    _ = words.gettext
    if job.order is not None:
        return _("The order {} is not printed.").format(_order(job))
    if job.receipt is not None:
        return _("Receipt {} is not printed.").format(job.receipt.code)
    return _("The card slip is not printed.")


def _order(job: PrintJob) -> str:
    order = job.order
    return "" if order is None else f"{order.number or f'#{order.sale}'} {order.name}".rstrip()


def taken_over(name: str, words: Language, desk: "PrintDesk | None", board: HealthBoard) -> str:
    """Who prints for a printer that cannot; empty when nobody does."""
    line = desk.line_of(name)[1:] if desk is not None else ()
    to = next((each for each in line if board.health(each).state is not State.DOWN), None)
    _ = words.gettext
    return "" if to is None else _("The printer “{}” prints in its place.").format(to)
