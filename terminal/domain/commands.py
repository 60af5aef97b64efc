"""What a person at the till asks for. decide.py answers with one event, or refuses."""

import msgspec

from .item import ONE, Item, Quantity
from .money import Amount
from .payment import CardSlip
from .receipt import Receipt
from .sale import Discount


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


class ResumeSale(Command, frozen=True):
    """Take a parked sale up again."""

    sale: int


class PayCash(Command, frozen=True):
    """Cash is handed over (0 when money is given back, or nothing is due)."""

    tendered: Amount


class PayCard(Command, frozen=True):
    """Take `amount` by card; None = all that is due."""

    amount: Amount | None = None


class SettleCard(Command, frozen=True):
    """A person says what became of the payment in doubt: the terminal cannot (it was replaced, or is broken)."""

    paid: bool
    approver: str
    """The application has checked that it was them."""


class CloseSale(Command, frozen=True):
    """Close the sale that `sale` names if it is fully paid (after a card payment)."""

    sale: int


class WantCopy(Command, frozen=True):
    """Print a receipt again, as a COPY."""

    receipt: Receipt
    slips: tuple[CardSlip, ...] = ()
    """Card slips that were to be printed with it and perhaps were not."""


class OpenDrawer(Command, frozen=True):
    """Open the drawer without a sale."""

    reason: str


SaleCommand = (
    AddItem
    | ChangeQuantity
    | RemoveLine
    | DiscountLine
    | DiscountSale
    | OverridePrice
    | ReturnLine
    | ConfirmAge
    | Undo
    | VoidSale
    | ParkSale
    | ResumeSale
)
PayCommand = PayCash | PayCard | SettleCard | CloseSale
AnyCommand = SaleCommand | PayCommand | WantCopy | OpenDrawer
