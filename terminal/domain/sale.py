"""A sale in progress, as data. Changed only by evolve.py; priced by pricing.py."""

from typing import Literal

import msgspec

from .item import Item, Quantity, Unit
from .money import ZERO, Amount, BasisPoints
from .order import Ordered
from .payment import Approved, CardSlip, IntentId, Means

MAX_LINES = 500
MAX_QUANTITY = 9_999_000
MAX_PRICE = Amount(100_000_000)
"""1,000,000 kr: nothing in a shop costs more; a longer number is a slip of the finger or a scan into the pad."""


class Discount(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Either a percentage or kroner, never both; `reason` is never empty."""

    reason: str
    percent: BasisPoints = BasisPoints(0)
    amount: Amount = ZERO


class ReturnOf(msgspec.Struct, frozen=True, gc=False):
    """Which line of which receipt is returned, with what is needed to price any part of it exactly."""

    receipt: int
    line: int
    quantity: Quantity
    """Of the original line, whole."""
    paid: Amount
    """For the original line, whole, after all discounts."""
    before: Quantity
    """Returned already, or about to be in an open sale."""
    given: Amount = ZERO
    """What was given back for `before`, in money. Not derived from it: an earlier part that was taken off its sale
    again leaves the later ones with another rounding than a fresh count would give."""


class Credit(msgspec.Struct, frozen=True, gc=False):
    """Where a line's money is put: it is held for somebody, and no goods are sold."""

    kind: Literal["gift-card", "account"]
    number: str
    """The gift card's, or the customer's."""


Weighed = Literal["", "scale", "typed"]
"""How the till came to a weight: from its scale, or typed by a person. Empty: there is none, or a label said it."""


class Line(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One line. `quantity` is negative on a return."""

    id: int
    """Counted in the sale from 1, never used again."""
    item: Item
    quantity: Quantity
    price: Amount
    """A piece or a kilogram, incl. VAT: the item's, or overridden, or embedded in the barcode."""
    unit: Unit = Unit.PIECE
    """PIECE for a weighed item whose barcode carried the price."""
    discount: Discount | None = None
    override: str = ""
    """Reason of a price override."""
    approver: str = ""
    parent: int = 0
    """The line this deposit belongs to; 0 = none."""
    returned: ReturnOf | None = None
    code: str = ""
    """As scanned."""
    lot: str = ""
    expiry: str = ""
    """YYYY-MM-DD."""
    credit: Credit | None = None
    weighed: Weighed = ""


class TenderRef(msgspec.Struct, frozen=True, gc=False):
    """Which tender of which receipt is paid back."""

    receipt: int
    """0: of this same sale."""
    tender: int
    """Its place among the tenders, from 1."""


class CashTender(msgspec.Struct, frozen=True, gc=False, tag="cash", omit_defaults=True):
    """Cash. `amount` pays the sale (negative: paid out); `tendered` is what was handed over, `change` given back.

    tendered - change = amount + rounding.
    """

    amount: Amount
    tendered: Amount
    change: Amount = ZERO
    rounding: Amount = ZERO
    of: TenderRef | None = None
    """What this pays back. Of every tender: None when it pays, or pays back what has no tender of its own."""
    approver: str = ""
    """Who approved that it goes back this way and not the way it came. Of every tender."""


class PaymentTender(msgspec.Struct, frozen=True, gc=False, tag="payment", omit_defaults=True):
    """A payment that is done: card, MobilePay or gift card. Negative: paid back."""

    amount: Amount
    intent: IntentId
    approval: Approved
    means: Means = "card"
    key: str = ""
    """The intent's."""
    account: str = ""
    """The intent's: a gift card's number."""
    vat_paid: BasisPoints = BasisPoints(0)
    """The intent's: VAT of so much was paid when the gift card was sold."""
    of: TenderRef | None = None
    approver: str = ""

    @property
    def moved(self) -> Amount:
        """What the customer has paid (negative: got back), tip included."""
        return Amount(self.amount + (self.approval.tip if self.amount > 0 else -self.approval.tip))


class AccountTender(msgspec.Struct, frozen=True, gc=False, tag="account", omit_defaults=True):
    """Put on a known customer's account; negative: taken off it."""

    amount: Amount
    customer: str
    """Their number."""
    name: str
    of: TenderRef | None = None
    approver: str = ""


class OtherTender(msgspec.Struct, frozen=True, gc=False, tag="other", omit_defaults=True):
    """A voucher or another kind from the settings. What its face is above the amount is not given back."""

    amount: Amount
    kind: str
    name: str
    face: Amount = ZERO
    """Printed on it; 0 on one that is handed out."""
    reference: str = ""
    """Its number, when the kind has one."""
    of: TenderRef | None = None
    approver: str = ""


Tender = CashTender | PaymentTender | AccountTender | OtherTender


class Basket(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What undo brings back: the lines and the sale's discount."""

    lines: tuple[Line, ...] = ()
    discount: Discount | None = None


class Sale(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One open or parked sale."""

    id: int
    basket: Basket = Basket()
    tenders: tuple[Tender, ...] = ()
    age_confirmed: int = 0
    parked_as: str = ""
    """The name that it was set aside under last, kept while it is on the screen: a table's, a customer's."""
    next_line: int = 1
    undo: Basket | None = None
    """The basket before the last change; None when there is nothing to undo."""
    slips: tuple[CardSlip, ...] = ()
    """Card slips of its payments, printed with its receipt."""
    ordered: tuple[Ordered, ...] = ()
    """What has been sent to kitchen and bar."""

    @property
    def paid(self) -> Amount:
        """The sum of the tenders, rounding left out."""
        return Amount(sum(tender.amount for tender in self.tenders))

    @property
    def settled(self) -> bool:
        """Whether no money has moved for good: each tender was given back, and nothing went back of another receipt."""
        return all(
            tender.of == TenderRef(0, tender.of.tender)
            if tender.of is not None
            else tender.amount > 0 and tender.amount == self.paid_back(TenderRef(0, place))
            for place, tender in enumerate(self.tenders, start=1)
        )

    @property
    def age_needed(self) -> int:
        """The highest age limit among the lines that are bought."""
        return max((line.item.age_limit for line in self.basket.lines if line.quantity > 0), default=0)

    def line(self, line_id: int) -> Line | None:
        """The line of that number."""
        return next((line for line in self.basket.lines if line.id == line_id), None)

    def paid_back(self, of: TenderRef) -> Amount:
        """What this sale's tenders have paid back of that one; zero or more."""
        return Amount(-sum(tender.amount for tender in self.tenders if tender.of == of))
