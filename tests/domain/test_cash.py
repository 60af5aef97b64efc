"""Danish cash: to the nearest 50 øre, a quarter up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.cash import cash_due, is_cash, quick_amounts
from terminal.domain.money import Amount
from tests.domain.playbook import kr


@pytest.mark.parametrize(
    ("due", "rounded"),
    [(0, 0), (24, 0), (25, 50), (49, 50), (74, 50), (75, 100), (99, 100), (12_95, 13_00), (-24, 0), (-25, -50)],
)
def test_rounding(due: int, rounded: int) -> None:
    assert cash_due(Amount(due)) == rounded


@given(st.integers(-(10**12), 10**12))
def test_rounding_is_to_the_nearest_coin_and_a_payout_mirrors_a_payment(due: int) -> None:
    rounded = cash_due(Amount(due))
    assert is_cash(rounded)
    assert abs(rounded - due) <= 25
    assert cash_due(Amount(-due)) == -rounded
    assert cash_due(rounded) == rounded


@given(st.integers(0, 10**9), st.lists(st.integers(1, 10**6), max_size=5))
def test_paying_in_parts_rounds_as_paying_at_once(due: int, parts: list[int]) -> None:
    """What is handed over is whole coins, so what is left keeps its odd øre to the end."""
    left, handed = due, 0
    for part in parts:
        coins = part * 50
        if coins < cash_due(Amount(left)):
            left, handed = left - coins, handed + coins
    assert handed + cash_due(Amount(left)) == cash_due(Amount(due))


def test_quick_amounts() -> None:
    assert quick_amounts(kr(37, 45)) == (kr(37, 50), kr(50), kr(100), kr(200), kr(500))
    assert quick_amounts(kr(200)) == (kr(200), kr(500))
    assert quick_amounts(Amount(-5_20)) == (kr(-5),)


@given(st.integers(1, 10**8))
def test_quick_amounts_pay_the_sale_and_ascend(due: int) -> None:
    quick = quick_amounts(Amount(due))
    assert quick[0] == cash_due(Amount(due))
    assert list(quick) == sorted(set(quick))
    assert len(quick) <= 5
    assert all(is_cash(amount) for amount in quick)
