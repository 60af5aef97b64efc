"""The till screen's regions: what each is made of, and how it looks.

A region is drawn again only when one of its inputs is another object than last time. The state is immutable, so "the
same object" means "nothing has changed", and a scan costs one row, not a page.
"""

from typing import NamedTuple

from terminal.domain.item import Unit
from terminal.domain.pricing import PricedLine
from terminal.domain.sale import Line, Sale

from .look import Look
from .region_alerts import ALERTS, DEVICES
from .region_dialog import DIALOG
from .region_right import RIGHT, SEARCH
from .region_type import Region
from .render import drawn, render
from .say import sentence_of
from .typed import typed_amount

__all__ = ["TILL_REGIONS", "Region"]


class Row(NamedTuple):
    """A drawn line, and what it was drawn from."""

    line: Line
    amount: int
    chosen: bool
    plain: str
    """As it looks when it is not the chosen one."""
    html: str


def _lines(look: Look) -> str:
    """Lines and totals."""
    priced, sale = look.priced, look.sale
    if priced is None or sale is None or not priced.lines:
        look.screen.rows = {}
        return render("lines.html", look.words, rows="", total=0, vat=0, count=0, discount=0, sale_discount="")
    before: dict[int, Row] = look.screen.rows
    rows: dict[int, Row] = {}
    chosen = look.chosen
    for each in priced.lines:
        line = each.line
        old = before.get(line.id)
        is_chosen = line is chosen
        if old is None or old.line is not line or old.amount != each.amount or old.chosen != is_chosen:
            plain = old.plain if old and (old.line is line and old.amount == each.amount) else _row(look, each)
            old = Row(line, each.amount, is_chosen, plain, _chosen(plain) if is_chosen else plain)
        rows[line.id] = old
    look.screen.rows = rows
    discount = sale.basket.discount
    return render(
        "lines.html",
        look.words,
        rows=drawn("".join(row.html for row in rows.values())),
        total=priced.total,
        vat=sum(rate.vat for rate in priced.vat),
        count=count_of(sale),
        discount=priced.discount,
        sale_discount="" if discount is None else discount.reason,
    )


def count_of(sale: Sale) -> int:
    """Items as a person counts them: pieces, and each weighed thing once; deposits and returns left out."""
    lines = (line for line in sale.basket.lines if line.quantity > 0 and not line.item.is_deposit)
    return sum(line.quantity // 1000 if line.unit is Unit.PIECE else 1 for line in lines)


def _row(look: Look, priced: PricedLine) -> str:
    return render("line.html", look.words, line=priced.line, priced=priced)


def _chosen(row: str) -> str:
    """A row as the chosen one. Every scan chooses another line: the one before is not drawn anew for that."""
    return row.replace('class="line', 'class="line chosen', 1).replace("<button ", '<button aria-current="true" ', 1)


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
    pending = look.state.card.intent.sale if look.state.card is not None else 0
    return render(
        "tabs.html", look.words, sales=sorted(look.state.sales.items()), current=look.state.current, pending=pending
    )


def _tab_inputs(look: Look) -> tuple[object, ...]:
    state = look.state
    current = state.current
    names = [(number, sale.parked_as) for number, sale in state.sales.items()]
    return (look.words, state.card, current, *(part for pair in names for part in pair))


def _pad(look: Look) -> str:
    ui = look.ui
    return render(
        "pad.html",
        look.words,
        view=look.view,
        mode=ui.mode,
        typed=ui.typed.replace(".", look.words.money(0)[1]),
        line=look.chosen,
        undo=look.shared.undo(look.sale) if look.view == "sale" else 0,
    )


def _pad_inputs(look: Look) -> tuple[object, ...]:
    ui = look.ui
    return (look.chosen, look.view, ui.mode, ui.typed, look.words, look.shared.undo(look.sale))


def _change(look: Look) -> str:
    receipt = look.state.last if look.view == "change" else None
    jobs = tuple(look.state.jobs.values())
    printing = receipt is not None and any(job.receipt.number == receipt.number and not job.copy for job in jobs)
    return render(
        "change.html", look.words, receipt=receipt, printing=printing, can_print=look.parts.prints is not None
    )


def _toast(look: Look) -> str:
    toast = look.screen.toast
    return render("toast.html", look.words, toast=toast, sentence=sentence_of(toast, look))


TILL_REGIONS: tuple[Region, ...] = (
    Region("lines", lambda look: (look.sale, look.chosen, look.words), _lines),
    Region("finish", lambda look: (look.sale, look.view, look.ui.typed, look.words), _finish),
    Region("change", lambda look: (look.view, look.state.last, look.words, look.state.jobs), _change),
    Region("toast", lambda look: (look.screen.toast, look.words), _toast),
    Region("tabs", _tab_inputs, _tabs),
    Region("pad", _pad_inputs, _pad),
    SEARCH,
    RIGHT,
    DIALOG,
    DEVICES,
    ALERTS,
)
"""In the order in which they are sent: what the cashier looks at first, first."""
