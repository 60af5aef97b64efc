"""The customer display: what stands on its two lines, from the till's state.

a line was added or changed     2x Rugbrød     45,90      its amount, and the sale's total
                                Total          68,85
a payment                       To pay                    what is still due
                                               68,85
paid                            Total          68,85      until the next sale, at most a while
                                Change         31,15
nobody is served                the shop's two lines
"""

from typing import NoReturn

import anyio

from terminal.domain.money import Amount
from terminal.domain.pricing import PricedLine, price
from terminal.domain.receipt import Receipt
from terminal.domain.sale import Sale
from terminal.domain.till import TillState
from terminal.texts import Language

from .changes import Changes
from .checkout import Checkout
from .ports.display import WIDTH, Display
from .till import Till

PAID_SHOWN = 30.0
"""Seconds that change is shown when nobody comes after: then the next customer is welcome."""

AFTER_TILL = 0.03
"""Seconds that it waits after a change: the cashier's screen is drawn first."""

Lines = tuple[str, str]


class DisplayDesk:
    """Keeps the display up to date."""

    def __init__(
        self, till: Till, display: Display, changes: Changes, checkout: Checkout, *, words: Language, idle: Lines
    ) -> None:
        self._till = till
        self._display = display
        self._changes = changes
        self._checkout = checkout
        self._words = words
        self._idle = idle
        self._before: tuple[int, tuple[PricedLine, ...]] = (0, ())
        """The sale that was shown last, and its lines."""
        self._shown: PricedLine | None = None
        self._gone: Receipt | None = till.state.last
        """The receipt whose change was shown for long enough: at a start the last one's customer has left."""

    async def run(self) -> NoReturn:
        """For ever. What was to be shown while another thing happened is skipped: the newest counts."""
        seen = -1
        while True:
            self._display.show(*self._lines(self._till.state))
            last = self._till.state.last if self._till.state.sale is None else None
            if last is None or last is self._gone:
                seen = await self._next(seen)
                continue
            with anyio.move_on_after(PAID_SHOWN) as wait:
                while self._till.state.last is last and self._till.state.sale is None:
                    seen = await self._next(seen)
            if wait.cancelled_caught:
                self._gone = last

    async def _next(self, seen: int) -> int:
        await self._changes.wait(seen)
        await anyio.sleep(AFTER_TILL)
        return self._changes.version

    def _lines(self, state: TillState) -> Lines:
        sale = state.sale
        if sale is not None:
            lines, (before, old) = price(sale.basket).lines, self._before
            is_same = before == sale.id
            self._shown = _changed(old if is_same else (), lines) or (self._shown if is_same else None)
            self._before = (sale.id, lines)
            return sale_lines(sale, self._shown, self._words, is_paying=self._checkout.is_paying(state))
        if state.last is not None and state.last is not self._gone:
            return paid_lines(state.last, self._words)
        return self._idle


def sale_lines(sale: Sale, shown: PricedLine | None, words: Language, *, is_paying: bool) -> Lines:
    """Of a sale that is open. `shown`: the line that changed last; one that was taken off with a negative amount."""
    _ = words.gettext
    priced = price(sale.basket)
    if is_paying:
        due = priced.total - sale.paid
        label = _("To pay") if due >= 0 else _("You get back")
        return label[:WIDTH], words.money(abs(due)).rjust(WIDTH)
    total = beside(_("Total"), words.money(priced.total))
    if shown is None:
        own = [each for each in priced.lines if not each.line.parent]
        shown = own[-1] if own else None
    return (line_of(shown, words) if shown is not None else ""), total


def paid_lines(receipt: Receipt, words: Language) -> Lines:
    """Of a receipt: the change, or that it is paid, or what the customer gets."""
    _ = words.gettext
    paid = receipt.total + receipt.rounding
    if receipt.total < 0:
        return beside(_("Paid out"), words.money(-paid)), _("Thank you")[:WIDTH]
    total = beside(_("Total"), words.money(paid))
    if receipt.change:
        return total, beside(_("Change"), words.money(receipt.change))
    return total, _("Paid. Thank you")[:WIDTH]


def idle_lines(given: tuple[str, ...], shop: str, words: Language) -> Lines:
    """The settings' lines, or the shop's name and a welcome; both in the middle."""
    _ = words.gettext
    top, bottom = (*given, "", "")[:2] if given else (shop, _("Welcome"))
    return top[:WIDTH].center(WIDTH).rstrip(), bottom[:WIDTH].center(WIDTH).rstrip()


def line_of(priced: PricedLine, words: Language) -> str:
    """One line of a sale: how much of what, and its amount before the sale's own discount."""
    line = priced.line
    how_many = words.quantity(abs(line.quantity), line.unit)
    one = line.unit == "piece" and abs(line.quantity) == 1000
    prefix = "" if one else f"{how_many}x " if line.unit == "piece" else f"{how_many.replace(' ', '')} "
    return beside(prefix + line.item.name, words.money(priced.gross - priced.line_discount))


def beside(left: str, right: str) -> str:
    """A text and an amount on one line; the text makes room."""
    room = WIDTH - len(right) - 1
    return f"{left[: max(0, room)]:{max(0, room)}} {right}"[-WIDTH:]


def _changed(before: tuple[PricedLine, ...], now: tuple[PricedLine, ...]) -> PricedLine | None:
    """The line that is new, different or gone (then its money counts backwards); None when none is."""
    old = {each.line.id: each.line for each in before}
    for each in reversed(now):
        if not each.line.parent and old.get(each.line.id) != each.line:
            return each
    left = {each.line.id for each in now}
    for each in reversed(before):
        if not each.line.parent and each.line.id not in left:
            return _taken_off(each)
    return None


def _taken_off(priced: PricedLine) -> PricedLine:
    gross, discount, amount = Amount(-priced.gross), Amount(-priced.line_discount), Amount(-priced.amount)
    return PricedLine(priced.line, gross, discount, priced.sale_discount, amount)
