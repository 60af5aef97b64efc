"""What has happened: the closed set of journal entries.

One action of a person or a device is one event, one row, one sync. The tag is `<kind>/<schema>`; a changed shape
gets a new class with the next number, and evolve keeps reading the old one.
"""

from typing import Literal

import msgspec

from .item import Quantity
from .money import Amount
from .payment import Approved, CardSlip, Declined, IntentId, OutcomeUnknown, PaymentIntent
from .receipt import Receipt, Seller
from .sale import CashTender, Discount, Line


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all events."""


class TillStarted(Event, frozen=True, tag="till-started/1"):
    """The daemon is up and owns the journal."""

    version: str
    register: str
    cashier: str
    seller: Seller


class TillStopped(Event, frozen=True, tag="till-stopped/1"):
    """A clean stop. Its absence before a start tells of a power cut or a kill."""


class CatalogueChanged(Event, frozen=True, tag="catalogue-changed/1"):
    """From here on the till sells from this revision of the catalogue."""

    revision: int
    items: int
    digest: str
    source: str = ""


class LineAdded(Event, frozen=True, tag="line-added/1"):
    """Lines came onto a sale (an item and its deposit). The first one opens the sale and makes it the current."""

    sale: int
    lines: tuple[Line, ...]


class QuantityChanged(Event, frozen=True, tag="quantity-changed/1"):
    """A line's quantity, and with it its deposit's."""

    sale: int
    line: int
    quantity: Quantity


class LineRemoved(Event, frozen=True, tag="line-removed/1"):
    """A line was taken off before payment, and its deposit with it."""

    sale: int
    line: int


class LineDiscounted(Event, frozen=True, tag="line-discounted/1"):
    """A discount on a line; None takes it away."""

    sale: int
    line: int
    discount: Discount | None = None


class SaleDiscounted(Event, frozen=True, tag="sale-discounted/1"):
    """A discount on the sale; None takes it away."""

    sale: int
    discount: Discount | None = None


class PriceOverridden(Event, frozen=True, tag="price-overridden/1"):
    """A line's price was set by hand, and who approved it."""

    sale: int
    line: int
    price: Amount
    reason: str
    approver: str


class AgeConfirmed(Event, frozen=True, tag="age-confirmed/1"):
    """The cashier has seen that the buyer is at least `years` old."""

    sale: int
    years: int


class Undone(Event, frozen=True, tag="undone/1"):
    """The sale's basket is again what it was before the last change."""

    sale: int


class SaleVoided(Event, frozen=True, tag="sale-voided/1"):
    """The sale was given up. `total` and `lines` are what it stood at."""

    sale: int
    reason: str
    total: Amount
    lines: int


class SaleParked(Event, frozen=True, tag="sale-parked/1"):
    """Set aside, to be taken up later."""

    sale: int
    name: str


class SaleResumed(Event, frozen=True, tag="sale-resumed/1"):
    """Taken up again. The sale that was current, if any, is parked."""

    sale: int


class CashTaken(Event, frozen=True, tag="cash-taken/1"):
    """Cash for a part of the sale."""

    sale: int
    tender: CashTender


class SaleClosed(Event, frozen=True, tag="sale-closed/1"):
    """Paid. The receipt is issued; printing it and opening the drawer are intended, under these numbers."""

    sale: int
    receipt: Receipt
    print_job: int = 0
    """0 = nothing to print."""
    drawer: int = 0
    """0 = the drawer stays shut."""


class CardIntended(Event, frozen=True, tag="card-intended/1"):
    """A card payment is about to be tried."""

    intent: PaymentIntent


class CardSent(Event, frozen=True, tag="card-sent/1"):
    """The command is about to leave for the terminal: from here on money may move."""

    intent: IntentId


class CardApproved(Event, frozen=True, tag="card-approved/1"):
    """The terminal approved; it has not been acknowledged yet."""

    intent: IntentId
    approval: Approved


class CardSlipKept(Event, frozen=True, tag="card-slip/1"):
    """Receipt text of the card terminal, kept before it was acknowledged."""

    intent: IntentId
    slip: CardSlip


class CardDone(Event, frozen=True, tag="card-done/1"):
    """Acknowledged: the payment stands, and is a tender of its sale."""

    intent: IntentId
    approval: Approved
    by: str = ""
    """The person who said so, when the terminal could not."""


class CardFailed(Event, frozen=True, tag="card-failed/1"):
    """No money moved, for certain."""

    intent: IntentId
    declined: Declined
    by: str = ""
    """The person who said so, when the terminal could not."""


class CardInDoubt(Event, frozen=True, tag="card-in-doubt/1"):
    """The outcome is not known; the terminal must be asked."""

    intent: IntentId
    unknown: OutcomeUnknown


class PrintStarted(Event, frozen=True, tag="print-started/1"):
    """The job's bytes are about to go to the printer."""

    job: int


class PrintEnded(Event, frozen=True, tag="print-ended/1"):
    """What became of a job. 'dropped' = a person said it need not be printed."""

    job: int
    outcome: Literal["printed", "unconfirmed", "not-printed", "unknown", "dropped"]
    problem: str = ""


class CopyWanted(Event, frozen=True, tag="copy-wanted/1"):
    """A person asked for a receipt again; it will say COPY."""

    job: int
    receipt: Receipt
    slips: tuple[CardSlip, ...] = ()


class DrawerWanted(Event, frozen=True, tag="drawer-wanted/1"):
    """A person asked for the drawer without a sale."""

    drawer: int
    reason: str
    cashier: str


class DrawerEnded(Event, frozen=True, tag="drawer-ended/1"):
    """What became of an opening."""

    drawer: int
    outcome: Literal["opened", "not-opened", "unknown"]
    problem: str = ""


SaleChange = (
    LineAdded
    | QuantityChanged
    | LineRemoved
    | LineDiscounted
    | SaleDiscounted
    | PriceOverridden
    | AgeConfirmed
    | Undone
    | SaleVoided
    | SaleParked
    | SaleResumed
    | CashTaken
    | SaleClosed
)
CardChange = CardIntended | CardSent | CardApproved | CardSlipKept | CardDone | CardFailed | CardInDoubt
DeviceChange = PrintStarted | PrintEnded | CopyWanted | DrawerWanted | DrawerEnded
AnyEvent = TillStarted | TillStopped | CatalogueChanged | SaleChange | CardChange | DeviceChange
