"""The calibration page, with a keyboard wedge and a scanner that sends characters."""

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted
from terminal.app.ports.scanner import BadScan, Scan
from terminal.domain.document import Barcode
from terminal.protocols.keymap import keystrokes
from terminal.protocols.keymap.calibrate import TEXT
from tests.web.client import Screen, following
from tests.web.shop import Shop
from tests.web.test_paying import BREAD

pytestmark = pytest.mark.anyio


@pytest.fixture
async def page(shop: Shop) -> AsyncIterator[Screen]:
    """The page, open."""
    async with following(shop.address, "/calibrate") as screen:
        yield screen


async def test_one_barcode_tells_how_a_scanner_types_and_a_test_scan_is_not_sold(shop: Shop, page: Screen) -> None:
    await page.shows("calibrate", "Start")
    await page.touch("/calibrate/start")
    await page.shows("calibrate", "Scan denne stregkode", "<svg", "Udskriv stregkoden")
    assert shop.ear.listening

    shop.ear.hear(keystrokes(TEXT + "\r", "dk"))
    await page.shows("calibrate", "scanner er klar", "Dansk", "Enter")
    await page.heard("good")
    assert (shop.ear.listening, shop.ear.typing.layout, shop.ear.typing.suffix) == (False, "dk", "cr")

    shop.scan(BREAD)
    await page.shows("calibrate", BREAD)
    await page.shows("toast", "Intet sælges")
    assert shop.parts.till.state.sale is None

    await page.touch("/calibrate/stop")
    await page.shows("calibrate", "Start", "Dansk", "Som i indstillingerne igen")
    shop.scan(BREAD)
    assert shop.parts.till.state.sale is not None

    await page.touch("/calibrate/forget", scanner="scanner")
    await page.lacks("calibrate", "Dansk")
    assert shop.ear.typing.layout == "us"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("5701234567899", "en anden stregkode"), (f"X{TEXT}", "præfiks"), (TEXT[:5], "ikke et tastatur")],
)
async def test_what_does_not_tell_says_why_and_may_be_tried_again(
    shop: Shop, page: Screen, typed: str, sentence: str
) -> None:
    await page.touch("/calibrate/start")
    shop.ear.hear(keystrokes(typed + "\r", "de"))
    await page.shows("calibrate", sentence, "<svg")
    await page.heard("bad")
    shop.ear.hear(keystrokes(TEXT + "\r", "de"))
    await page.shows("calibrate", "Tysk")


async def test_letters_that_a_scanner_turns_are_said(shop: Shop, page: Screen) -> None:
    await page.touch("/calibrate/start")
    shop.ear.hear(keystrokes(TEXT.upper() + "\r"))
    await page.shows("calibrate", "Amerikansk", "alle bogstaver store")


async def test_a_scanner_that_sends_characters_needs_nothing(shop: Shop, page: Screen) -> None:
    await page.touch("/calibrate/start")
    shop.desk.on_scan(BadScan("serial", "half of it"))
    await page.shows("calibrate", "intet læsbart")
    shop.desk.on_scan(Scan(f"]C0{TEXT}", "serial"))
    await page.shows("calibrate", "serial er klar", "intet at indstille")
    assert shop.parts.till.state.scanners == {}


async def test_a_test_scan_of_another_scanner_says_so(shop: Shop, page: Screen) -> None:
    await page.touch("/calibrate/start")
    shop.ear.hear(keystrokes(TEXT + "\r"))
    await page.shows("calibrate", "scanner er klar")
    shop.desk.on_scan(Scan(BREAD, "serial"))
    await page.shows("calibrate", f"<b>serial</b>: {BREAD}")
    shop.desk.on_scan(Scan(BREAD, "scanner"))
    await page.lacks("calibrate", "<b>serial</b>")


async def test_the_barcode_on_paper(shop: Shop, page: Screen) -> None:
    await page.touch("/calibrate/print")
    assert Barcode(TEXT) in shop.paper.printed[-1]
    shop.paper.outcome = NotPrinted(Problem.PAPER_OUT)
    await page.touch("/calibrate/print")
    await page.shows("toast", "kunne ikke udskrives")


async def test_a_scan_through_another_layout_suggests_it_and_a_good_one_takes_it_back(
    shop: Shop, screen: Screen
) -> None:
    shop.scan("à\xe0&\"'(-è")
    await screen.heard("bad")
    assert shop.parts.board.rows()[0].health.state is State.OK
    # 5701234567899 of a French scanner, read as an American's.
    shop.scan("%&)!@#$%^&*((")
    await screen.shows("alerts", "Indstil den")
    assert (health := shop.parts.board.rows()[0].health).problem is Problem.LAYOUT
    assert health.state is State.ATTENTION
    shop.scan(BREAD)
    await screen.lacks("alerts", "Indstil den")
    assert shop.parts.board.rows()[0].health.state is State.OK


async def test_other_screens_are_told_that_nothing_is_sold(shop: Shop, screen: Screen) -> None:
    await screen.touch("/calibrate/start")
    shop.scan(BREAD)
    await screen.shows("toast", "ved at blive indstillet")
    assert shop.parts.till.state.sale is None


async def test_without_the_key_there_is_no_page(shop: Shop) -> None:
    async with httpx.AsyncClient(base_url=shop.address, headers={"host": "evil.example"}) as http:
        assert (await http.get("/calibrate")).status_code == 421


async def test_without_a_script_a_touch_leads_back_to_the_page(shop: Shop) -> None:
    headers = {"origin": shop.address, "sec-fetch-mode": "navigate"}
    async with httpx.AsyncClient(base_url=shop.address, headers=headers) as http:
        answer = await http.post("/calibrate/start", data={})
        assert (answer.status_code, answer.headers["location"]) == (303, "/calibrate")
        assert "<svg" in (await http.get("/calibrate")).text
        with anyio.fail_after(10):
            await http.post("/calibrate/stop", data={})
