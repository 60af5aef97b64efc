"""The scale on the cashier's screen: what it shows, live, and the ways to a weight."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from terminal.app.ports.device import Problem
from tests.app.plate import Plate
from tests.web.client import Screen, following
from tests.web.shop import Shop, open_shop, serving

pytestmark = pytest.mark.anyio

TOMATOES = "3001"


@pytest.fixture
def plate() -> Plate:
    return Plate()


@pytest.fixture
async def shop(tmp_path: Path, plate: Plate) -> AsyncIterator[Shop]:
    with open_shop(tmp_path, scale=plate) as closed:
        async with serving(closed) as shop:
            yield shop


@pytest.fixture
async def screen(shop: Shop) -> AsyncIterator[Screen]:
    async with following(shop.address) as screen:
        yield screen


async def test_a_touch_takes_the_weight_and_opens_nothing(screen: Screen, plate: Plate) -> None:
    plate.put(532)
    await screen.touch("/till/add", sku=TOMATOES)

    await screen.shows("lines", "0,532", "Tomater", "15,93")
    await screen.heard("good")
    assert "weight" not in str(screen.regions["dialog"])


async def test_an_empty_scale_opens_the_dialog_which_follows_it(screen: Screen, plate: Plate) -> None:
    await screen.touch("/till/add", sku=TOMATOES)
    await screen.shows("dialog", "Tomater", "Læg den på vægten", " disabled")
    await screen.heard("bad")

    plate.says(Problem.MOTION)
    await screen.shows("dialog", "falder ikke til ro")
    plate.put(532)
    await screen.shows("dialog", "0,532 kg")
    await screen.lacks("dialog", " disabled")
    await screen.touch("/till/weigh-again", sku=TOMATOES)
    await screen.shows("lines", "0,532", "15,93")
    await screen.shows("dialog", "hidden")


async def test_what_was_sold_already_says_so_and_can_be_sold_once_more(screen: Screen, plate: Plate) -> None:
    plate.put(532)
    await screen.touch("/till/add", sku=TOMATOES)
    await screen.shows("lines", "15,93")
    await screen.touch("/till/add", sku=TOMATOES)
    await screen.shows("dialog", "solgt allerede", "0,532 kg")

    # Enter in the empty field means the scale too.
    await screen.touch("/till/weigh", sku=TOMATOES, grams="")
    await screen.shows("lines", "31,86")


async def test_grams_can_still_be_typed_and_are_marked(screen: Screen, plate: Plate) -> None:
    plate.says(Problem.NO_ANSWER)
    await screen.touch("/till/add", sku=TOMATOES)
    await screen.shows("dialog", "svarer ikke")
    await screen.touch("/till/weigh", sku=TOMATOES, grams=250)

    await screen.shows("lines", "0,250", "vægt indtastet")


@pytest.mark.parametrize(("path", "grams"), [("/till/weigh-again", None), ("/till/weigh", 250)])
async def test_a_second_touch_on_the_same_button_sells_nothing(
    shop: Shop, screen: Screen, plate: Plate, path: str, grams: int | None
) -> None:
    await screen.touch("/till/add", sku=TOMATOES)
    await screen.shows("dialog", "Læg den på vægten")
    plate.put(532)
    for _ in range(2):
        await screen.touch(path, sku=TOMATOES, **({} if grams is None else {"grams": grams}))
        await screen.shows("lines", "Tomater")
    await screen.touch("/till/close")

    sale = shop.parts.till.state.sale
    assert sale is not None
    assert [line.quantity for line in sale.basket.lines] == [grams or 532]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/till/cash", {"amount": "10000"}),
        ("/till/by", {"means": "card"}),
        ("/till/account", {"paid": "0", "customer": "17"}),
        ("/till/gift", {"paid": "0", "number": "1"}),
        ("/till/other", {"paid": "0", "kind": "voucher", "amount": "10", "reference": "A7"}),
        ("/till/pay-back", {}),
    ],
)
async def test_nothing_is_paid_while_something_is_weighed(
    shop: Shop, screen: Screen, plate: Plate, path: str, fields: dict[str, str]
) -> None:
    shop.scan("5700000010010")
    plate.hold()
    await screen.touch("/till/add", sku=TOMATOES)
    answer = await screen.touch(path, sale=1, **fields)

    assert answer.status_code == 409
    await screen.shows("toast", "Tomater", "vejes")
    assert shop.parts.till.state.current == 1
    plate.let_go()


async def test_no_payment_begins_while_something_is_weighed(screen: Screen, shop: Shop, plate: Plate) -> None:
    shop.scan("5700000010010")
    plate.hold()
    await screen.touch("/till/add", sku=TOMATOES)
    answer = await screen.touch("/till/pay", sale=1)

    assert answer.status_code == 409
    await screen.shows("toast", "Tomater", "vejes")
    plate.let_go()
