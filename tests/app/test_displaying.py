"""What stands on a customer display of two lines, through whole sales, in both languages."""

import anyio
import pytest

from terminal.app.changes import Changes
from terminal.app.checkout import Checkout
from terminal.app.displaying import DisplayDesk, beside, idle_lines
from terminal.domain import commands as c
from terminal.domain.item import Item, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.refunds import Origin
from terminal.domain.sale import Discount
from terminal.texts import language
from tests.app.lane import PATIENCE, Lane, running

pytestmark = pytest.mark.anyio

RYE = Item("1", "Rugbrød", Amount(22_95), BasisPoints(2500))
LONG = Item("2", "Økologisk håndskåret spegepølse fra Læsø", Amount(1_049_95), BasisPoints(2500))
TOMATOES = Item("3", "Tomater", Amount(29_95), BasisPoints(2500), Unit.GRAM)
COLA = Item("4", "Cola 1,5 l", Amount(21_00), BasisPoints(2500))
DEPOSIT = Item("5", "Pant B", Amount(1_50), BasisPoints(2500), is_deposit=True)


class Pole:
    """A display that remembers."""

    def __init__(self) -> None:
        self.now = ("", "")
        self.changes = Changes()

    def show(self, top: str, bottom: str) -> None:
        assert len(top) <= 20
        assert len(bottom) <= 20
        self.now = (top, bottom)
        self.changes.tell()


class Counter:
    """A lane with a pole; `see` compares what the customer sees."""

    def __init__(self, code: str = "da") -> None:
        self.lane, self.pole = Lane(), Pole()
        self.checkout = Checkout(self.lane.changes)
        words = language(code)
        idle = idle_lines((), "Nordhavn Købmand", words)
        self.desk = DisplayDesk(self.lane.till, self.pole, self.lane.changes, self.checkout, words=words, idle=idle)

    async def see(self, top: str, bottom: str) -> None:
        """Wait until it shows that, and has nothing more to show."""
        with anyio.move_on_after(PATIENCE):
            seen = -1
            while self.pole.now != (top, bottom):
                seen = await self.pole.changes.wait(seen)
        assert self.pole.now == (top, bottom)

    async def does(self, command: c.AnyCommand, top: str, bottom: str) -> None:
        self.lane.does(command)
        await self.see(top, bottom)


async def test_a_whole_sale_in_danish() -> None:
    counter = Counter()
    async with running(counter.desk.run):
        await counter.see("  Nordhavn Købmand", "     Velkommen")
        await counter.does(c.AddItem(RYE), "Rugbrød        22,95", "I alt          22,95")
        await counter.does(c.AddItem(RYE), "2x Rugbrød     45,90", "I alt          45,90")
        await counter.does(c.AddItem(LONG), "Økologisk h 1.049,95", "I alt       1.095,85")
        await counter.does(c.AddItem(TOMATOES, 532, weighed="scale"), "0,532kg Tomate 15,93", "I alt       1.111,78")
        await counter.does(c.AddItem(COLA, deposit=DEPOSIT), "Cola 1,5 l     21,00", "I alt       1.134,28")
        await counter.does(
            c.DiscountLine(1, Discount("x", BasisPoints(1000))), "2x Rugbrød     41,31", "I alt       1.129,69"
        )
        counter.lane.does(c.RemoveLine(2))
        await counter.see("Økologisk  -1.049,95", "I alt          79,74")
        await counter.does(c.Undo(), "Økologisk h 1.049,95", "I alt       1.129,69")
        counter.lane.does(c.RemoveLine(2))
        counter.checkout.begin(1)
        await counter.see("At betale", "               79,74")
        counter.checkout.end()
        await counter.see("Økologisk  -1.049,95", "I alt          79,74")
        counter.checkout.begin(1)
        await counter.does(c.PayCash(Amount(100_00)), "I alt          79,50", "Byttepenge     20,50")
        await counter.does(c.AddItem(RYE), "Rugbrød        22,95", "I alt          22,95")
        await counter.does(c.VoidSale("x"), "  Nordhavn Købmand", "     Velkommen")


async def test_a_sale_paid_in_parts_and_exactly_in_english() -> None:
    counter = Counter("en")
    async with running(counter.desk.run):
        await counter.see("  Nordhavn Købmand", "      Welcome")
        counter.lane.does(c.AddItem(COLA), c.PayCash(Amount(10_00)))
        await counter.see("To pay", "               11.00")
        await counter.does(c.PayCash(Amount(11_00)), "Total          21.00", "Paid. Thank you")


async def test_money_that_goes_back() -> None:
    counter = Counter("en")
    async with running(counter.desk.run):
        counter.lane.does(c.AddItem(COLA), c.PayCash(Amount(21_00)))
        receipt = counter.lane.state.last
        assert receipt is not None
        await counter.does(c.ReturnLine(receipt, 1, 1000, {}, {}), "Cola 1,5 l    -21.00", "Total         -21.00")
        counter.checkout.begin(2)
        await counter.see("You get back", "               21.00")
        # To the customer, not to the cashier: nobody asks them to pay back.
        await counter.does(c.PayBack((Origin(receipt, {}),)), "Paid out       21.00", "Thank you")


async def test_the_largest_amounts_keep_their_digits() -> None:
    assert beside("Økologisk spegepølse", "-9.999.999.999,00") == "Øk -9.999.999.999,00"
    assert len(beside("Total", "9.999.999,00")) == 20


async def test_a_shop_may_say_its_own_two_lines() -> None:
    words = language("da")

    assert idle_lines(("Åbent til 20", "i dag"), "Shop", words) == ("    Åbent til 20", "       i dag")
    assert idle_lines(("Only one",), "Shop", words) == ("      Only one", "")
    assert idle_lines((), "A shop whose name is far too long", words)[0] == "A shop whose name is"


async def test_another_sale_taken_up_shows_its_own_line() -> None:
    counter = Counter()
    async with running(counter.desk.run):
        counter.lane.does(c.AddItem(RYE), c.AddItem(COLA), c.ParkSale(), c.AddItem(TOMATOES, 1000, weighed="typed"))
        await counter.see("1,000kg Tomate 29,95", "I alt          29,95")
        await counter.does(c.ResumeSale(1), "Cola 1,5 l     21,00", "I alt          43,95")


async def test_after_a_start_nobody_is_shown_the_change_of_the_one_before() -> None:
    counter = Counter()
    counter.lane.does(c.AddItem(RYE), c.PayCash(Amount(100_00)))
    again = DisplayDesk(
        counter.lane.till,
        counter.pole,
        counter.lane.changes,
        counter.checkout,
        words=language("da"),
        idle=("Hej", ""),
    )
    async with running(again.run):
        await counter.see("Hej", "")
