"""Goods come back: what was paid, never an øre more, over any number of returns and open sales."""

from terminal.domain import commands as c
from terminal.domain.errors import Reason
from terminal.domain.item import ONE
from terminal.domain.money import Amount
from tests.domain.playbook import BEER, BOTTLE, CHEESE, MILK, SCREWS, Playbook, kr, off


def bought_three_for_100(till: Playbook) -> None:
    """Receipt 1: three for 100.00, which no third divides."""
    till.adds(SCREWS, quantity=3 * ONE)
    till.does(c.DiscountLine(1, off(amount=kr(200))))
    till.pays_cash(kr(100))


def returns_one(till: Playbook) -> Amount:
    till.gives_back(till.receipts[0])
    receipt = till.pays_cash()
    assert receipt is not None
    return Amount(-receipt.total)


def test_one_by_one_gives_back_all() -> None:
    till = Playbook()
    bought_three_for_100(till)
    assert [returns_one(till) for _ in range(3)] == [33_33, 33_34, 33_33]
    assert till.refuses(till.return_of(till.receipts[0])) is Reason.ALREADY_RETURNED


def test_a_part_that_comes_off_the_sale_again_leaves_the_sum_right() -> None:
    till = Playbook()
    bought_three_for_100(till)
    till.gives_back(till.receipts[0])
    till.gives_back(till.receipts[0])
    till.does(c.RemoveLine(1))
    till.pays_cash()
    back = -till.receipts[-1].total + returns_one(till) + returns_one(till)
    assert back == kr(100)


def test_a_part_in_a_parked_sale_counts() -> None:
    till = Playbook()
    bought_three_for_100(till)
    till.gives_back(till.receipts[0], quantity=2 * ONE)
    till.does(c.ParkSale())
    assert till.refuses(till.return_of(till.receipts[0], quantity=2 * ONE)) is Reason.ALREADY_RETURNED
    first = returns_one(till)
    till.does(c.ResumeSale(2))
    receipt = till.pays_cash()
    assert receipt is not None
    assert first - receipt.total == kr(100)


def test_undo_does_not_bring_back_what_another_sale_has_returned() -> None:
    """A return, taken off; another sale returns the same; back in the first, undo must not return it twice."""
    till = Playbook()
    receipt = till.sells(SCREWS)
    till.adds(MILK)
    till.does(c.ParkSale())
    till.adds(MILK)
    till.gives_back(receipt)
    till.does(c.RemoveLine(2))
    till.does(c.ResumeSale(2))
    till.gives_back(receipt)
    till.pays_cash()
    till.does(c.ResumeSale(3))
    assert till.refuses(c.Undo()) is Reason.NOTHING_TO_UNDO


def test_the_discount_that_was_given_is_kept() -> None:
    till = Playbook()
    till.adds(SCREWS, MILK)
    till.does(c.DiscountSale(off(20)))
    till.pays_cash(kr(100))
    till.gives_back(till.receipts[0])
    assert till.lines == [("Skruer", -ONE, kr(-80))]


def test_a_return_and_a_purchase_in_one_sale() -> None:
    till = Playbook()
    receipt = till.sells(SCREWS)
    till.gives_back(receipt)
    till.adds(MILK)
    done = till.pays_cash()
    assert done is not None
    assert (done.total, done.sold, done.given_back) == (-87_05, kr(12, 95), kr(-100))
    assert done.lines[0].returned_receipt == receipt.number


def test_a_bottle_goes_back_with_its_beer_or_alone() -> None:
    till = Playbook()
    till.adds(BEER, quantity=2 * ONE, deposit=BOTTLE)
    till.does(c.ConfirmAge())
    till.pays_cash(kr(50))
    till.gives_back(till.receipts[0], line=2)
    assert till.lines == [("Pant A", -ONE, kr(-1))]
    till.gives_back(till.receipts[0])
    assert till.total == -BEER.price - kr(2)
    till.gives_back(till.receipts[0])  # its bottle has gone back already
    assert till.total == -2 * BEER.price - kr(2)


def test_grams_come_back_in_any_part() -> None:
    till = Playbook()
    till.adds(CHEESE, quantity=1505)
    till.pays_cash(kr(200))
    till.gives_back(till.receipts[0], quantity=505)
    till.gives_back(till.receipts[0], quantity=1000)
    assert till.total == -till.receipts[0].total


def test_what_cannot_come_back() -> None:
    till = Playbook()
    receipt = till.sells(SCREWS)
    assert till.refuses(till.return_of(receipt, line=2)) is Reason.NO_SUCH_LINE
    assert till.refuses(till.return_of(receipt, quantity=0)) is Reason.BAD_QUANTITY
    assert till.refuses(till.return_of(receipt, quantity=-ONE)) is Reason.BAD_QUANTITY
    assert till.refuses(till.return_of(receipt, quantity=500)) is Reason.BAD_QUANTITY
    assert till.refuses(till.return_of(receipt, quantity=2 * ONE)) is Reason.ALREADY_RETURNED


def test_a_return_is_not_returned() -> None:
    till = Playbook()
    till.gives_back(till.sells(SCREWS))
    back = till.pays_cash()
    assert back is not None
    assert till.refuses(till.return_of(back)) is Reason.NO_SUCH_LINE


def test_a_returned_line_keeps_its_price_and_quantity() -> None:
    till = Playbook()
    till.gives_back(till.sells(SCREWS))
    assert till.refuses(c.ChangeQuantity(1, ONE)) is Reason.BAD_QUANTITY
    assert till.refuses(c.OverridePrice(1, kr(1000), "x", "Ida")) is Reason.NOT_DISCOUNTABLE
    assert till.refuses(c.DiscountLine(1, off(10))) is Reason.NOT_DISCOUNTABLE
    assert till.refuses(c.DiscountSale(off(10))) is Reason.BAD_DISCOUNT
    assert till.refuses(c.PayBy("card")) is Reason.GIVE_BACK_FIRST
