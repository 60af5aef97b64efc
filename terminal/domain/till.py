"""The till's whole state: what the journal's entries add up to, and no more. Small, kept in memory, snapshotted."""

import msgspec

from .events import DayEnded, ScannerCalibrated
from .money import ZERO, Amount, BasisPoints
from .order import Order
from .payment import Approved, CardSlip, Means, PaymentIntent
from .payment_states import PaymentState
from .print_states import PrintState
from .receipt import Receipt, Seller
from .sale import Sale


class Payment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A payment that is not final."""

    intent: PaymentIntent
    state: PaymentState
    approval: Approved | None = None
    """What was approved, once known."""
    slips: tuple[CardSlip, ...] = ()
    doubt: str = ""
    """Why it is in doubt, or was declined: one English sentence, or the terminal's own words."""
    code: str = ""
    """Of a final one: why it failed, as Declined.reason."""


class TerminalDay(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the card terminal must have in its day, as the journal knows it."""

    first: int = 1
    """The first intent of the day: an earlier payment cannot be reversed any more, only refunded."""
    count: int = 0
    amount: Amount = ZERO
    """Signed, tips included."""


class PrintJob(msgspec.Struct, frozen=True, omit_defaults=True):
    """A print that has not ended well yet: of a receipt, of an order ticket, or of card slips alone."""

    id: int
    receipt: Receipt | None = None
    copy: bool = False
    state: PrintState = PrintState.QUEUED
    problem: str = ""
    slips: tuple[CardSlip, ...] = ()
    """Card slips that come with this receipt."""
    order: Order | None = None
    on: str = ""
    """The printer that has it, or is to have it; empty: the one that it is meant for."""

    @property
    def printer(self) -> str:
        """The printer that it is meant for; empty: the receipt printer."""
        return self.order.printer if self.order is not None else ""


class TillState(msgspec.Struct, frozen=True, omit_defaults=True):
    """Changed only by evolve."""

    register: str = ""
    cashier: str = ""
    seller: Seller = Seller("", "")
    running: bool = False
    """Started and not stopped; true at a start means that the last run ended without a stop."""
    revision: int = 0
    """Of the catalogue that is sold from."""
    sales: dict[int, Sale] = {}
    """Open and parked, by number."""
    current: int = 0
    """The sale on the screen; 0 = none."""
    payments: dict[Means, Payment] = {}
    """Those that are not final: never two of the same means."""
    last_payment: Payment | None = None
    """The last final one, for the screen."""
    last_taken: dict[Means, Approved] = {}
    """The last one of each means by the other side's own word; none when a person has said more since. A card payment
    in doubt is told from it: a terminal that still shows this one as its last never took the other."""
    day: TerminalDay = TerminalDay()
    day_ending: bool = False
    """The terminal was told to close its day, and it is not known yet whether it has."""
    last_day: DayEnded | None = None
    """How the card terminal's last day ended."""
    jobs: dict[int, PrintJob] = {}
    drawers: dict[int, str] = {}
    """Openings without an outcome yet: number to reason."""
    drawer_open: bool = False
    """By the drawer's switch; always false without one."""
    scanners: dict[str, ScannerCalibrated] = {}
    """How scanners type, by their names in the settings: those that were calibrated."""
    last: Receipt | None = None
    """The last receipt, until the next sale begins: the change screen."""
    next_sale: int = 1
    next_receipt: int = 1
    next_intent: int = 1
    next_job: int = 1
    next_drawer: int = 1

    @property
    def sale(self) -> Sale | None:
        """The current sale."""
        return self.sales.get(self.current)

    def pending(self, sale: int) -> Payment | None:
        """The payment of that sale that is not final."""
        return next((each for each in self.payments.values() if each.intent.sale == sale), None)

    @property
    def doubts(self) -> tuple[Payment, ...]:
        """Payments in doubt, the oldest first."""
        doubts = (each for each in self.payments.values() if each.state is PaymentState.IN_DOUBT)
        return tuple(sorted(doubts, key=lambda each: each.intent.id))

    @property
    def parked(self) -> tuple[Sale, ...]:
        """Parked sales, oldest first."""
        return tuple(sale for number, sale in sorted(self.sales.items()) if number != self.current)


class OtherKind(msgspec.Struct, frozen=True):
    """A kind of tender from the settings: a voucher, a foreign gift card, a meal ticket."""

    kind: str
    name: str
    reference: bool = False
    """It has a number, which must be given."""
    over: bool = True
    """May be worth more than what is due; what is over is not given back."""
    refund: bool = False
    """Money can go back this way."""


class Customer(msgspec.Struct, frozen=True):
    """Who may buy on account."""

    number: str
    name: str
    limit: Amount
    """Most they may owe."""


class OrderPrinter(msgspec.Struct, frozen=True):
    """A printer that gets tickets of some departments' lines."""

    name: str
    departments: frozenset[str]
    set_aside: bool = False
    """Also when a sale is set aside, not only when it is paid."""


class Setup(msgspec.Struct, frozen=True):
    """What the till has: a decision intends no effect that nothing could carry out."""

    printer: bool = False
    """One for receipts."""
    orders: tuple[OrderPrinter, ...] = ()
    drawer: bool = False
    drawer_approval: bool = False
    """Opening the drawer without a sale needs an approver."""
    sell_while_open: bool = True
    """False: no cash sale while the drawer stands open."""
    means: frozenset[Means] = frozenset()
    """What there is a device, a service or a ledger for."""
    currency: int = 208
    key: str = ""
    """Names this till's journal to the world: the beginning of every payment's key."""
    others: tuple[OtherKind, ...] = ()
    customers: tuple[Customer, ...] = ()
    gift_vat: BasisPoints = BasisPoints(0)
    """Of a gift card when it is sold: 0 for one that can buy anything (multi-purpose: VAT falls due when it is used),
    else the rate of all it can buy (single-purpose: VAT falls due at once)."""
    gift_most: Amount = Amount(0)
    """Most that is taken from a gift card for one sale while only this till knows its balance; 0: no limit."""

    def other(self, kind: str) -> OtherKind | None:
        """A kind of tender."""
        return next((each for each in self.others if each.kind == kind), None)

    def customer(self, number: str) -> Customer | None:
        """A customer."""
        return next((each for each in self.customers if each.number == number), None)
