"""Money: whole øre, and the one function for each rounding.

Amounts are integers of minor units (øre), rates are integers of basis points (2500 = 25.00 %). No float
comes near them. Every rounding is half away from zero, so that a return is the exact mirror of its sale.
"""

from typing import NewType

Amount = NewType("Amount", int)
"""Minor units of the register's currency: 1 kr = 100."""

BasisPoints = NewType("BasisPoints", int)
"""Hundredths of a percent: 25 % = 2500."""

ZERO = Amount(0)


def divide(numerator: int, denominator: int) -> int:
    """Integer quotient, halves rounded away from zero. `denominator` must be positive."""
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, not {denominator}")
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return quotient if numerator >= 0 else -quotient


def percent_of(amount: Amount, rate: BasisPoints) -> Amount:
    """`rate` of `amount`, to the øre."""
    return Amount(divide(amount * rate, 10_000))


def share(total: int, weights: tuple[int, ...]) -> tuple[int, ...]:
    """Split `total` in proportion to non-negative `weights`, so that the parts sum to it exactly.

    Largest remainder; equal remainders go to the earlier part. All weights zero gives all parts zero
    (and then `total` must be zero).
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError(f"nothing to split {total} over")
        return tuple(0 for _ in weights)
    sign = 1 if total >= 0 else -1
    floors = [abs(total) * weight // whole for weight in weights]
    rest = abs(total) - sum(floors)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(abs(total) * weights[i] % whole), i))
    for i in by_remainder[:rest]:
        floors[i] += 1
    return tuple(sign * part for part in floors)
