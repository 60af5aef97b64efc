"""The till screen's regions: what each is made of, and how it looks.

A region is drawn again only when one of its inputs is another object than last time. The state is immutable, so "the
same object" means "nothing has changed", and a scan costs one row, not a page.
"""

from terminal.domain.print_states import PrintState

from .look import Look
from .region_alerts import ALERTS, DEVICES
from .region_dialog import DIALOG
from .region_lines import LINES
from .region_right import RIGHT, SEARCH
from .region_type import Region
from .render import render
from .say import sentence_of
from .typed import typed_amount

__all__ = ["TILL_REGIONS", "TOAST", "Region"]


def _finish(look: Look) -> str:
    due = look.due
    return render(
        "finish.html",
        look.words,
        view=look.view,
        sale=look.sale,
        due=due,
        typed=typed_amount(look.ui.typed),
        empty=look.sale is None or not look.sale.basket.lines,
    )


def _tabs(look: Look) -> str:
    pending = {payment.intent.sale for payment in look.state.doubts}
    return render(
        "tabs.html", look.words, sales=sorted(look.state.sales.items()), current=look.state.current, pending=pending
    )


def _tab_inputs(look: Look) -> tuple[object, ...]:
    state = look.state
    current = state.current
    names = [(number, sale.parked_as) for number, sale in state.sales.items()]
    return (look.words, state.payments, current, *(part for pair in names for part in pair))


def _pad(look: Look) -> str:
    ui = look.ui
    return render(
        "pad.html",
        look.words,
        view=look.view,
        mode=ui.mode,
        typed=ui.typed.replace(".", look.words.money(0)[1]),
        point=look.words.money(0)[1],
        line=look.chosen,
        undo=look.shared.undo(look.sale) if look.view == "sale" else 0,
    )


def _pad_inputs(look: Look) -> tuple[object, ...]:
    ui = look.ui
    return (look.chosen, look.view, ui.mode, ui.typed, look.words, look.shared.undo(look.sale))


def _change(look: Look) -> str:
    receipt = look.state.last if look.view == "change" else None
    printing = receipt is not None and any(
        job.receipt is not None
        and job.receipt.number == receipt.number
        and job.state in (PrintState.QUEUED, PrintState.SENDING)
        for job in look.state.jobs.values()
    )
    return render(
        "change.html", look.words, receipt=receipt, printing=printing, can_print=look.parts.prints is not None
    )


def _toast(look: Look) -> str:
    toast = look.screen.toast
    return render("toast.html", look.words, toast=toast, sentence=sentence_of(toast, look))


TOAST = Region("toast", lambda look: (look.screen.toast, look.words), _toast)

TILL_REGIONS: tuple[Region, ...] = (
    LINES,
    Region("finish", lambda look: (look.sale, look.view, look.ui.typed, look.words), _finish),
    Region("change", lambda look: (look.view, look.state.last, look.words, look.state.jobs), _change),
    TOAST,
    Region("tabs", _tab_inputs, _tabs),
    Region("pad", _pad_inputs, _pad),
    SEARCH,
    RIGHT,
    DIALOG,
    DEVICES,
    ALERTS,
)
"""In the order in which they are sent: what the cashier looks at first, first."""
