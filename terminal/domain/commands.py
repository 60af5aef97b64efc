"""What a person at the till asks for. decide.py answers with one event, or refuses."""

from typing import Literal

import msgspec

from .item import ONE, Item, Quantity
from .money import Amount
from .order import Order
from .payment import Approved, CardSlip, DayTotals, IntentId, Means
from .receipt import Receipt
from .refunds import Origin
from .sale import Credit, Discount, Weighed


class Command(msgspec.Struct, frozen=True):
    """Base of all commands. Those on a sale mean the current one."""


class AddItem(Command, frozen=True):
    """An item: scanned, or touched on the screen."""

    item: Item
    quantity: Quantity | None = ONE
    """None: a weighed item whose weight is not known yet (refused with WEIGHT_NEEDED)."""
    price: Amount | None = None
    """Embedded in the barcode: the line costs this, whatever it weighs."""
    deposit: Item | None = None
    code: str = ""
    lot: str = ""
    expiry: str = ""
    weighed: Weighed = ""
    """How `quantity` was found out, of a weighed item."""


class ChangeQuantity(Command, frozen=True):
    """A line's quantity, greater than zero."""

    line: int
    quantity: Quantity


class RemoveLine(Command, frozen=True):
    """A line off the sale."""

    line: int


class DiscountLine(Command, frozen=True):
    """A discount on a line; None takes it away."""

    line: int
    discount: Discount | None


class DiscountSale(Command, frozen=True):
    """A discount on the whole sale; None takes it away."""

    discount: Discount | None


class OverridePrice(Command, frozen=True):
    """Another price, approved by `approver` (the application has checked that it was them)."""

    line: int
    price: Amount
    reason: str
    approver: str


class ReturnLine(Command, frozen=True):
    """`quantity` of a line of an earlier receipt comes back."""

    receipt: Receipt
    line: int
    quantity: Quantity
    returned: dict[int, Quantity]
    """What earlier receipts have returned of it already, by line number."""
    refunded: dict[int, Amount]
    """What they have given back for that, by line number; positive."""


class ConfirmAge(Command, frozen=True):
    """The buyer is old enough for what is in the sale."""


class Undo(Command, frozen=True):
    """Take the last change of the sale's basket back."""


class VoidSale(Command, frozen=True):
    """Give the current sale up."""

    reason: str


class ParkSale(Command, frozen=True):
    """Set the current sale aside."""

    name: str = ""
    """Empty: as it was set aside before."""


class ResumeSale(Command, frozen=True):
    """Take a parked sale up again."""

    sale: int


class SellCredit(Command, frozen=True):
    """A gift card is sold or topped up, or a customer pays something off their account."""

    credit: Credit
    amount: Amount
    name: str
    """As it stands on the receipt."""


class PayCash(Command, frozen=True):
    """Cash is handed over (0 when nothing is due)."""

    tendered: Amount


class PayBy(Command, frozen=True):
    """Ask a device, a service or a ledger for the money."""

    means: Means
    amount: Amount | None = None
    """None: all that is due."""
    account: str = ""
    """A gift card's number, or what the customer's own QR said."""
    balance: Amount | None = None
    """Of the gift card; None: there is no such card."""


class PayOnAccount(Command, frozen=True):
    """A known customer pays later."""

    customer: str
    owed: Amount
    """What closed sales have put on their account, less what they have paid."""
    amount: Amount | None = None


class PayOther(Command, frozen=True):
    """A voucher or the like, of a kind from the settings."""

    kind: str
    face: Amount
    reference: str = ""
    used: bool = False
    """Whether one with this reference has been taken already."""


class PayBack(Command, frozen=True):
    """Give back what is owed to the customer: the next part of it, the way it came, or another way with approval."""

    origins: tuple[Origin, ...]
    """Every receipt that something is returned from."""
    way: Literal["", "cash", "gift-card"] = ""
    """Empty: the way it came."""
    approver: str = ""
    """The application has checked that it was them."""
    account: str = ""
    """The gift card's number."""


class TakeBack(Command, frozen=True):
    """Give a tender of the current sale back: it is paid otherwise, or given up."""

    tender: int
    """Its place, from 1."""
    way: Literal["", "cash"] = ""
    """Empty: the way it came. Cash: with approval."""
    approver: str = ""


class FinishPayment(Command, frozen=True):
    """The other side says that the money has moved, and has been told that we know."""

    intent: IntentId
    approval: Approved


class SettlePayment(Command, frozen=True):
    """A person says what became of a payment in doubt: the other side cannot (it was replaced, or is broken)."""

    intent: IntentId
    paid: bool
    approver: str
    """The application has checked that it was them."""


class CloseSale(Command, frozen=True):
    """Close the sale that `sale` names if it is fully paid (what a till does at a start with what it finds so)."""

    sale: int


class BeginDayEnd(Command, frozen=True):
    """The card terminal is about to be told to close its day."""


class KeepDay(Command, frozen=True):
    """It has not closed its day, for certain."""

    why: str


class EndDay(Command, frozen=True):
    """The card terminal has closed its day, and said that in it."""

    terminal: DayTotals | None


class WantCopy(Command, frozen=True):
    """Print a receipt, an order ticket or card slips again, as a COPY."""

    receipt: Receipt | None = None
    slips: tuple[CardSlip, ...] = ()
    """Card slips that were to be printed with it and perhaps were not."""
    order: Order | None = None


class OpenDrawer(Command, frozen=True):
    """Open the drawer without a sale."""

    reason: str
    approver: str = ""


SaleCommand = (
    AddItem
    | ChangeQuantity
    | RemoveLine
    | DiscountLine
    | DiscountSale
    | OverridePrice
    | ReturnLine
    | SellCredit
    | ConfirmAge
    | Undo
    | VoidSale
    | ParkSale
    | ResumeSale
)
PayCommand = (
    PayCash
    | PayBy
    | PayOnAccount
    | PayOther
    | PayBack
    | TakeBack
    | FinishPayment
    | SettlePayment
    | CloseSale
    | BeginDayEnd
    | KeepDay
    | EndDay
)
AnyCommand = SaleCommand | PayCommand | WantCopy | OpenDrawer
