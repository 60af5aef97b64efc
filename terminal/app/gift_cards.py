"""Gift cards whose balance this till holds itself: its journal is the ledger.

A means like any other, so that headquarters can own the balances later behind the same port: then asking takes a wire,
and its answer can be lost. Here the intent itself holds the amount back (views), and nothing outside has to be asked.
"""

import secrets

from terminal.domain.payment import Acknowledged, Approved, Declined, PaymentIntent, PaymentResult

from .ports.payment_method import Record, Say, Sent

_DIGITS = 15


class LocalGiftCards:
    """A PaymentMethod."""

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """See PaymentMethod. The balance was seen to when the intent was decided, by the only one who writes."""
        await sent()
        approved = Approved(intent.amount, reference=masked(intent.account))
        await record(approved)
        await record(Acknowledged())
        return approved

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """See PaymentMethod. What the journal has approved stands; what it has not, nobody has."""
        return Declined("not-found") if known is None else known

    async def abort(self) -> None:
        """See PaymentMethod. It never takes long enough."""


def new_number() -> str:
    """A fresh number that cannot be guessed from another one: 15 digits at random and Luhn's check digit."""
    digits = "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
    return digits + _check_digit(digits)


def masked(number: str) -> str:
    """For screens and receipts: whoever reads a whole number can spend it."""
    return "*" * (len(number) - 4) + number[-4:] if len(number) > 4 else number


def _check_digit(digits: str) -> str:
    # Imported here: no start needs it.
    from stdnum import luhn

    return str(luhn.calc_check_digit(digits))
