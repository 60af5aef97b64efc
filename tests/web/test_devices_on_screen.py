"""How devices show, and what a person can do about them."""

import anyio
import msgspec
import pytest

from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.domain import commands as c
from terminal.domain.order import Order, OrderLine
from terminal.domain.payment import CardSlip
from tests.web.client import Screen
from tests.web.shop import PIN, Shop

pytestmark = pytest.mark.anyio

BREAD = "5700000010010"
ORDER = Order("kitchen", 7, "2026-11-24T13:00:00+01:00", "Anna", (OrderLine(1, "Rugbrød", 2000),), "1-42", "Bord 4")


async def sell(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    sale = shop.parts.till.state.current
    await screen.touch("/till/pay", sale=sale)
    await screen.touch("/till/cash", sale=sale, amount=5000)
    await screen.view("change")


async def test_a_device_that_is_not_well_says_what_to_do(shop: Shop, screen: Screen) -> None:
    await screen.lacks("alerts", "Sæt en ny rulle i")
    shop.parts.board.tell("printer", Health(State.DOWN, Problem.PAPER_OUT))
    await screen.shows("alerts", "Printeren “printer” er løbet tør for papir.", "Sæt en ny rulle i.")
    await screen.shows("devices", 'id="dev-printer" class="down"')
    shop.parts.board.tell("printer", Health(State.OK))
    await screen.shows("alerts", 'aria-live="polite"></section>')


async def test_a_print_that_failed_can_be_tried_again(shop: Shop, screen: Screen) -> None:
    shop.paper.outcome = NotPrinted(Problem.COVER_OPEN)
    await sell(shop, screen)
    await screen.shows("alerts", "Bon 1-1 er ikke skrevet ud.", "Prøv igen")
    shop.paper.outcome = Printed(confirmed=True)
    await screen.touch("/till/print/again", job=1)
    await screen.shows("alerts", "></section>")
    assert len(shop.paper.printed) == 1


async def test_a_print_that_is_not_needed(shop: Shop, screen: Screen) -> None:
    shop.paper.outcome = NotPrinted(Problem.COVER_OPEN)
    await sell(shop, screen)
    await screen.shows("alerts", "Ikke nødvendig")
    await screen.touch("/till/print/done", job=1)
    await screen.shows("alerts", "></section>")
    assert (await screen.touch("/till/print/done", job=1)).status_code == 409


async def test_a_question_is_asked_before_what_prints_itself_is_told_of(shop: Shop, screen: Screen) -> None:
    shop.paper.outcome = NotPrinted(Problem.PAPER_OUT)
    await sell(shop, screen)
    await screen.shows("alerts", "Bon 1-1 er ikke skrevet ud.")
    shop.paper.outcome = PrintUnknown(Problem.LOST)
    shop.parts.till.do(c.WantCopy(order=ORDER))
    await screen.shows("alerts", "Blev bestilling 1-42 Bord 4 skrevet ud?", "(+1)")
    await screen.lacks("alerts", "Bon 1-1")


async def test_a_print_nobody_knows_of_is_a_question_with_what_to_look_for(shop: Shop, screen: Screen) -> None:
    shop.paper.outcome = PrintUnknown(Problem.LOST)
    await sell(shop, screen)
    await screen.shows("alerts", "Blev bon 1-1 skrevet ud?", "hænger en hel bon", "Den er skrevet ud", "Udskriv kopi")
    shop.paper.outcome = Printed(confirmed=True)
    await screen.touch("/till/print/copy", job=1)
    await screen.shows("alerts", "></section>")
    assert any("KOPI" in repr(element) for element in shop.paper.printed[0])


async def test_a_copy_of_an_earlier_receipt(shop: Shop, screen: Screen) -> None:
    await sell(shop, screen)
    await screen.touch("/till/open", dialog="copies")
    await screen.shows("dialog", "Kopi af bon", 'value="1-1"')
    await screen.touch("/till/copy", receipt="1-1")
    await screen.shows("toast", "Bon 1-1 udskrives igen.")
    await screen.shows("dialog", "hidden")


async def test_the_drawer_opens_with_a_reason(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/open", dialog="drawer")
    await screen.shows("dialog", "Hente byttepenge")
    refused = await screen.touch("/till/drawer", reason="")
    assert (refused.status_code, refused.text) == (409, "Vælg en grund.")
    await screen.touch("/till/drawer", reason="change")
    await screen.shows("dialog", "hidden")
    assert shop.cashbox.opened == 1


async def test_the_status_page(shop: Shop, screen: Screen) -> None:
    await sell(shop, screen)
    shop.parts.board.tell("scanner", Health(State.DOWN, Problem.NOT_FOUND, "no device at /dev/input/event7"))
    await screen.touch("/status/receipt", receipt="1-1")
    page = (await screen.http.get("/status")).text
    for wanted in (
        "Scanneren er der ikke.",
        "no device at /dev/input/event7",
        "udgave 1, 51 varer",
        "1-1",
        "Nordhavn Købmand",
        "Rugbrød med kerner",
        "Moms 25 %",
        "SQLite",
        "Udskriv kopi",
    ):
        assert wanted in page, wanted


async def test_the_status_page_of_a_till_that_has_sold_nothing(shop: Shop, screen: Screen) -> None:
    page = (await screen.http.get("/status")).text
    assert "Ingen boner endnu." in page
    assert "Tryk på en bon for at se den." in page


async def test_items_that_cannot_be_read_are_said_and_the_rest_works(shop: Shop, screen: Screen) -> None:
    shop.scan(BREAD)
    await screen.shows("lines", "Rugbrød")
    shop.parts.catalogue.path.write_bytes(b"no catalogue any more" * 1000)  # type: ignore[attr-defined]
    await screen.touch("/till/department", department="Mejeri")
    await screen.shows("right", "Det kan ikke vises")
    answer = await screen.http.post("/till/scan", data={"text": "5700000020019"})
    assert answer.status_code == 204
    await screen.shows("toast", "Varerne kan ikke læses")
    await screen.touch("/till/pay", sale=1)
    await screen.touch("/till/cash", sale=1, amount=2800)
    await screen.view("change")


async def test_a_printer_that_another_one_stands_in_for_says_who(shop: Shop, screen: Screen) -> None:
    shop.parts.board.tell("printer", Health(State.DOWN, Problem.PAPER_OUT))
    await screen.shows("alerts", "Sæt en ny rulle i. Printeren “kitchen” skriver ud i stedet.")
    shop.parts.board.tell("kitchen", Health(State.DOWN, Problem.COVER_OPEN))
    await screen.lacks("alerts", "skriver ud i stedet")


@pytest.mark.parametrize(
    ("language", "asks", "look"),
    [
        ("da", "Blev bestilling 1-42 Bord 4 skrevet ud?", "hænger en hel bon i printeren “kitchen”."),
        ("en", "Was the order 1-42 Bord 4 printed?", "a whole one hangs from the printer “kitchen”."),
    ],
)
async def test_an_order_nobody_knows_of_is_a_question_in_the_screens_language(
    shop: Shop, screen: Screen, language: str, asks: str, look: str
) -> None:
    shop.paper.outcome = PrintUnknown(Problem.LOST)
    await screen.touch("/till/looks", language=language, back="/till")
    shop.parts.till.do(c.WantCopy(order=ORDER))
    await screen.shows("alerts", asks, look)


@pytest.mark.parametrize(
    ("language", "says", "comes"),
    [
        ("da", "Kortkvitteringen er ikke skrevet ud.", "Den kommer, så snart printeren “printer” er klar."),
        ("en", "The card slip is not printed.", "It is printed as soon as the printer “printer” is well."),
    ],
)
async def test_a_card_slip_that_waits_says_so_in_the_screens_language(
    shop: Shop, screen: Screen, language: str, says: str, comes: str
) -> None:
    shop.paper.outcome = NotPrinted(Problem.PAPER_OUT)
    await screen.touch("/till/looks", language=language, back="/till")
    shop.parts.till.do(c.WantCopy(slips=(CardSlip("customer", ("AFVIST",)),)))
    await screen.shows("alerts", says, comes)


async def test_a_drawer_that_stands_open_shows_it(shop: Shop, screen: Screen) -> None:
    shop.parts.board.add("drawer", "drawer")
    shop.parts.board.tell("drawer", Health(State.OK))
    await screen.shows("devices", 'id="dev-drawer" class="ok"', "Skuffe")
    shop.cashbox.sense(True)
    await screen.shows("devices", 'id="dev-drawer" class="ok open"', "Åben", "står åben")
    shop.parts.board.tell("drawer", Health(State.ATTENTION, Problem.LEFT_OPEN))
    await screen.shows("alerts", "Skuffen har stået åben længe.", "Luk den.")
    shop.cashbox.sense(False)
    await screen.shows("devices", 'id="dev-drawer" class="attention"', "Skuffe")


async def test_no_cash_while_the_drawer_stands_open_where_the_settings_say_so(shop: Shop, screen: Screen) -> None:
    till = shop.parts.till
    till.setup = msgspec.structs.replace(till.setup, sell_while_open=False)
    shop.cashbox.sense(True)
    shop.scan(BREAD)
    await screen.touch("/till/pay", sale=1)
    refused = await screen.touch("/till/cash", sale=1, amount=5000)
    assert (refused.status_code, refused.text) == (409, "Skuffen står åben. Luk den først.")
    shop.cashbox.sense(False)
    await screen.touch("/till/cash", sale=1, amount=5000)
    await screen.view("change")


async def test_opening_the_drawer_may_need_an_approver(shop: Shop, screen: Screen) -> None:
    till = shop.parts.till
    till.setup = msgspec.structs.replace(till.setup, drawer_approval=True)
    await screen.touch("/till/open", dialog="drawer")
    await screen.shows("dialog", "Mette", "Pinkode", "Hente byttepenge")
    wrong = await screen.touch("/till/drawer", reason="change", approver="Mette", pin="1111")
    assert (wrong.status_code, wrong.text) == (409, "Forkert pinkode.")
    assert shop.cashbox.opened == 0
    await screen.touch("/till/drawer", reason="change", approver="Mette", pin=PIN)
    with anyio.fail_after(10):
        while till.state.drawers:
            await shop.parts.changes.wait(-1)
            await anyio.sleep(0.01)
    assert shop.cashbox.opened == 1
