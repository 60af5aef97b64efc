"""Card payment as data: the intent, what a terminal can answer, and the messages a cashier sees.

An answer is one of a closed set. "I do not know" is one of them and never becomes "declined".
"""

from typing import Literal

import msgspec

from .money import Amount

IntentId = int
"""Number of a payment intent, counted per register from 1 and never used again."""


class PaymentIntent(msgspec.Struct, frozen=True, gc=False):
    """What is to be taken from a card. Journalled before a terminal hears of it."""

    id: IntentId
    sale: int
    amount: Amount
    """Greater than zero, minor units."""
    currency: int = 208
    """ISO 4217 numeric; 208 = DKK."""


class Approved(msgspec.Struct, frozen=True, gc=False, tag="approved"):
    """The terminal has approved. `amount` can be below what was asked (partial approval)."""

    amount: Amount
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


class Declined(msgspec.Struct, frozen=True, gc=False, tag="declined"):
    """No money moved, and that is certain."""

    reason: Literal["declined", "cancelled", "timeout", "busy", "not-sent", "not-found", "reversed"]
    code: str = ""
    """The terminal's own result code, hex, for example '6C'."""
    text: str = ""
    """The terminal's own words, when it gave any."""


class OutcomeUnknown(msgspec.Struct, frozen=True, gc=False, tag="unknown"):
    """The terminal may have taken the money. Only asking it (or a person) can tell."""

    why: str
    """One sentence in English for the log and the status page."""


PaymentResult = Approved | Declined | OutcomeUnknown


class CardSlip(msgspec.Struct, frozen=True, gc=False, tag="slip"):
    """Receipt text that the terminal wants printed by the till."""

    copy: Literal["customer", "merchant", "unknown"]
    lines: tuple[str, ...]


class TerminalMessage(msgspec.Struct, frozen=True, gc=False):
    """What the card terminal shows right now, for the cashier's screen. Not journalled."""

    code: str
    """The intermediate status, hex as in ZVT chapter 'Intermediate status' ('0A' = insert card)."""
    text: str = ""
    """The terminal's own text when it sent one; else the screen has its own words for the code."""
