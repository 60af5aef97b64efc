"""Which way money goes back: the way it came, tender by tender, and never more than came."""

import msgspec

from .money import Amount
from .receipt import Receipt
from .sale import Tender, TenderRef
from .till import TillState


class Origin(msgspec.Struct, frozen=True):
    """A receipt that something is returned from."""

    receipt: Receipt
    refunded: dict[int, Amount]
    """What closed sales have given back of its tenders: place (from 1) to money (positive)."""


class Way(msgspec.Struct, frozen=True):
    """A part of what is owed to a customer."""

    amount: Amount
    """Greater than zero."""
    of: TenderRef | None = None
    tender: Tender | None = None
    """What is given back in part or whole; None: no tender is left that it could belong to (cash, with approval)."""


def ways_back(state: TillState, origins: tuple[Origin, ...], owed: Amount) -> tuple[Way, ...]:
    """How `owed` (positive) goes back: to the tenders of the receipts in their order, each up to what is left of it."""
    ways: list[Way] = []
    rest = owed
    for origin in origins:
        for place, tender in enumerate(origin.receipt.tenders, start=1):
            of = TenderRef(origin.receipt.number, place)
            # What was given back before the receipt was made stands on it, with a minus.
            within = -sum(each.amount for each in origin.receipt.tenders if each.of == TenderRef(0, place))
            left = tender.amount - within - origin.refunded.get(place, 0) - being_given_back(state, of)
            part = Amount(min(left, rest))
            if part > 0:
                ways.append(Way(part, of, tender))
                rest = Amount(rest - part)
    if rest > 0:
        ways.append(Way(rest))
    return tuple(ways)


def being_given_back(state: TillState, of: TenderRef) -> Amount:
    """What open and parked sales have given back of a tender, or are about to."""
    given = sum(sale.paid_back(of) for sale in state.sales.values())
    wanted = (
        each.intent.amount
        for each in state.payments.values()
        if each.intent.purpose != "pay" and (each.intent.of_receipt, each.intent.of_tender) == (of.receipt, of.tender)
    )
    return Amount(given + sum(wanted))
