"""What can be looked up of the past: read models that follow the journal."""

from typing import Protocol

import msgspec

from terminal.domain.item import Quantity
from terminal.domain.money import Amount
from terminal.domain.receipt import Receipt


class ReceiptHead(msgspec.Struct, frozen=True):
    """One row of a list of receipts."""

    number: int
    at: int
    total: Amount
    lines: int


class ShiftTotals(msgspec.Struct, frozen=True):
    """What the till has taken since its shift began (until shifts are opened and closed: since the first sale)."""

    receipts: int
    sales: Amount
    """Sum of the positive lines."""
    returns: Amount
    """Sum of the returned lines, zero or negative."""
    discounts: Amount
    cash: Amount
    """In the drawer from sales: tendered less change."""
    card: Amount
    rounding: Amount
    vat: tuple[tuple[int, Amount, Amount], ...]
    """(rate in basis points, gross, VAT), highest rate first."""


class Views(Protocol):
    """Every call first catches up with the journal, so an answer holds all that was done before it."""

    def receipt(self, number: int) -> Receipt | None:
        """A receipt by its number."""

    def recent(self, limit: int) -> tuple[ReceiptHead, ...]:
        """The newest receipts, newest first."""

    def returned(self, receipt: int) -> dict[int, Quantity]:
        """What has come back of a receipt: line number to quantity (positive)."""

    def refunded(self, receipt: int) -> dict[int, Amount]:
        """What was given back for it: line number to money (positive)."""

    def sold(self, sku: str) -> Quantity:
        """Pieces or grams of an item sold here less returned: what the stock count falls by."""

    def shift(self) -> ShiftTotals:
        """The shift's totals."""
