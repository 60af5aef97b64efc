"""A payment as data: the intent, what a device or service can answer, and the messages a cashier sees.

An answer is one of a closed set. "I do not know" is one of them and never becomes "declined".
"""

from typing import Literal

import msgspec

from .money import ZERO, Amount, BasisPoints

IntentId = int
"""Number of a payment intent, counted per register from 1 and never used again."""

Means = Literal["card", "mobilepay", "gift-card"]
"""What is asked for the money, over a wire or in a ledger; its outcome comes later. Cash and the like are no means:
they are tenders at once (sale.py)."""

Purpose = Literal["pay", "refund", "reverse"]
"""`pay`: the customer pays. `refund`: money goes back, of any amount up to what was paid. `reverse`: a whole payment is
undone, while the terminal's day has not been closed."""


class Approved(msgspec.Struct, frozen=True, gc=False, tag="approved", omit_defaults=True):
    """It has been approved. Which field a means can fill is its own matter; empty: it has said nothing."""

    amount: Amount
    """What the sale gets: greater than zero, also of a refund; can be below what was asked (partial approval)."""
    trace: str = ""
    receipt_number: str = ""
    terminal_id: str = ""
    masked_pan: str = ""
    """At most the first six and last four digits; the rest is '*'. Never a full number."""
    card_name: str = ""
    card_type: str = ""
    terminal_time: str = ""
    """As the terminal said it: 'MMDD HHMMSS', or empty."""
    authorisation: str = ""
    tip: Amount = ZERO
    """Taken on top of `amount`: the customer has moved amount + tip."""
    reference: str = ""
    """What a service calls the transaction: nexo's POITransactionID, 'time/id'; Vipps MobilePay's pspReference."""


class PaymentIntent(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is to be moved, and how. Journalled before a device or a service hears of it."""

    id: IntentId
    sale: int
    amount: Amount
    """Greater than zero, minor units; of a refund too."""
    currency: int = 208
    """ISO 4217 numeric; 208 = DKK."""
    means: Means = "card"
    purpose: Purpose = "pay"
    key: str = ""
    """Names the intent to the world, over all tills and for ever: 8 to 50 of [a-zA-Z0-9-]. A service's reference and
    idempotency key."""
    account: str = ""
    """Whose: a gift card's number. What a customer's own QR said stands here only on its way to the service, never in
    the journal. Empty: the device finds out."""
    of: Approved | None = None
    """The payment that is given back."""
    of_key: str = ""
    """That payment's key."""
    of_receipt: int = 0
    """The receipt it is a tender of; 0: of this same sale."""
    of_tender: int = 0
    """Its place among the receipt's tenders, from 1; 0: it pays back no tender in particular."""
    vat_paid: BasisPoints = BasisPoints(0)
    """Of a gift card whose VAT was paid when it was sold: the rate."""
    approver: str = ""
    """Who approved that it goes back another way than it came."""


class DayTotals(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a terminal's day holds: payments less what was refunded and reversed."""

    count: int
    """Payments, refunds and reversals together."""
    amount: Amount
    """Signed; tips included."""


class Acknowledged(msgspec.Struct, frozen=True, gc=False, tag="acknowledged"):
    """The till's acknowledgement of the approval has left."""


class Declined(msgspec.Struct, frozen=True, gc=False, tag="declined", omit_defaults=True):
    """No money moved (or it went back), and that is certain.

    `declined`: the terminal, the host or the service said no. `reversed`: it had been approved and was taken back by
    the terminal itself. The others: it did not come to that.
    """

    reason: Literal["declined", "cancelled", "timeout", "busy", "not-sent", "not-found", "reversed"]
    code: str = ""
    """The terminal's own result code, hex, for example '6C'."""
    text: str = ""
    """The terminal's own words, when it gave any."""


class OutcomeUnknown(msgspec.Struct, frozen=True, gc=False, tag="unknown"):
    """The money may have moved. Only asking (the device, the service, a person) can tell."""

    why: str
    """One sentence in English for the log and the status page."""


PaymentResult = Approved | Declined | OutcomeUnknown


class CardSlip(msgspec.Struct, frozen=True, gc=False, tag="slip"):
    """Receipt text that the terminal wants printed by the till."""

    copy: Literal["customer", "merchant", "unknown"]
    lines: tuple[str, ...]


class TerminalMessage(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What the terminal shows right now, for the cashier's screen. Not journalled."""

    code: str
    """The intermediate status, hex as in ZVT chapter 'Intermediate status' ('0A' = insert card)."""
    text: str = ""
    """The terminal's own text when it sent one; else the screen has its own words for the code."""
    qr: str = ""
    """What the customer is to scan, as the text of a QR code."""
