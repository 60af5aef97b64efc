"""Danish cash: the smallest coin is 50 øre, so what is paid in cash is rounded to it.

Source: the Danish rule of rounding cash to the nearest 0.50 kr, a quarter rounding up (1 October 2008).
"""

from .money import Amount, divide

SMALLEST_COIN = 50

NOTES = tuple(Amount(kroner * 100) for kroner in (50, 100, 200, 500))
"""The notes a customer hands over (the 1000-krone note ceased to be legal tender on 31 May 2025)."""


def cash_due(due: Amount) -> Amount:
    """`due` to the nearest 50 øre, a quarter up; a payout is the mirror of a payment."""
    return Amount(divide(due, SMALLEST_COIN) * SMALLEST_COIN)


def is_cash(amount: Amount) -> bool:
    """Whether notes and coins can make it."""
    return amount % SMALLEST_COIN == 0


def quick_amounts(due: Amount) -> tuple[Amount, ...]:
    """What a customer is likely to hand over for `due`: exact first, then the notes above it, ascending."""
    exact = cash_due(due)
    if exact <= 0:
        return (exact,)
    likely = {exact}
    for note in NOTES:
        above = -(-exact // note) * note
        if above <= exact + 50_000:
            likely.add(Amount(above))
    return tuple(sorted(likely))[:5]
