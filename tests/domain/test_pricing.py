"""What a basket costs: the laws that pricing.py names, and the sums a shop can check by hand."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.item import ONE, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.pricing import (
    discount_of,
    gross_of,
    price,
    returned_amount,
    shown_quantity,
    takes_discount,
    vat_table,
)
from terminal.domain.sale import Basket, Discount, Line, ReturnOf
from tests.domain.baskets import RATES, baskets, discounts
from tests.domain.playbook import BOOK, BOTTLE, CHEESE, MILK, SCREWS, kr, off


@given(baskets())
def test_lines_discounts_vat_and_total_agree(basket: Basket) -> None:
    priced = price(basket)
    assert [each.line for each in priced.lines] == list(basket.lines)
    assert sum(each.amount for each in priced.lines) == priced.total
    assert sum(each.gross for each in priced.lines) - priced.discount == priced.total
    for each in priced.lines:
        assert each.amount == each.gross - each.line_discount - each.sale_discount
    assert sum(vat.gross for vat in priced.vat) == priced.total
    assert all(vat.net + vat.vat == vat.gross for vat in priced.vat)
    assert [vat.rate for vat in priced.vat] == sorted({line.item.vat_rate for line in basket.lines}, reverse=True)


@given(baskets())
def test_nobody_is_paid_to_take_something(basket: Basket) -> None:
    for each in price(basket).lines:
        assert each.line_discount >= 0
        assert each.sale_discount >= 0
        if each.line.quantity > 0:
            assert 0 <= each.amount <= each.gross
        else:
            assert each.amount == each.gross <= 0


@given(baskets())
def test_a_discount_on_the_sale_is_shared_out_to_the_last_oere(basket: Basket) -> None:
    base = sum(each.amount for each in price(Basket(basket.lines)).lines if takes_discount(each.line))
    shares = [each.sale_discount for each in price(basket).lines]
    assert sum(shares) == discount_of(basket.discount, Amount(base))


@given(st.integers(0, 10**9), discounts())
def test_a_discount_is_never_more_than_what_it_is_taken_from(base: int, discount: Discount | None) -> None:
    assert 0 <= discount_of(discount, Amount(base)) <= base
    assert discount_of(discount, Amount(-base)) == 0


@given(st.lists(st.tuples(st.sampled_from(RATES), st.integers(-(10**9), 10**9)), max_size=20))
def test_vat_is_computed_once_a_rate_and_a_return_mirrors_its_sale(amounts: list[tuple[BasisPoints, Amount]]) -> None:
    table = vat_table(amounts)
    mirror = vat_table([(rate, Amount(-amount)) for rate, amount in amounts])
    assert [(-row.gross, -row.net, -row.vat) for row in table] == [(row.gross, row.net, row.vat) for row in mirror]
    for row in table:
        assert row.gross == sum(amount for rate, amount in amounts if rate == row.rate)
        # The nearest øre: gross * rate / (1 + rate), in integers.
        assert abs(row.vat * (10_000 + row.rate) - row.gross * row.rate) * 2 <= 10_000 + row.rate


def test_vat_is_a_fifth_of_a_danish_price() -> None:
    (row,) = vat_table([(BasisPoints(2500), kr(99, 95)), (BasisPoints(2500), kr(0, 3))])
    assert (row.gross, row.net, row.vat) == (9998, 7998, 2000)


def test_a_rate_of_nothing_has_no_vat() -> None:
    (row,) = vat_table([(BasisPoints(0), kr(100))])
    assert (row.net, row.vat) == (kr(100), 0)


@given(st.integers(0, 10**7), st.integers(1, 60), st.data())
def test_bit_by_bit_gives_back_what_was_paid(paid: int, pieces: int, data: st.DataObject) -> None:
    before = given_back = 0
    while before < pieces:
        part = data.draw(st.integers(1, pieces - before))
        of = ReturnOf(1, 1, pieces * ONE, Amount(paid), before * ONE, Amount(given_back))
        money = returned_amount(of, part * ONE)
        assert money >= 0
        before, given_back = before + part, given_back + money
        assert abs(given_back * pieces - paid * before) * 2 <= pieces
    assert given_back == paid


@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(0, 10**6), st.data())
def test_never_above_what_is_left_whatever_went_before(paid: int, pieces: int, given: int, data: st.DataObject) -> None:
    """`given` need not be what the formula would have given: parts come off a sale again."""
    before = data.draw(st.integers(0, pieces - 1))
    part = data.draw(st.integers(1, pieces - before))
    given = min(given, paid)
    of = ReturnOf(1, 1, pieces * ONE, Amount(paid), before * ONE, Amount(given))
    money = returned_amount(of, part * ONE)
    assert 0 <= money <= paid - given
    if before + part == pieces:
        assert money == paid - given


@pytest.mark.parametrize(
    ("unit_price", "quantity", "gross"),
    [(kr(12, 95), 3 * ONE, kr(38, 85)), (kr(129, 50), 505, kr(65, 40)), (kr(129, 50), 1, 13), (kr(0, 1), 500, 1)],
)
def test_price_times_quantity(unit_price: Amount, quantity: int, gross: int) -> None:
    assert gross_of(unit_price, quantity) == gross


def test_line_and_sale_discounts_by_hand() -> None:
    milk = Line(1, MILK, 2 * ONE, MILK.price, discount=off(10))
    screws = Line(2, SCREWS, ONE, SCREWS.price)
    book = Line(3, BOOK, ONE, BOOK.price)
    priced = price(Basket((milk, screws, book), off(amount=kr(20))))
    # 25.90 less 2.59 = 23.31; 20.00 over 23.31 : 100 : 100 = 2.09 : 8.96 : 8.95
    assert [each.line_discount for each in priced.lines] == [259, 0, 0]
    assert [each.sale_discount for each in priced.lines] == [209, 896, 895]
    assert priced.total == kr(203, 31)
    assert priced.discount == kr(22, 59)
    assert [(row.rate, row.gross, row.vat) for row in priced.vat] == [(2500, 11226, 2245), (0, 9105, 0)]


def test_deposits_and_returns_take_no_part_in_discounts() -> None:
    bottle = Line(1, BOTTLE, ONE, BOTTLE.price, discount=off(50))
    screws = Line(2, SCREWS, ONE, SCREWS.price)
    back = Line(3, MILK, -ONE, MILK.price, returned=ReturnOf(1, 1, ONE, kr(10), 0))
    priced = price(Basket((bottle, screws, back), off(50)))
    assert [each.amount for each in priced.lines] == [kr(1), kr(50), kr(-10)]


def test_an_empty_basket_costs_nothing() -> None:
    assert price(Basket((), off(amount=kr(5)))).total == 0
    assert price(Basket((), off(amount=kr(5)))).vat == ()


@given(baskets())
def test_a_basket_is_written_down_and_read_again(basket: Basket) -> None:
    assert msgspec.json.decode(msgspec.json.encode(basket), type=Basket) == basket


@pytest.mark.parametrize(
    ("quantity", "unit", "shown"),
    [
        (3 * ONE, Unit.PIECE, "3"),
        (-ONE, Unit.PIECE, "-1"),
        (1505, Unit.GRAM, "1.505"),
        (-5, Unit.GRAM, "-0.005"),
        (1500, Unit.PIECE, "1.500"),
    ],
)
def test_a_quantity_in_plain_digits(quantity: int, unit: Unit, shown: str) -> None:
    assert shown_quantity(quantity, unit) == shown


def test_weighed_goods_by_hand() -> None:
    (line,) = price(Basket((Line(1, CHEESE, 1505, CHEESE.price, Unit.GRAM),))).lines
    assert line.amount == kr(194, 90)
