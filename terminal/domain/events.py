"""What has happened: the closed set of journal entries.

One action of a person or a device is one event, one row, one sync. The tag is `<kind>/<schema>`; a changed shape
gets a new class with the next number, and evolve keeps reading the old one.
"""

from typing import Literal

import msgspec

from .item import Quantity
from .money import Amount
from .order import Order, OrderJob
from .payment import Approved, CardSlip, DayTotals, Declined, IntentId, OutcomeUnknown, PaymentIntent
from .receipt import Receipt, Seller
from .sale import AccountTender, CashTender, Discount, Line, OtherTender, Weighed


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
    weighed: Weighed = ""
    """'typed': it is a weight, and a person has set it."""


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
    print_job: int = 0
    """Its card slips are to be printed under this number; 0: there are none."""
    orders: tuple[OrderJob, ...] = ()
    """Tickets that call off what had been ordered."""


class SaleParked(Event, frozen=True, tag="sale-parked/1"):
    """Set aside, to be taken up later."""

    sale: int
    name: str
    orders: tuple[OrderJob, ...] = ()


class SaleResumed(Event, frozen=True, tag="sale-resumed/1"):
    """Taken up again. The sale that was current, if any, is parked."""

    sale: int
    orders: tuple[OrderJob, ...] = ()
    """Of the sale that is parked."""


class TenderTaken(Event, frozen=True, tag="tender-taken/1"):
    """A part of the sale was paid, or paid back, in a way that has its outcome at once."""

    sale: int
    tender: CashTender | AccountTender | OtherTender
    drawer: int = 0
    """The drawer is to open under this number, for cash that goes out; 0: it stays shut."""


class PaymentIntended(Event, frozen=True, tag="payment-intended/1"):
    """Money is about to be asked for, or given back."""

    intent: PaymentIntent


class PaymentSent(Event, frozen=True, tag="payment-sent/1"):
    """The command is about to leave: from here on money may move."""

    intent: IntentId


class PaymentApproved(Event, frozen=True, tag="payment-approved/1"):
    """It was approved; that has not been acknowledged yet."""

    intent: IntentId
    approval: Approved


class SlipKept(Event, frozen=True, tag="payment-slip/1"):
    """Receipt text of the card terminal, kept before it was acknowledged."""

    intent: IntentId
    slip: CardSlip


class PaymentAcked(Event, frozen=True, tag="payment-acked/1"):
    """The acknowledgement has left."""

    intent: IntentId


class PaymentDone(Event, frozen=True, tag="payment-done/1"):
    """The money has moved: a tender of its sale."""

    intent: IntentId
    approval: Approved
    by: str = ""
    """The person who approved that it is said by hand, when the other side could not say."""
    cashier: str = ""
    """Who was at the till then."""


class PaymentFailure(Event, frozen=True):
    """Base: no money moved, or it went back, for certain."""

    intent: IntentId
    declined: Declined
    by: str = ""
    """As in PaymentDone."""
    cashier: str = ""
    print_job: int = 0
    """The terminal's slips are to be printed under this number; 0: there are none."""


class PaymentDeclined(PaymentFailure, frozen=True, tag="payment-declined/1"):
    """The terminal, the host or the service said no."""


class PaymentCancelled(PaymentFailure, frozen=True, tag="payment-cancelled/1"):
    """It did not come to it."""


class PaymentReversed(PaymentFailure, frozen=True, tag="payment-reversed/1"):
    """It had been approved, and the other side has taken it back."""


Failure = PaymentDeclined | PaymentCancelled | PaymentReversed


class PaymentInDoubt(Event, frozen=True, tag="payment-in-doubt/1"):
    """The outcome is not known; the other side must be asked."""

    intent: IntentId
    unknown: OutcomeUnknown


class SaleClosed(Event, frozen=True, tag="sale-closed/1"):
    """Paid. The receipt is issued; printing it and opening the drawer are intended, under these numbers."""

    sale: int
    receipt: Receipt
    print_job: int = 0
    """0 = nothing to print."""
    drawer: int = 0
    """0 = the drawer stays shut."""
    settles: PaymentDone | None = None
    """The payment that covered the sale: done in the same step."""
    orders: tuple[OrderJob, ...] = ()
    """Tickets for kitchen and bar."""


class DayEnding(Event, frozen=True, tag="day-ending/1"):
    """The card terminal is about to be told to close its day."""


class DayKept(Event, frozen=True, tag="day-kept/1"):
    """It has not closed its day, for certain."""

    why: str = ""


class DayEnded(Event, frozen=True, tag="day-ended/1"):
    """The card terminal's day was closed. `terminal` is what it says, `journal` what the journal says of the same."""

    journal: DayTotals
    terminal: DayTotals | None = None
    """None: it closed its day without saying what was in it."""


class PrintStarted(Event, frozen=True, tag="print-started/1"):
    """The job's bytes are about to go to the printer."""

    job: int
    printer: str = ""
    """Which one; empty in journals of a till that could have only one."""


class PrintEnded(Event, frozen=True, tag="print-ended/1"):
    """What became of a job. 'dropped' = a person said it need not be printed, or with the problem `too-many`: too many
    newer ones wait for a printer that nobody repairs."""

    job: int
    outcome: Literal["printed", "unconfirmed", "not-printed", "passed-on", "unknown", "dropped"]
    problem: str = ""
    printer: str = ""
    """As in PrintStarted; empty also where a person has spoken."""
    to: str = ""
    """Of 'passed-on': the printer that takes over by the settings’ rule what this one certainly did not print."""


class CopyWanted(Event, frozen=True, tag="copy-wanted/1"):
    """A person asked for a receipt, a ticket or slips again; it will say COPY."""

    job: int
    receipt: Receipt | None = None
    slips: tuple[CardSlip, ...] = ()
    order: Order | None = None


class DrawerWanted(Event, frozen=True, tag="drawer-wanted/1"):
    """A person asked for the drawer without a sale."""

    drawer: int
    reason: str
    cashier: str
    approver: str = ""
    """Who approved, where the settings want that."""


class DrawerEnded(Event, frozen=True, tag="drawer-ended/1"):
    """What became of an opening."""

    drawer: int
    outcome: Literal["opened", "not-opened", "unknown"]
    problem: str = ""


class DrawerOpened(Event, frozen=True, tag="drawer-opened/1"):
    """The drawer's switch says that it has come to stand open."""

    drawer: int = 0
    """The opening that it answers; 0: the till did not open it, somebody used the key."""
    reason: str = ""
    """As that opening's: `sale`, or what a person gave; `by-hand`; `while-off`: found open at a start, or
    when its switch could be read again."""
    cashier: str = ""
    """Who had the till."""


class DrawerClosed(Event, frozen=True, tag="drawer-closed/1"):
    """It is shut again."""

    seen: bool = True
    """False: its switch cannot be read any more, so nobody knows."""


class ScannerCalibrated(Event, frozen=True, tag="scanner-calibrated/1"):
    """From here on this scanner's keys are read so, whatever the settings say; an empty layout: as they say again."""

    scanner: str
    """Its name in the settings."""
    layout: str = ""
    suffix: str = ""
    lock: str = "none"
    """What the scanner believes is locked: none, caps, shift."""
    case: str = "kept"
    """What it does to letters: kept, upper, lower."""


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
    | TenderTaken
    | SaleClosed
)
PaymentChange = (
    PaymentIntended
    | PaymentSent
    | PaymentApproved
    | SlipKept
    | PaymentAcked
    | PaymentDone
    | PaymentDeclined
    | PaymentCancelled
    | PaymentReversed
    | PaymentInDoubt
    | DayEnding
    | DayKept
    | DayEnded
)
DeviceChange = (
    PrintStarted
    | PrintEnded
    | CopyWanted
    | DrawerWanted
    | DrawerEnded
    | DrawerOpened
    | DrawerClosed
    | ScannerCalibrated
)
AnyEvent = TillStarted | TillStopped | CatalogueChanged | SaleChange | PaymentChange | DeviceChange
