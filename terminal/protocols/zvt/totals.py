"""The day as the terminal has counted it, and what else its end can come to (chapters 2.16 and 3.1.3)."""

import msgspec

from terminal.domain.payment import CardSlip

from . import bcd
from . import bitmaps as b
from . import messages as m

_KINDS = ("girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners", "other")
"""The seven of BMP 60, in its order."""
_RECEIPTS, _KIND = 4, 7
"""Bytes: two receipt numbers; a kind's count and amount."""


class KindTotal(msgspec.Struct, frozen=True, gc=False):
    """One kind of card."""

    name: str
    """English; a terminal that counts more than seven kinds has 'kind 8' and so on."""
    count: int
    """Transactions, at most 255: the terminal's own counter ends there."""
    amount: int
    """Minor units."""


class DayTotals(msgspec.Struct, frozen=True):
    """The day is closed: the terminal's turnover went to the host, and its counting begins anew."""

    amount: int | None
    """Minor units of all kinds together; None: the terminal does not say."""
    currency: int | None = None
    """ISO 4217 numeric, when it says so."""
    kinds: tuple[KindTotal, ...] = ()
    """Only those with a transaction or an amount; empty too when the terminal does not say."""
    counted: bool = False
    """Whether it says kinds at all."""
    first_receipt: str = ""
    """Four digits, both; empty: it does not say."""
    last_receipt: str = ""
    trace: str = ""
    at: str = ""
    """The terminal's own time, 'MMDD HHMMSS'; or empty."""
    slips: tuple[CardSlip, ...] = ()
    """Receipt text, when the terminal is set to have it printed by the till."""

    @property
    def count(self) -> int | None:
        """Transactions of all kinds; None: it does not say."""
        return sum(kind.count for kind in self.kinds) if self.counted else None


class DayNotClosed(msgspec.Struct, frozen=True):
    """The terminal could not be asked, or said no: nothing has changed."""

    code: str = ""
    """The terminal's own result code, hex; empty: it was not reached."""
    why: str = ""
    """One phrase in English, for the log and the status page."""


class DayUnknown(msgspec.Struct, frozen=True):
    """It was asked and did not say how it ended, or with what. Asked again, it closes a day that begins after this one:
    if it had closed this one, these totals are on the terminal's own receipt only."""

    why: str


DayResult = DayTotals | DayNotClosed | DayUnknown


def totals_of(status: m.StatusInformation, slips: tuple[CardSlip, ...] = ()) -> DayTotals:
    """What a good status information says of the day. Raises FieldError for a number that has no digits."""
    single = status.fields.get(b.TOTALS)
    receipts, kinds = _single(single) if single else (("", ""), None)
    return DayTotals(
        amount=status.amount,
        currency=status.currency,
        kinds=tuple(kind for kind in kinds or () if kind.count or kind.amount),
        counted=kinds is not None,
        first_receipt=receipts[0],
        last_receipt=receipts[1],
        trace=status.trace,
        at=status.when,
        slips=slips,
    )


def _single(value: bytes) -> tuple[tuple[str, str], list[KindTotal] | None]:
    """BMP 60. A length that fits no number of kinds says nothing about them."""
    if len(value) < _RECEIPTS:
        return ("", ""), None
    receipts = value[:2].hex(), value[2:_RECEIPTS].hex()
    rest = value[_RECEIPTS:]
    if len(rest) % _KIND:
        return receipts, None
    parts = [rest[at : at + _KIND] for at in range(0, len(rest), _KIND)]
    names = [*_KINDS, *(f"kind {number}" for number in range(len(_KINDS) + 1, len(parts) + 1))]
    return receipts, [KindTotal(name, part[0], bcd.number(part[1:])) for name, part in zip(names, parts, strict=False)]
