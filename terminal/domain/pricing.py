"""What a basket costs: lines, discounts, VAT and total, agreeing to the øre.

The laws (each is a property in tests/domain/test_pricing.py):
- the lines' amounts sum to the total;
- VAT is computed once per rate from the sum of that rate's lines, so that net + VAT = gross for each rate and
  the grosses sum to the total;
- a discount on the sale is split over its lines by largest remainder: the parts sum to it;
- returning a line bit by bit gives back what was paid for it, no øre more or less.
"""

import msgspec

from .item import Quantity, Unit
from .money import ZERO, Amount, BasisPoints, divide, percent_of, share
from .sale import Basket, Discount, Line, ReturnOf


class PricedLine(msgspec.Struct, frozen=True, gc=False):
    """A line with its money. amount = gross - line_discount - sale_discount."""

    line: Line
    gross: Amount
    line_discount: Amount
    sale_discount: Amount
    amount: Amount


class VatLine(msgspec.Struct, frozen=True, gc=False):
    """One rate of the VAT table. gross = net + vat."""

    rate: BasisPoints
    gross: Amount
    net: Amount
    vat: Amount


class Priced(msgspec.Struct, frozen=True, gc=False):
    """A priced basket."""

    lines: tuple[PricedLine, ...]
    total: Amount
    discount: Amount
    """All discounts, a positive number."""
    vat: tuple[VatLine, ...]
    """By rate, highest first."""


def gross_of(price: Amount, quantity: Quantity) -> Amount:
    """Price times quantity (thousandths), to the øre."""
    return Amount(divide(price * quantity, 1000))


def discount_of(discount: Discount | None, base: Amount) -> Amount:
    """What a discount takes off a non-negative `base`; never more than it."""
    if discount is None or base <= 0:
        return ZERO
    return min(base, discount.amount or percent_of(base, discount.percent))


def returned_amount(of: ReturnOf, quantity: Quantity) -> Amount:
    """What is given back (zero or more) for `quantity` (positive) of a line of which `of.before` went back earlier.

    Counted against the money that went back, never above what is left of it; the last part gets all that is left.
    """
    until = divide(of.paid * min(of.before + quantity, of.quantity), of.quantity)
    return Amount(max(0, until - of.given))


def vat_table(amounts: list[tuple[BasisPoints, Amount]]) -> tuple[VatLine, ...]:
    """The VAT in a list of (rate, amount incl. VAT), once per rate."""
    sums: dict[BasisPoints, int] = {}
    for rate, amount in amounts:
        sums[rate] = sums.get(rate, 0) + amount
    table = []
    for rate in sorted(sums, reverse=True):
        vat = divide(sums[rate] * rate, 10_000 + rate)
        table.append(VatLine(rate, Amount(sums[rate]), Amount(sums[rate] - vat), Amount(vat)))
    return tuple(table)


def takes_discount(line: Line) -> bool:
    """Deposits are a loan, money on a gift card stays what it is, and a return gives back what was paid."""
    return not line.item.is_deposit and line.returned is None and line.credit is None


_newest: tuple[Basket, Priced] | None = None
"""The basket priced last. Baskets are frozen, so the same object has the same price: the screen that shows a sale, the
decision that closes it and its receipt price it once between them (14 µs each for ten lines)."""


def price(basket: Basket) -> Priced:
    """Price a basket."""
    global _newest  # noqa: PLW0603 (a memory of one pure result)
    if _newest is None or _newest[0] is not basket:
        _newest = (basket, _price(basket))
    return _newest[1]


def _price(basket: Basket) -> Priced:
    halves = []
    bases = []
    for line in basket.lines:
        if line.returned is not None:
            gross = Amount(-returned_amount(line.returned, -line.quantity))
        else:
            gross = gross_of(line.price, line.quantity)
        line_discount = discount_of(line.discount, gross) if takes_discount(line) else ZERO
        halves.append((line, gross, line_discount))
        bases.append(gross - line_discount if takes_discount(line) else 0)
    shares: tuple[int, ...] = tuple(0 for _ in bases)
    if basket.discount is not None:
        shares = share(discount_of(basket.discount, Amount(sum(bases))), tuple(bases))
    lines = tuple(
        PricedLine(line, gross, line_discount, Amount(part), Amount(gross - line_discount - part))
        for (line, gross, line_discount), part in zip(halves, shares, strict=True)
    )
    return Priced(
        lines=lines,
        total=Amount(sum(line.amount for line in lines)),
        discount=Amount(sum(line.line_discount + line.sale_discount for line in lines)),
        vat=vat_table([(line.line.item.vat_rate, line.amount) for line in lines]),
    )


def shown_quantity(quantity: Quantity, unit: Unit) -> str:
    """Plain digits for a quantity, no unit: '3', '-1', '1.505' (kg, point as decimal)."""
    if unit is Unit.PIECE and quantity % 1000 == 0:
        return str(quantity // 1000)
    sign = "-" if quantity < 0 else ""
    return f"{sign}{abs(quantity) // 1000}.{abs(quantity) % 1000:03}"
