"""The customer's screen: what is bought, what it costs, how to pay by phone, the change. No controls, no faults.

It is a second look at the same till and must never be the first: it is drawn a moment after the cashier's screen, so
that a scan's line is never waited for behind it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from terminal.app.displaying import PAID_SHOWN
from terminal.domain.item import Unit
from terminal.domain.payment_states import PaymentState
from terminal.domain.pricing import Priced, PricedLine, price
from terminal.domain.sale import Sale
from terminal.texts import Language, language

from .parts import Parts
from .pay_says import name
from .qr import drawn_qr
from .render import render
from .stream import event, same

AFTER_TILL = 0.06
"""Seconds that it waits after a change: by then the cashier's screen has its bytes (measured: 5 ms on a board)."""
LOOK_EVERY = 5.0
"""Seconds: change that was shown for long enough goes away by itself."""
LINES_SHOWN = 30
"""The newest lines of a sale: more than any screen has room for."""


class Row(NamedTuple):
    """One line as the customer reads it."""

    quantity: str
    """Empty: one piece."""
    name: str
    detail: str
    amount: str
    kind: str
    """'', 'deposit', 'returned'."""


class CustomerSent:
    """What one stream of the customer's screen has sent, and so what is due. See stream.Due."""

    def __init__(self, parts: Parts, version: str) -> None:
        self.changes = parts.changes
        self.version = version
        self.pause = 0.0
        self.patience = AFTER_TILL
        self.look_after = LOOK_EVERY
        self._parts = parts
        self._inputs: tuple[object, ...] | None = None
        self._html = ""

    def due(self) -> Iterator[bytes]:
        """The page's one part, when it has changed."""
        inputs = _inputs(self._parts)
        if self._inputs is not None and same(self._inputs, inputs):
            return
        self._inputs = inputs
        html = draw(self._parts)
        if html != self._html:
            self._html = html
            yield event("customer", html)


def _inputs(parts: Parts) -> tuple[object, ...]:
    state = parts.till.state
    payment = state.pending(state.current) if state.current else None
    desk = parts.paying.get(payment.intent.means) if payment is not None else None
    is_paying = parts.checkout.is_paying(state)
    return (state.sale, state.last, payment, desk.message if desk is not None else None, is_paying, _is_recent(parts))


def _is_recent(parts: Parts) -> bool:
    """Whether the last receipt is so new that its change is still shown."""
    last, clock = parts.till.state.last, parts.clock
    if last is None or clock.now().at - last.moment.at >= PAID_SHOWN * 1000:
        return False
    return parts.checkout.seconds_since(last, clock.monotonic()) < PAID_SHOWN


def draw(parts: Parts) -> str:
    """The part that changes."""
    state, words = parts.till.state, language(parts.language)
    sale, shop = state.sale, state.seller.name
    if sale is None or not sale.basket.lines:
        last = state.last if sale is None else None
        if last is not None and _is_recent(parts):
            return render("customer_paid.html", words, receipt=last, shop=shop, thanks=state.seller.thanks)
        return render("customer_idle.html", words, shop=shop)
    priced = price(sale.basket)
    payment = state.pending(sale.id)
    qr = ""
    if payment is not None:
        desk = parts.paying.get(payment.intent.means)
        message = desk.message if desk is not None else None
        qr = drawn_qr(message.qr) if message is not None and message.qr else ""
    return render(
        "customer_sale.html",
        words,
        rows=_rows(priced, words),
        total=words.money(priced.total),
        saved=words.money(priced.discount) if priced.discount else "",
        paid=[(name(tender, words), words.money(tender.amount)) for tender in sale.tenders],
        due=_due(sale, priced),
        is_paying=parts.checkout.is_paying(state),
        payment=payment,
        in_doubt=payment is not None and payment.state is PaymentState.IN_DOUBT,
        qr=qr,
        amount=payment.intent.amount if payment is not None else 0,
    )


def _due(sale: Sale, priced: Priced) -> int:
    return priced.total - sale.paid


def _rows(priced: Priced, words: Language) -> list[Row]:
    return [_row(each, words) for each in priced.lines[-LINES_SHOWN:]]


def _row(priced: PricedLine, words: Language) -> Row:
    line, _ = priced.line, words.gettext
    details = []
    if line.unit is Unit.GRAM:
        details.append(_("{} kr/kg").format(words.money(line.price)))
    elif abs(line.quantity) != 1000:
        details.append(_("at {}").format(words.money(line.price)))
    if priced.line_discount:
        details.append(f"-{words.money(priced.line_discount)}")
    one = line.unit is Unit.PIECE and line.quantity == 1000
    return Row(
        "" if one else words.quantity(line.quantity, line.unit),
        line.item.name,
        " · ".join(details),
        words.money(priced.gross - priced.line_discount),
        "deposit" if line.parent else "returned" if line.quantity < 0 else "",
    )
