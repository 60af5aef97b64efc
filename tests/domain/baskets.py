"""Baskets as Hypothesis makes them: any mix of items, quantities, discounts, overrides and VAT rates."""

from hypothesis import strategies as st

from terminal.domain.item import ONE, Item, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.sale import MAX_PRICE, MAX_QUANTITY, Basket, Discount, Line, ReturnOf

RATES = (BasisPoints(0), BasisPoints(600), BasisPoints(1225), BasisPoints(2500))
prices = st.integers(0, 50_000) | st.integers(0, MAX_PRICE)


@st.composite
def discounts(draw: st.DrawFn) -> Discount | None:
    """None, some percent, or some kroner."""
    kind = draw(st.sampled_from(["none", "percent", "amount"]))
    if kind == "none":
        return None
    if kind == "percent":
        return Discount("x", percent=BasisPoints(draw(st.integers(1, 10_000))))
    return Discount("x", amount=Amount(draw(st.integers(1, 100_000))))


@st.composite
def lines(draw: st.DrawFn, number: int) -> Line:
    """A line that is bought."""
    unit = draw(st.sampled_from(Unit))
    pieces = st.integers(1, 20) | st.integers(1, MAX_QUANTITY // ONE)
    quantity = draw(pieces) * ONE if unit is Unit.PIECE else draw(st.integers(1, 20_000))
    price = Amount(draw(prices))
    item = Item(f"{number}", f"Item {number}", price, draw(st.sampled_from(RATES)), unit)
    return Line(number, item, quantity, price, unit, discount=draw(discounts()))


@st.composite
def returns(draw: st.DrawFn, number: int) -> Line:
    """A line that comes back."""
    sold = draw(st.integers(1, 50)) * ONE
    paid = Amount(draw(st.integers(0, 1_000_000)))
    quantity = draw(st.integers(1, sold // ONE)) * ONE
    before = draw(st.integers(0, (sold - quantity) // ONE)) * ONE
    given = Amount(draw(st.integers(0, paid)) if before else 0)
    item = Item(f"{number}", f"Item {number}", paid, draw(st.sampled_from(RATES)))
    return Line(number, item, -quantity, paid, returned=ReturnOf(1, number, sold, paid, before, given))


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """A basket of up to a dozen lines."""
    count = draw(st.integers(0, 12))
    made = [draw(st.one_of(lines(n), lines(n), returns(n))) for n in range(1, count + 1)]
    return Basket(tuple(made), draw(discounts()))
