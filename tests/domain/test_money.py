"""Money: each rounding is half away from zero, and a split adds up."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.money import Amount, BasisPoints, divide, percent_of, share

amounts = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (-5, 10, -1), (-4, 10, 0), (-15, 10, -2), (0, 7, 0), (7, 1, 7)],
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, quotient: int) -> None:
    assert divide(numerator, denominator) == quotient


@given(amounts, st.integers(1, 10**6))
def test_divide_is_the_nearest_and_mirrors(numerator: int, denominator: int) -> None:
    quotient = divide(numerator, denominator)
    error = Fraction(numerator, denominator) - quotient
    assert abs(error) <= Fraction(1, 2)
    if abs(error) == Fraction(1, 2):
        assert abs(quotient) > abs(Fraction(numerator, denominator))
    assert divide(-numerator, denominator) == -quotient


@pytest.mark.parametrize("denominator", [0, -1])
def test_divide_refuses_a_denominator_that_is_none(denominator: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        divide(1, denominator)


@given(amounts, st.integers(0, 10_000))
def test_a_percentage_is_a_part(amount: int, rate: int) -> None:
    part = percent_of(Amount(amount), BasisPoints(rate))
    assert abs(part) <= abs(amount)
    assert percent_of(Amount(amount), BasisPoints(10_000)) == amount
    assert abs(part * 10_000 - amount * rate) <= 5_000


@given(amounts, st.lists(st.integers(0, 10**9), min_size=1, max_size=50).filter(any))
def test_the_parts_of_a_split_sum_to_it_and_are_fair(total: int, weights: list[int]) -> None:
    parts = share(total, tuple(weights))
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, whole)) < 1
        if weight == 0:
            assert part == 0


@given(st.lists(st.integers(0, 10**6), max_size=30), st.data())
def test_no_part_is_above_its_weight_when_the_total_is_not(weights: list[int], data: st.DataObject) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    assert all(0 <= part <= weight for part, weight in zip(share(total, tuple(weights)), weights, strict=True))


def test_equal_remainders_go_to_the_earlier_part() -> None:
    assert share(100, (1, 1, 1)) == (34, 33, 33)
    assert share(-100, (1, 1, 1)) == (-34, -33, -33)


def test_nothing_splits_over_nothing() -> None:
    assert share(0, (0, 0)) == (0, 0)
    with pytest.raises(ValueError, match="nothing to split 1 over"):
        share(1, (0, 0))
