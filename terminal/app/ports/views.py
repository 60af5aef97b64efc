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
    """By card, less what went back."""
    other: dict[str, Amount]
    """By every other means or kind of tender ("mobilepay", "gift-card", "account", a kind's name)."""
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

    def given_back(self, receipt: int) -> dict[int, Amount]:
        """What has gone back of its tenders: place (from 1) to money (positive)."""

    def gift_card(self, number: str) -> Amount | None:
        """A gift card's balance, less what open sales have taken of it or are about to; None: there is none."""

    def owed(self, customer: str) -> Amount:
        """What a customer owes by closed sales, less what they have paid."""

    def voucher_used(self, kind: str, reference: str) -> bool:
        """Whether a tender of that kind with that reference is among the closed sales'."""

    def sold(self, sku: str) -> Quantity:
        """Pieces or grams of an item sold here less returned: what the stock count falls by."""

    def shift(self) -> ShiftTotals:
        """The shift's totals."""
