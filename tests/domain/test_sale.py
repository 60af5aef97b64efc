"""A sale takes shape: items on, off, again, undone, parked. Given / when / then, a few lines each."""

import msgspec
import pytest

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason
from terminal.domain.item import ONE
from terminal.domain.receipt import Moment
from terminal.domain.sale import MAX_LINES, MAX_PRICE, MAX_QUANTITY
from tests.domain.playbook import BEER, BOTTLE, BREAD, CHEESE, GIN, MILK, SCREWS, Playbook, kr, off


def test_scans_make_lines() -> None:
    till = Playbook()
    till.adds(MILK, BREAD)
    assert till.lines == [("Sødmælk 1 l", ONE, kr(12, 95)), ("Rugbrød", ONE, kr(24, 50))]
    assert till.total == kr(37, 45)


def test_the_same_again_counts_up() -> None:
    till = Playbook()
    till.adds(MILK, MILK)
    assert isinstance(till.history[-1], e.QuantityChanged)
    assert till.lines == [("Sødmælk 1 l", 2 * ONE, kr(25, 90))]


def test_the_same_after_another_is_a_line_of_its_own() -> None:
    till = Playbook()
    till.adds(MILK, BREAD, MILK)
    assert [quantity for _, quantity, _ in till.lines] == [ONE, ONE, ONE]


@pytest.mark.parametrize(
    "change",
    [
        c.DiscountLine(1, off(10)),
        c.OverridePrice(1, kr(10), "Beskadiget", "Ida"),
    ],
)
def test_the_same_does_not_join_a_line_that_somebody_changed(change: c.AnyCommand) -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(change)
    till.adds(MILK)
    assert len(till.lines) == 2
    assert till.lines[1][2] == MILK.price


def test_another_price_lot_or_date_is_another_line() -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(c.AddItem(MILK, lot="A"))
    till.does(c.AddItem(MILK, lot="A", expiry="2026-12-01"))
    till.does(c.AddItem(MILK, price=kr(5)))
    till.adds(msgspec.structs.replace(MILK, price=kr(13)))
    assert len(till.lines) == 5


def test_a_new_deposit_price_is_another_line() -> None:
    till = Playbook()
    till.adds(BEER, deposit=BOTTLE)
    till.adds(BEER, deposit=msgspec.structs.replace(BOTTLE, price=kr(1, 50)))
    assert till.total == 2 * BEER.price + kr(2, 50)


def test_weighed_goods_are_weighed_each_time() -> None:
    till = Playbook()
    till.adds(CHEESE, quantity=505)
    till.adds(CHEESE, quantity=505)
    assert till.lines == [("Danbo 45+", 505, kr(65, 40)), ("Danbo 45+", 505, kr(65, 40))]


def test_an_unweighed_item_asks_for_its_weight() -> None:
    till = Playbook()
    assert till.refuses(c.AddItem(CHEESE, quantity=None)) is Reason.WEIGHT_NEEDED


def test_a_price_in_the_barcode_needs_no_weight() -> None:
    till = Playbook()
    till.does(c.AddItem(CHEESE, quantity=None, price=kr(42, 75)))
    assert till.lines == [("Danbo 45+", ONE, kr(42, 75))]
    assert till.refuses(c.ChangeQuantity(1, 500)) is Reason.BAD_QUANTITY


def test_a_deposit_comes_and_goes_with_its_item() -> None:
    till = Playbook()
    till.adds(BEER, deposit=BOTTLE)
    till.adds(BEER, deposit=BOTTLE)
    assert till.lines == [("Pilsner 33 cl", 2 * ONE, kr(19, 90)), ("Pant A", 2 * ONE, kr(2))]
    till.does(c.ChangeQuantity(2, 6 * ONE))  # the deposit's line stands for its item
    assert [quantity for _, quantity, _ in till.lines] == [6 * ONE, 6 * ONE]
    till.does(c.RemoveLine(2))
    assert till.lines == []


def test_a_weighed_item_brings_no_deposit() -> None:
    till = Playbook()
    till.adds(CHEESE, quantity=300, deposit=BOTTLE)
    assert len(till.lines) == 1


@pytest.mark.parametrize("quantity", [0, -ONE, MAX_QUANTITY + ONE, 1_500])
def test_quantities_that_cannot_be(quantity: int) -> None:
    till = Playbook()
    assert till.refuses(c.AddItem(MILK, quantity)) is Reason.BAD_QUANTITY
    till.adds(MILK)
    assert till.refuses(c.ChangeQuantity(1, quantity)) is Reason.BAD_QUANTITY


@pytest.mark.parametrize("price", [-1, MAX_PRICE + 1])
def test_prices_that_cannot_be(price: int) -> None:
    till = Playbook()
    assert till.refuses(c.AddItem(MILK, price=kr(0, price))) is Reason.BAD_AMOUNT
    till.adds(MILK)
    assert till.refuses(c.OverridePrice(1, kr(0, price), "Fejl", "Ida")) is Reason.BAD_AMOUNT


def test_out_of_date_goods_are_not_sold() -> None:
    till = Playbook()
    evening = Moment(1_795_561_200_000, "2026-11-24T23:59:59+01:00")
    assert till.refuses(c.AddItem(MILK, expiry="2026-11-23"), evening) is Reason.EXPIRED
    till.does(c.AddItem(MILK, expiry="2026-11-24"), evening)


def test_a_sale_has_room_for_so_many_lines() -> None:
    till = Playbook()
    for n in range(MAX_LINES - 1):
        till.adds(msgspec.structs.replace(MILK, sku=str(n)))
    assert till.refuses(c.AddItem(BEER, deposit=BOTTLE)) is Reason.TOO_MANY_LINES
    till.adds(BEER)
    assert till.refuses(c.AddItem(BREAD)) is Reason.TOO_MANY_LINES
    till.adds(BEER)  # one more of the last needs no line


@pytest.mark.parametrize(
    "command",
    [
        c.RemoveLine(1),
        c.ChangeQuantity(1, ONE),
        c.DiscountLine(1, None),
        c.DiscountSale(None),
        c.Undo(),
        c.VoidSale("x"),
        c.ParkSale(),
        c.PayCash(kr(100)),
        c.PayBy("card"),
        c.ConfirmAge(),
        c.OverridePrice(1, kr(1), "x", "Ida"),
    ],
)
def test_without_a_sale_there_is_nothing_to_do(command: c.AnyCommand) -> None:
    assert Playbook().refuses(command) is Reason.NO_SALE


@pytest.mark.parametrize(
    "command",
    [
        c.RemoveLine(9),
        c.ChangeQuantity(9, ONE),
        c.DiscountLine(9, None),
        c.OverridePrice(9, kr(1), "x", "Ida"),
    ],
)
def test_a_line_that_is_not_there(command: c.AnyCommand) -> None:
    till = Playbook()
    till.adds(MILK)
    assert till.refuses(command) is Reason.NO_SUCH_LINE


# Discounts and prices


def test_a_discount_needs_a_reason_and_one_kind() -> None:
    till = Playbook()
    till.adds(SCREWS)
    for each in (c.DiscountSale, lambda discount: c.DiscountLine(1, discount)):
        assert till.refuses(each(off(10, reason=" \n "))) is Reason.REASON_NEEDED
        assert till.refuses(each(off())) is Reason.BAD_DISCOUNT
        assert till.refuses(each(off(10, kr(1)))) is Reason.BAD_DISCOUNT
        assert till.refuses(each(off(101))) is Reason.BAD_DISCOUNT
        assert till.refuses(each(off(-1))) is Reason.BAD_DISCOUNT
        assert till.refuses(each(off(amount=kr(100, 1)))) is Reason.BAD_DISCOUNT
        assert till.refuses(each(off(10, kr(-5)))) is Reason.BAD_DISCOUNT


def test_a_discount_is_given_and_taken_away() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.DiscountLine(1, off(25)))
    till.does(c.DiscountSale(off(amount=kr(5))))
    assert till.total == kr(70)
    till.does(c.DiscountLine(1, None))
    till.does(c.DiscountSale(None))
    assert till.total == kr(100)


def test_everything_can_be_free() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.DiscountSale(off(100)))
    assert till.refuses(c.PayBy("card")) is Reason.NOTHING_DUE
    receipt = till.pays_cash()
    assert receipt is not None
    assert (receipt.total, receipt.tenders) == (0, ())


def test_a_deposit_takes_no_discount_and_no_other_price() -> None:
    till = Playbook()
    till.adds(BEER, deposit=BOTTLE)
    assert till.refuses(c.DiscountLine(2, off(10))) is Reason.NOT_DISCOUNTABLE
    assert till.refuses(c.OverridePrice(2, kr(0), "x", "Ida")) is Reason.NOT_DISCOUNTABLE
    till.does(c.OverridePrice(1, kr(8), "x", "Ida"))
    assert till.total == kr(9)


def test_a_basket_of_deposits_alone_takes_no_discount() -> None:
    till = Playbook()
    till.adds(BOTTLE)
    assert till.refuses(c.DiscountSale(off(10))) is Reason.BAD_DISCOUNT


def test_an_override_needs_somebody_and_a_reason() -> None:
    till = Playbook()
    till.adds(SCREWS)
    assert till.refuses(c.OverridePrice(1, kr(80), "x", "")) is Reason.APPROVAL_NEEDED
    assert till.refuses(c.OverridePrice(1, kr(80), "", "Ida")) is Reason.REASON_NEEDED
    till.does(c.OverridePrice(1, kr(80), "Beskadiget", "Ida"))
    assert till.total == kr(80)


# Undo


def test_undo_takes_back_the_last_change_once() -> None:
    till = Playbook()
    till.adds(MILK, SCREWS)
    till.does(c.DiscountSale(off(50)))
    till.does(c.Undo())
    assert till.total == kr(112, 95)
    assert till.refuses(c.Undo()) is Reason.NOTHING_TO_UNDO


def test_undo_of_a_removal_brings_the_line_back_as_it_was() -> None:
    till = Playbook()
    till.adds(BEER, deposit=BOTTLE)
    till.does(c.DiscountLine(1, off(10)))
    before = till.lines
    till.does(c.RemoveLine(1))
    till.does(c.Undo())
    assert till.lines == before


def test_a_line_number_is_never_used_again() -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(c.Undo())
    till.adds(BREAD)
    assert till.state.sale is not None
    assert [line.id for line in till.state.sale.basket.lines] == [2]


# Void, park, resume


def test_a_void_needs_a_reason_and_keeps_what_it_stood_at() -> None:
    till = Playbook()
    till.adds(MILK, BREAD)
    assert till.refuses(c.VoidSale("")) is Reason.REASON_NEEDED
    voided = till.does(c.VoidSale("Kunden gik"))
    assert voided == e.SaleVoided(1, "Kunden gik", kr(37, 45), 2)
    assert till.state.sale is None


def test_an_empty_sale_is_voided_without_a_word() -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(c.Undo())
    assert till.refuses(c.ParkSale()) is Reason.EMPTY
    assert till.refuses(c.PayCash(kr(10))) is Reason.EMPTY
    voided = till.does(c.VoidSale(" long " * 100))
    assert isinstance(voided, e.SaleVoided)
    assert len(voided.reason) == 100


def test_park_and_resume() -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(c.ParkSale("  Fru   Olsen "))
    till.adds(BREAD)
    assert [(sale.id, sale.parked_as) for sale in till.state.parked] == [(1, "Fru Olsen")]
    till.does(c.ResumeSale(1))
    assert till.total == MILK.price
    assert [sale.id for sale in till.state.parked] == [2]
    assert till.refuses(c.ResumeSale(7)) is Reason.NO_SUCH_SALE


def test_an_emptied_sale_is_not_parked_when_another_is_taken_up() -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(c.ParkSale())
    till.adds(BREAD)
    till.does(c.RemoveLine(1))
    till.does(c.ResumeSale(1))
    assert list(till.state.sales) == [1]
    till.does(c.VoidSale("Kunden gik"))
    till.adds(BREAD)
    assert till.state.current == 3  # its number is not used again


def test_only_so_many_sales_at_once_whatever_begins_them() -> None:
    till = Playbook()
    receipt = till.sells(SCREWS)
    for _ in range(50):
        till.adds(MILK)
        till.does(c.ParkSale())
    assert till.refuses(c.AddItem(MILK)) is Reason.TOO_MANY_SALES
    assert till.refuses(till.return_of(receipt)) is Reason.TOO_MANY_SALES
    till.does(c.ResumeSale(2))
    till.adds(MILK)


# Age


def test_the_highest_age_limit_is_asked_for_once() -> None:
    till = Playbook()
    till.adds(BEER, GIN)
    assert till.refuses(c.PayCash(kr(500))) is Reason.AGE_CHECK_NEEDED
    assert till.refuses(c.PayBy("card")) is Reason.AGE_CHECK_NEEDED
    assert till.does(c.ConfirmAge()) == e.AgeConfirmed(1, 18)
    assert till.pays_cash(kr(500)) is not None


def test_what_was_confirmed_for_less_is_asked_again_for_more() -> None:
    till = Playbook()
    till.adds(BEER)
    till.does(c.ConfirmAge())
    till.adds(GIN)
    assert till.refuses(c.PayCash(kr(500))) is Reason.AGE_CHECK_NEEDED


def test_a_confirmed_age_is_not_forgotten_for_a_lower_one() -> None:
    till = Playbook()
    till.adds(GIN)
    till.does(c.ConfirmAge())
    till.does(c.RemoveLine(1))
    till.adds(BEER)
    till.does(c.ConfirmAge())
    till.adds(GIN)
    assert till.pays_cash(kr(500)) is not None


def test_nobody_is_asked_for_their_age_when_a_bottle_comes_back() -> None:
    till = Playbook()
    till.adds(GIN)
    till.does(c.ConfirmAge())
    receipt = till.pays_cash(kr(200))
    assert receipt is not None
    till.gives_back(receipt)
    assert till.pays_cash() is not None
