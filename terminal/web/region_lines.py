"""Lines and totals: what a scan changes, and what it waits for.

The words and numbers are put together here and the templates only lay them out: a call from inside a template costs
ten times what it does from here, and this is the one region where it shows. A row is drawn once and kept while its line
is the same object.
"""

from functools import lru_cache
from typing import NamedTuple

from markupsafe import escape

from terminal.domain.item import Unit
from terminal.domain.pricing import PricedLine
from terminal.domain.sale import Line, Sale
from terminal.texts import N_, Language

from .look import Look
from .region_type import Region
from .render import drawn, render


class Row(NamedTuple):
    """A drawn line, and what it was drawn from."""

    line: Line
    amount: int
    words: Language
    plain: str
    chosen: str
    """As it looks when the pad acts on it. Every scan chooses another line: none is drawn anew for that."""


def _lines(look: Look) -> str:
    priced, sale, words = look.priced, look.sale, look.words
    if priced is None or sale is None or not priced.lines:
        look.screen.rows = {}
        return render("lines.html", words, rows="", total=words.money(0), small="")
    before: dict[int, Row] = look.screen.rows
    rows: dict[int, Row] = {}
    for each in priced.lines:
        row = before.get(each.line.id)
        if row is None or row.line is not each.line or row.amount != each.amount or row.words is not words:
            row = _row(each, words)
        rows[each.line.id] = row
    look.screen.rows = rows
    chosen = look.chosen
    html = "".join([row.chosen if row.line is chosen else row.plain for row in rows.values()])
    small = _small(sale, sum(rate.vat for rate in priced.vat), priced.discount, words)
    head, middle, after, end = _frame(words)
    return "".join((head, html, middle, str(escape(small)), after, words.money(priced.total), end))


@lru_cache(maxsize=4)
def _frame(words: Language) -> tuple[str, str, str, str]:
    """lines.html around its three parts: rows, small print, total. It is the same for every sale: drawn once."""
    mark = "\x00"
    head, middle, after, end = render("lines.html", words, rows=drawn(mark), small=mark, total=mark).split(mark)
    return head, middle, after, end


def _row(priced: PricedLine, words: Language) -> Row:
    line = priced.line
    kind = " deposit" if line.parent else " returned" if line.quantity < 0 else ""
    quantity = words.quantity(line.quantity, line.unit)
    detail = _detail(priced, words)
    amount = words.money(priced.gross - priced.line_discount)
    parts = _row_frame(words, kind, line.unit is Unit.GRAM, bool(detail))
    values = (str(line.id), str(line.id), quantity.removesuffix(" kg"), line.item.name, detail, amount)
    chosen = "".join([text + str(escape(value)) for text, value in zip(parts, values, strict=False)]) + parts[-1]
    # Both marks stand before anything that a shop has written.
    plain = chosen.replace(' chosen"', '"', 1).replace(' aria-current="true"', "", 1)
    return Row(line, priced.amount, words, plain, chosen)


@lru_cache(maxsize=64)
def _row_frame(words: Language, kind: str, weighed: bool, detailed: bool) -> tuple[str, ...]:
    """line.html around its parts: id, id, quantity, name, detail (empty when there is none), amount."""
    mark = "\x00"
    values = dict.fromkeys(("id", "quantity", "name", "amount"), mark)
    html = render("line.html", words, kind=kind, weighed=weighed, detail=mark if detailed else "", **values)
    *before, end = html.split(mark)
    # Without a detail its place is empty, and so is what stands before it.
    return (*before, end) if detailed else (*before[:4], "", *before[4:], end)


def _detail(priced: PricedLine, words: Language) -> str:
    """The small print under an item's name; empty when there is none."""
    line, _ = priced.line, words.gettext
    if line.returned is not None:
        return _(N_("Return, receipt {}")).format(line.returned.receipt)
    parts = []
    if line.unit is Unit.GRAM:
        parts.append(_(N_("{} kr/kg")).format(words.money(line.price)))
        if line.weighed == "typed":
            parts.append(_(N_("weight by hand")))
    elif line.quantity != 1000 or priced.line_discount or line.override:
        parts.append(_(N_("at {}")).format(words.money(line.price)))
    if line.override:
        parts.append(_(N_("price changed: {}")).format(line.override))
    if line.discount is not None and priced.line_discount:
        percent = f" ({words.percent(line.discount.percent)})" if line.discount.percent else ""
        parts.append(f"{line.discount.reason} -{words.money(priced.line_discount)}{percent}")
    return " · ".join(parts)


def _small(sale: Sale, vat: int, discount: int, words: Language) -> str:
    """The small print beside the total."""
    count = count_of(sale)
    parts = [
        words.ngettext("{} item", "{} items", count).format(count),
        words.gettext(N_("of it VAT {}")).format(words.money(vat)),
    ]
    if discount:
        reason = f" ({sale.basket.discount.reason})" if sale.basket.discount is not None else ""
        parts.append(words.gettext(N_("discount {}")).format(words.money(discount)) + reason)
    return " · ".join(parts)


def count_of(sale: Sale) -> int:
    """Items as a person counts them: pieces, and each weighed thing once; deposits and returns left out."""
    count = 0
    for line in sale.basket.lines:
        if line.quantity > 0 and not line.item.is_deposit:
            count += line.quantity // 1000 if line.unit is Unit.PIECE else 1
    return count


LINES = Region("lines", lambda look: (look.sale, look.chosen, look.words), _lines)
