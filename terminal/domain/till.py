"""The till's whole state: what the journal's entries add up to, and no more. Small, kept in memory, snapshotted."""

from typing import Literal

import msgspec

from .card_states import CardState
from .payment import Approved, CardSlip, PaymentIntent
from .receipt import Receipt, Seller
from .sale import Sale


class CardPayment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A card payment that is not final."""

    intent: PaymentIntent
    state: CardState
    approval: Approved | None = None
    """What the terminal approved, once known."""
    slips: tuple[CardSlip, ...] = ()
    doubt: str = ""
    """Why it is in doubt: one English sentence."""


class PrintJob(msgspec.Struct, frozen=True, omit_defaults=True):
    """A print that has not ended well yet."""

    id: int
    receipt: Receipt
    copy: bool = False
    state: Literal["queued", "sending", "unknown", "not-printed"] = "queued"
    problem: str = ""
    slips: tuple[CardSlip, ...] = ()
    """Card slips that come with this receipt."""


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
    card: CardPayment | None = None
    """The one that is not final. There is never a second."""
    last_card: CardPayment | None = None
    """The last final one, for the screen and for the receipt's slips."""
    last_taken: Approved | None = None
    """The last payment that the card terminal has taken by its own word; None when a person has said more since.
    A payment in doubt is told from it: a terminal that still shows this one as its last never took the other."""
    jobs: dict[int, PrintJob] = {}
    drawers: dict[int, str] = {}
    """Openings without an outcome yet: number to reason."""
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

    @property
    def parked(self) -> tuple[Sale, ...]:
        """Parked sales, oldest first."""
        return tuple(sale for number, sale in sorted(self.sales.items()) if number != self.current)


class Setup(msgspec.Struct, frozen=True):
    """What the till has: a decision intends no effect that nothing could carry out."""

    printer: bool = False
    drawer: bool = False
    card: bool = False
    currency: int = 208
