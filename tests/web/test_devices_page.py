"""The devices' page: what is wrong and was, tests that sell nothing, what is plugged in; and the same for programs."""

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest

from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.app.ports.printer import NotPrinted
from terminal.app.ports.scanner import BadScan, Scan
from terminal.app.test_page_layout import BARCODE
from terminal.domain import document as d
from terminal.domain import events as e
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.web.devices_json import Row
from tests.web.client import PATIENCE, Screen, following
from tests.web.shop import Shop

pytestmark = pytest.mark.anyio

BREAD = "5700000010010"


@pytest.fixture
async def page(shop: Shop) -> AsyncIterator[Screen]:
    async with following(shop.address, "/devices") as page:
        yield page


async def test_what_was_wrong_is_kept(shop: Shop, page: Screen) -> None:
    shop.parts.board.failed("printer", Health(State.DOWN, Problem.PAPER_OUT, "the paper sensor"))
    await page.shows(
        "dv-devices", "Printeren “printer” er løbet tør for papir.", "Sæt en ny rulle i.", "the paper sensor"
    )
    shop.parts.board.tell("printer", Health(State.OK))
    await page.shows("dv-devices", "Sidst: Printeren er løbet tør for papir.")


async def test_a_printers_test_prints_letters_codes_and_a_ruler(shop: Shop, page: Screen) -> None:
    before = shop.parts.till.seq
    await page.touch("/devices/test", device="printer")
    await page.shows("dv-devices", "Skrevet ud.", "ÆØÅ")
    (paper,) = shop.paper.printed
    texts = [element.text for element in paper if isinstance(element, d.Text)]
    assert "ÆØÅ æøå € é ü ö ä ß §" in texts
    assert "123456789012345678901234567890123456789012" in texts
    assert "80 ÇüéâäàåçêëèïîìÄÅ" in texts
    assert d.Barcode(BARCODE) in paper
    assert any(isinstance(element, d.Qr) for element in paper)
    assert shop.parts.till.seq == before


async def test_a_printer_that_cannot_print_says_why(shop: Shop, page: Screen) -> None:
    shop.paper.outcome = NotPrinted(Problem.COVER_OPEN)
    await page.touch("/devices/test", device="printer")
    await page.shows("dv-devices", "Det lykkedes ikke. Printeren står med låget åbent.")


async def test_the_drawers_test_is_an_opening_like_any_other(shop: Shop, page: Screen) -> None:
    await page.touch("/devices/test", device="drawer")
    await page.shows("dv-devices", "Impulsen er sendt.")
    assert shop.cashbox.opened == 1
    assert shop.parts.till.state.drawers == {}
    journal = shop.parts.till._journal
    assert isinstance(journal, SqliteJournal)
    wanted, ended = (decode(entry.body) for entry in list(journal.read(0))[-2:])
    assert wanted == e.DrawerWanted(1, "Afprøvning", "Kasse")
    assert ended == e.DrawerEnded(1, "opened")


async def test_a_scan_is_shown_and_not_sold(shop: Shop, page: Screen) -> None:
    await page.touch("/devices/test", device="scanner")
    await page.shows("dv-devices", "Scan noget inden 20 sekunder.")
    shop.scans.on_scan(Scan("]d20105701234567899\x1d10A", "scanner"))
    await page.shows("dv-devices", "Den har læst ]d20105701234567899␝10A")
    await page.shows("toast", "ikke solgt")
    await page.heard("bad")
    assert shop.parts.till.state.sale is None
    shop.scans.on_scan(Scan(BREAD, "scanner"))
    assert shop.parts.till.state.sale is not None


async def test_only_the_scanner_that_is_tested_does_not_sell(shop: Shop, page: Screen) -> None:
    await page.touch("/devices/test", device="scanner")
    await page.shows("dv-devices", "Scan noget inden 20 sekunder.")
    shop.scans.on_scan(Scan(BREAD, "other"))
    await page.shows("dv-devices", "Opgivet: et salg er begyndt.")
    assert shop.parts.till.state.sale is not None
    # and the tested one sells again
    shop.scans.on_scan(Scan(BREAD, "scanner"))
    assert shop.parts.till.state.sale.basket.lines[0].quantity == 2000


async def test_what_is_no_barcode_fails(shop: Shop, page: Screen) -> None:
    await page.touch("/devices/test", device="scanner")
    await page.shows("dv-devices", "Scan noget inden 20 sekunder.")
    shop.scans.on_scan(BadScan("scanner", "too long"))
    await page.shows("dv-devices", "ikke er en stregkode")


async def test_a_card_terminals_diagnosis(shop: Shop, page: Screen) -> None:
    await page.touch("/devices/test", device="card")
    await page.shows("dv-devices", "Den svarer og er klar.")
    shop.reader.wrong = DeviceError(Problem.UNREACHABLE, "no route")
    await page.touch("/devices/test", device="card")
    await page.shows("dv-devices", "Det lykkedes ikke. Kortterminalen kan ikke nås.")


async def test_nothing_is_tested_while_a_customer_stands_there(shop: Shop, page: Screen) -> None:
    shop.scan(BREAD)
    await page.shows("dv-devices", "Enheder kan prøves, når intet salg er åbent.")
    for device in ("printer", "card", "scanner", "drawer"):
        refused = await page.touch("/devices/test", device=device)
        assert (refused.status_code, refused.text[:14]) == (409, "Afslut eller p")
    await page.shows("toast", "Afslut eller parkér salget først")
    assert (shop.paper.printed, shop.cashbox.opened) == ([], 0)


async def test_there_is_no_such_device(page: Screen) -> None:
    refused = await page.touch("/devices/test", device="toaster")
    assert (refused.status_code, refused.text) == (409, "Kassen har ingen enhed toaster, der kan prøves.")


async def test_what_is_plugged_in_is_listed_with_its_lines(shop: Shop, page: Screen) -> None:
    html = await page.shows("dv-found", "Newland HR32", "TM-m30", "i brug som printer", "Logitech")
    assert html.index("Newland HR32") < html.index("TM-T20III") < html.index("Logitech")
    assert "path = &#34;/dev/input/by-id/usb-HR32-event-kbd&#34;" in html
    assert shop.surroundings.scans == 0
    shop.surroundings.near = ()
    await page.touch("/devices/look")
    await page.lacks("dv-found", "Newland HR32")


async def test_the_network_is_searched_only_when_asked_and_not_again_at_once(shop: Shop, page: Screen) -> None:
    await page.touch("/devices/scan")
    await page.shows("dv-found", "192.168.1.50:20007")
    refused = await page.touch("/devices/scan")
    assert (refused.status_code, refused.text) == (409, "Netværket er lige gennemsøgt. Vent 30 sekunder.")
    assert shop.surroundings.scans == 1


async def test_other_programs_read_it(shop: Shop, page: Screen) -> None:
    shop.parts.board.failed("scanner", Health(State.DOWN, Problem.NOT_FOUND, "no node"))
    answer = (await page.http.get("/devices.json")).json()
    row = next(each for each in answer["devices"] if each["name"] == "scanner")
    assert row["problem"] == "not-found"
    assert row["what"] == "Scanneren er der ikke."
    assert row["advice"] == "Se efter, at stikket er i, og at der er tændt."
    assert (row["retries"], row["failures"], row["last"]["detail"]) == (1, 1, "no node")
    assert answer["till"]["failure"] == ""
    assert answer["devices"][-1]["name"] == "journal"


async def test_other_programs_follow_it(shop: Shop) -> None:
    async with (
        httpx.AsyncClient(base_url=shop.address, timeout=PATIENCE) as http,
        anyio.create_task_group() as tasks,
    ):
        follower = Screen(http)
        tasks.start_soon(follower.follow, "/devices/news")
        with anyio.fail_after(PATIENCE):
            while "journal" not in told(follower):
                await follower.news()
        at_first = told(follower)
        shop.parts.board.tell("card", Health(State.DOWN, Problem.LOST))
        shop.scan(BREAD)
        await follower.shows("device", "'problem': 'lost'")
        # nobody else has changed
        assert told(follower) == [*at_first, "card"]
        tasks.cancel_scope.cancel()


def told(follower: Screen) -> list[str]:
    """The devices that it was told of, in order."""
    return [row["name"] for name, row in follower.events if name == "device"]


def test_a_row_says_what_is_wrong_since_when_and_what_to_do() -> None:
    assert {"state", "since", "last", "what", "advice"} <= set(Row.__struct_fields__)
