"""Weighed items and the scale: the weight goes onto the sale at once, one load pays once, and no line is lost."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from terminal.app.changes import Changes
from terminal.app.notices import Notices
from terminal.app.ports.device import Problem
from terminal.app.receipt_layout import lay_out
from terminal.app.sell import Selling
from terminal.app.till import Till
from terminal.app.weighing import WeighDesk
from terminal.domain import commands as c
from terminal.domain.codes_make import gtin, price_code, weight_code
from terminal.domain.document import Text
from terminal.domain.errors import Reason, SaleError
from terminal.domain.money import Amount
from terminal.domain.till import TillState
from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_import import import_items
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify
from terminal.store.views import SqliteViews
from tests.app.lane import PATIENCE, STARTED, Board, running
from tests.app.plate import Plate
from tests.domain.playbook import ALL

pytestmark = pytest.mark.anyio

TOMATOES, BANANAS = "3001", "3002"
TOMATO_CODE = weight_code("26", "3001", 0)
RYE = gtin("570000001001")


class Counter:
    """A till with a catalogue, a scale and a person before it."""

    def __init__(self, folder: Path) -> None:
        assert import_items(DEMO_ITEMS, folder).bad == ()
        self.journal = SqliteJournal(folder)
        self.views = SqliteViews(folder, self.journal)
        self.catalogue = SqliteCatalogue(folder)
        self.changes = Changes()
        self.till = Till(TillState(), self.journal, Board(), ALL, self.changes)
        self.till.record(STARTED)
        self.notices = Notices(self.changes)
        self.plate = Plate()
        self.desk = WeighDesk(self.till, self.plate, self.notices, self.changes)
        self.selling = Selling(self.till, self.catalogue, self.views, self.notices, weighing=self.desk)

    async def heard(self, sound: str, reason: str) -> None:
        """Wait until the newest notice is this."""
        with anyio.fail_after(PATIENCE):
            seen = -1
            while (self.notices.newest.sound, self.notices.newest.reason) != (sound, reason):
                seen = await self.changes.wait(seen)

    @property
    def lines(self) -> list[tuple[str, int, str]]:
        """SKU, quantity, and how the weight came, of each line."""
        sale = self.till.state.sale
        return [(line.item.sku, line.quantity, line.weighed) for line in sale.basket.lines] if sale else []

    def close(self) -> None:
        self.views.close()
        self.catalogue.close()
        self.journal.close()


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    try:
        yield counter
    finally:
        counter.close()


@pytest.fixture
async def counter(closed: Counter) -> AsyncIterator[Counter]:
    async with running(closed.desk.run):
        yield closed


async def test_a_touched_item_gets_what_lies_on_the_scale(counter: Counter) -> None:
    counter.plate.put(532)
    counter.selling.add(TOMATOES)
    await counter.heard("good", "scanned")

    assert counter.lines == [(TOMATOES, 532, "scale")]


async def test_a_scanned_item_without_a_weight_too_and_it_keeps_its_code(counter: Counter) -> None:
    counter.plate.put(532)
    counter.selling.scan(TOMATO_CODE)
    await counter.heard("good", "scanned")

    assert counter.lines == [(TOMATOES, 532, "scale")]
    assert counter.till.state.sales[1].basket.lines[0].code == TOMATO_CODE


async def test_a_label_with_a_weight_or_a_price_is_not_weighed(counter: Counter) -> None:
    counter.plate.put(532)
    counter.selling.scan(weight_code("26", "3001", 1505))
    counter.selling.scan(price_code("24", "4001", Amount(3575)))
    counter.selling.scan(RYE)

    assert [how for _, _, how in counter.lines] == [""] * len(counter.lines)
    assert counter.plate.asked == 0


@pytest.mark.parametrize("problem", list(Problem))
async def test_without_a_weight_nothing_is_sold_and_the_dialog_is_asked_for(counter: Counter, problem: Problem) -> None:
    counter.plate.says(problem)
    counter.selling.add(TOMATOES)
    await counter.heard("bad", Reason.WEIGHT_NEEDED)

    assert (counter.lines, counter.notices.newest.detail) == ([], TOMATOES)


async def test_the_screen_says_that_the_scale_is_waited_for(counter: Counter) -> None:
    counter.plate.hold()
    counter.plate.put(532)
    counter.selling.add(TOMATOES)
    await counter.heard("none", "scale-waits")
    assert counter.desk.busy_with == "Tomater, løs vægt"

    counter.plate.let_go()
    await counter.heard("good", "scanned")
    assert counter.desk.busy_with == ""


async def test_pieces_are_sold_while_something_is_weighed(counter: Counter) -> None:
    counter.plate.hold()
    counter.plate.put(532)
    counter.selling.add(TOMATOES)
    counter.selling.scan(RYE)
    assert counter.lines == [("1001", 1000, "")]

    counter.plate.let_go()
    await counter.heard("good", "scanned")
    await anyio.wait_all_tasks_blocked()
    assert counter.lines == [("1001", 1000, ""), (TOMATOES, 532, "scale")]


async def test_a_second_item_is_refused_while_the_first_is_weighed(counter: Counter) -> None:
    counter.plate.hold()
    counter.plate.put(532)
    counter.selling.add(TOMATOES)

    with pytest.raises(SaleError) as refused:
        counter.selling.add(BANANAS)
    assert (refused.value.reason, refused.value.detail) == (Reason.WEIGHING, "Tomater, løs vægt")
    counter.selling.scan(weight_code("26", "3002", 0))
    await counter.heard("bad", Reason.WEIGHING)


async def test_no_payment_begins_before_the_weight_is_there(counter: Counter) -> None:
    counter.selling.check_weighed()
    counter.plate.hold()
    counter.selling.scan(RYE)
    counter.selling.add(TOMATOES)

    with pytest.raises(SaleError) as refused:
        counter.selling.check_weighed()
    assert refused.value.reason is Reason.WEIGHING


async def test_the_weight_does_not_go_onto_the_next_customers_sale(counter: Counter) -> None:
    counter.plate.hold()
    counter.plate.put(532)
    counter.selling.scan(RYE)
    counter.selling.add(TOMATOES)
    counter.till.do(c.ParkSale())
    counter.selling.scan(RYE)

    counter.plate.let_go()
    await counter.heard("bad", Reason.NO_SUCH_SALE)
    assert counter.lines == [("1001", 1000, "")]


async def test_nor_when_it_was_to_open_the_sale_that_was_given_up(counter: Counter) -> None:
    counter.plate.hold()
    counter.plate.put(532)
    counter.selling.add(TOMATOES)
    counter.selling.scan(RYE)
    counter.till.do(c.VoidSale("x"))

    counter.plate.let_go()
    await counter.heard("bad", Reason.NO_SUCH_SALE)
    assert counter.lines == []


async def test_one_load_pays_once(counter: Counter) -> None:
    counter.plate.put(532)
    counter.selling.add(TOMATOES)
    await counter.heard("good", "scanned")
    assert counter.desk.is_sold

    counter.selling.add(TOMATOES)
    await counter.heard("bad", Reason.WEIGHT_NEEDED)
    assert counter.lines == [(TOMATOES, 532, "scale")]

    counter.selling.weigh_again(TOMATOES)
    await counter.heard("good", "scanned")
    assert counter.lines == [(TOMATOES, 532, "scale")] * 2


@pytest.mark.parametrize(("is_paid", "between", "sold"), [(False, False, 1), (True, False, 1), (False, True, 2)])
async def test_a_load_that_was_sold_before_a_restart_is_known(
    closed: Counter, is_paid: bool, between: bool, sold: int
) -> None:
    async with running(closed.desk.run):
        closed.plate.put(532)
        closed.selling.add(TOMATOES)
        await closed.heard("good", "scanned")
    if is_paid:
        closed.till.do(c.PayCash(Amount(100_00)))
    plate = Plate()
    plate.says(Problem.NO_ANSWER)
    desk = WeighDesk(closed.till, plate, closed.notices, closed.changes)
    if between:
        plate.says(Problem.NONE)
    plate.put(532)
    selling = Selling(closed.till, closed.catalogue, closed.views, closed.notices, weighing=desk)
    async with running(desk.run):
        selling.add(TOMATOES)
        with anyio.fail_after(PATIENCE):
            while desk.busy_with:
                await anyio.lowlevel.checkpoint()
    assert desk.is_sold
    assert len(closed.lines) == (0 if is_paid else sold)


async def test_another_load_of_the_same_weight_is_sold_without_asking(counter: Counter) -> None:
    for _ in range(2):
        counter.plate.put(532)
        counter.selling.add(TOMATOES)
        await anyio.wait_all_tasks_blocked()

    assert counter.lines == [(TOMATOES, 532, "scale")] * 2


async def test_a_weight_that_was_refused_may_be_taken_again(counter: Counter) -> None:
    counter.plate.hold()
    counter.plate.put(532)
    counter.selling.scan(RYE)
    counter.selling.add(TOMATOES)
    counter.till.do(c.PayBy("card"))
    counter.plate.let_go()
    await counter.heard("bad", Reason.PAYMENT_PENDING)

    assert not counter.desk.is_sold


async def test_what_is_typed_is_marked_on_the_line_and_the_receipt(counter: Counter) -> None:
    counter.plate.says(Problem.MOTION)
    counter.selling.scan(TOMATO_CODE)
    await counter.heard("bad", Reason.WEIGHT_NEEDED)
    counter.selling.add_typed(TOMATOES, 532)
    assert counter.lines == [(TOMATOES, 532, "typed")]
    assert counter.till.state.sales[1].basket.lines[0].code == TOMATO_CODE

    counter.till.do(c.PayCash(Amount(100_00)))
    receipt = counter.till.state.last
    assert receipt is not None
    assert receipt.lines[0].weighed == "typed"
    assert Text("  Weight entered by hand") in lay_out(receipt, "en")
    assert verify(counter.journal).problems == ()


async def test_a_weight_that_is_changed_on_the_pad_is_a_typed_one(counter: Counter) -> None:
    counter.plate.put(532)
    counter.selling.add(TOMATOES)
    await counter.heard("good", "scanned")
    counter.till.do(c.ChangeQuantity(1, 1000))
    assert counter.lines == [(TOMATOES, 1000, "typed")]

    counter.till.do(c.Undo())
    assert counter.lines == [(TOMATOES, 532, "scale")]


async def test_a_till_without_a_scale_asks_for_grams(closed: Counter) -> None:
    selling = Selling(closed.till, closed.catalogue, closed.views, closed.notices)

    with pytest.raises(SaleError) as refused:
        selling.add(TOMATOES)
    assert refused.value.reason is Reason.WEIGHT_NEEDED
    selling.add_typed(TOMATOES, 250)
    assert closed.lines == [(TOMATOES, 250, "typed")]
