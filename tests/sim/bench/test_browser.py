"""The bench in a real browser: Debian's Chromium, by Playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from terminal.sim.bench.shelf import read
from terminal.sim.mobilepay import SimMobilePay
from terminal.sim.printer import SimPrinter
from terminal.sim.run import DEMO_ITEMS
from terminal.sim.scanner import SimScanner
from tests.sim.bench.client import serving
from tests.sim.mobilepay_client import PAYMENTS, Client

pytestmark = pytest.mark.anyio

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STICKING_OUT = """() => [...document.querySelectorAll("section, section *, header *")]
    .filter((each) => each.checkVisibility() && !each.closest("pre, svg"))
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
    .map((each) => each.outerHTML.slice(0, 80))"""
SIZES = [(1440, 900), (1024, 600), (412, 900)]


@pytest.fixture(scope="module")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """One for all tests here: it takes seconds to start."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def page_of(browser: Browser, address: str) -> AsyncIterator[Page]:
    """The bench's page, live. A fault of its script fails the test."""
    faults: list[str] = []
    page = await browser.new_page(viewport={"width": 1024, "height": 600})
    page.on("pageerror", lambda error: faults.append(str(error)))
    # What a control refuses, the browser notes as an error too: the page tells it, as a test here wants.
    page.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" and "400" not in said.text else None
    )
    await page.goto(address)
    await expect(page.locator("#live")).to_have_text("live")
    yield page
    await page.close()
    assert not faults


async def print_out(printer: SimPrinter, data: bytes) -> None:
    host, _, port = printer.address.rpartition(":")
    async with await anyio.connect_tcp(host, int(port)) as wire:
        await wire.send(data)


async def test_a_person_scans_weighs_and_searches(browser: Browser, tmp_path: Path) -> None:
    scanner = SimScanner(link=tmp_path / "scanner")
    async with serving(scanner, shelf=read(DEMO_ITEMS)) as bench, page_of(browser, bench) as page:
        last = page.locator("#view-scanner")
        await page.get_by_role("button", name="Rundstykke").click()
        await expect(last).to_contain_text("5700000010034")

        await page.locator("#find").fill("cola")
        await expect(page.locator(".tiles .tile:visible")).to_have_count(1)
        await page.locator("#find").fill("")

        await page.locator("[data-group=Scale]").first.click()
        await page.locator("[data-step='+100']").click()
        await page.locator("[data-step='+1']").click()
        await expect(page.locator("#label .tile")).to_have_attribute("value", "2630010005566")
        await page.locator("#label .tile").click()
        await expect(last).to_contain_text("2630010005566")

        await page.get_by_label("Scan any text").fill("(01)05700000010010<GS>")
        await page.get_by_label("Scan any text").press("Enter")
        await expect(last).to_contain_text("(01)05700000010010")


async def test_paper_drawer_and_buttons_follow_the_printer(browser: Browser) -> None:
    printer = SimPrinter()
    async with serving(printer) as bench, page_of(browser, bench) as page:
        await page.get_by_placeholder("bytes/s").fill("12")
        await print_out(printer, b"\x1b@first\n\x1bp\x00\x3c\x78\x1dVA\x03")
        await expect(page.locator("#printer-receipt-1 img")).to_be_visible()
        await expect(page.locator(".drawer")).to_contain_text("Drawer open")
        await page.locator("#printer-receipt-1 summary").click()
        await print_out(printer, b"\x1b@second\n")
        await expect(page.locator("#printer-receipt-2 img")).to_be_visible()

        # What a person has opened and typed stays through the changes.
        await expect(page.locator("#printer-receipt-1 pre")).to_be_visible()
        await expect(page.get_by_placeholder("bytes/s")).to_have_value("12")

        await page.get_by_role("button", name="Close the drawer").click()
        await expect(page.locator(".drawer")).to_contain_text("Drawer closed")
        await page.get_by_role("button", name="Take the paper out").click()
        await expect(page.get_by_role("button", name="Take the paper out")).to_have_attribute("aria-pressed", "true")
        await page.get_by_role("button", name="Tear off the receipts").click()
        await expect(page.locator("#printer-receipt-1")).to_have_count(0)


async def test_a_refusal_is_shown_as_a_sentence(browser: Browser) -> None:
    async with serving(SimPrinter()) as bench, page_of(browser, bench) as page:
        await page.get_by_placeholder("lines").fill("many")
        await page.get_by_role("button", name="Paper ends after").click()
        await expect(page.locator("#said")).to_contain_text("wants a number from 1 to 100000")


@asynccontextmanager
async def phone_bench(browser: Browser) -> AsyncIterator[tuple[Client, Page]]:
    """A bench with MobilePay, its page, and somebody's program that takes payments by it."""
    sim = SimMobilePay()
    async with serving(sim) as bench, page_of(browser, bench) as page:  # noqa: SIM117 (its address: once it serves)
        async with httpx.AsyncClient(base_url=sim.address) as http:
            asks = Client(sim, http)
            await asks.log_in()
            yield asks, page


async def test_a_customer_with_a_phone(browser: Browser) -> None:
    async with phone_bench(browser) as (asks, page):
        phones = page.get_by_role("article", name="The customer’s phone")
        await expect(page.locator("#view-mobilepay")).to_contain_text("Nothing waits on a phone.")
        await asks.create("a-shop-0001")
        await asks.create("a-shop-0002")
        await expect(phones).to_have_count(2)
        await expect(phones.first.locator("svg.matrix")).to_be_visible()
        await phones.filter(has_text="a-shop-0001").get_by_role("button", name="Reject").click()
        await expect(phones).to_have_count(1)
        await phones.get_by_role("button", name="Approve").click()
        await expect(phones).to_have_count(0)
        states = [(await asks.get(f"{PAYMENTS}/a-shop-000{number}")).json()["state"] for number in (1, 2)]
    assert states == ["ABORTED", "AUTHORIZED"]


async def test_faults_are_chosen_armed_struck_and_healed(browser: Browser) -> None:
    async with phone_bench(browser) as (asks, page):
        armed = page.locator("#armed-mobilepay")
        await page.locator(".faults summary").click()
        await page.get_by_label("Where").select_option("status")
        await page.get_by_label("What goes wrong").select_option("wrong-amount")
        await page.get_by_role("button", name="Arm").click()
        await expect(armed).to_have_text("wrong-amount at status, 0 struck")
        # What a person has chosen stays through the changes.
        await expect(page.get_by_label("Where")).to_have_value("status")
        await asks.create("a-shop-0001")
        told = (await asks.get(f"{PAYMENTS}/a-shop-0001")).json()
        await expect(armed).to_have_text("none armed, 1 struck")
        await page.get_by_role("button", name="Arm").click()
        await expect(armed).to_contain_text("wrong-amount")
        await page.get_by_role("button", name="Heal").click()
        await expect(armed).to_have_text("none armed, 1 struck")
    assert told["amount"]["value"] == 100_00 + 1_00


async def test_nothing_sticks_out_at_the_side(browser: Browser, tmp_path: Path) -> None:
    printer, phone = SimPrinter(), SimMobilePay()
    simulators = SimScanner(link=tmp_path / "s"), printer, phone
    async with serving(*simulators, shelf=read(DEMO_ITEMS)) as bench, page_of(browser, bench) as page:
        await print_out(printer, b"\x1b@" + b"x" * 300 + b"\n\x1dVA\x03")
        await expect(page.locator("#printer-receipt-1")).to_be_visible()
        for width, height in SIZES:
            await page.set_viewport_size({"width": width, "height": height})
            for group in ("All", "Scale", "Special codes"):
                await page.locator(f".chip[data-group='{group}']").click()
                assert await page.evaluate(STICKING_OUT) == [], (width, group)
