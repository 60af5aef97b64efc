"""The customer's screen in a real browser: every size, light and dark, readable, and a code that a phone can read."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from playwright.async_api import Browser, Page, expect

from terminal.domain import commands as c
from terminal.domain.money import Amount
from terminal.domain.payment import TerminalMessage
from tests.app.plate import Plate
from tests.web.browser import CONNECTED, SIZES, chromium, till_page, until
from tests.web.shop import Shop, open_shop, serving
from tests.web.test_browser import PALE, SPILLS, TOO_SMALL

pytestmark = pytest.mark.anyio

BREAD, MILK, TOMATOES = "5700000010010", "5700000020019", "2630010015053"
QR = "https://qr.example/pay/28-0123456789abcdef0123456789abcdef"

UNFIT = """() => [...document.querySelectorAll('.c-sum *, .c-idle *, .c-lines li:last-child *')].flatMap(each => {
  const box = each.getBoundingClientRect(), name = each.outerHTML.slice(0, 80);
  if (!box.width || each.closest('svg')) return [];
  const inside = box.left >= -.5 && box.right <= innerWidth + .5 && box.top >= -.5 && box.bottom <= innerHeight + .5;
  return inside ? [] : [`outside: ${name}`];
})"""
"""What a customer must see whole. Older lines may have gone off the top."""


@asynccontextmanager
async def guest_page(browser: Browser, shop: Shop) -> AsyncIterator[Page]:
    complaints: list[str] = []
    page = await browser.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    await page.goto(f"{shop.address}/customer")
    await until(page, CONNECTED)
    yield page
    assert not complaints


async def sized(page: Page) -> AsyncIterator[str]:
    """The page in every size."""
    for name, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        yield name


async def looks_well(page: Page) -> None:
    async for size in sized(page):
        await page.emulate_media(color_scheme="dark" if size == "desktop" else "light")
        assert await page.evaluate(UNFIT) == [], size
        assert await page.evaluate(PALE) == [], size
        assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), size


async def read_qr(page: Page, folder: Path) -> str:
    """What a phone reads off the screen."""
    picture = folder / "screen.png"
    await page.screenshot(path=str(picture))

    def read() -> str:
        program = shutil.which("zbarimg")
        assert program is not None, "the package zbar-tools is not installed"
        return subprocess.run(
            [program, "--quiet", "--raw", str(picture)], check=True, capture_output=True, timeout=60, text=True
        ).stdout.strip()

    return await anyio.to_thread.run_sync(read)


async def test_every_state_fits_every_screen(shop: Shop, tmp_path: Path) -> None:
    async with chromium() as browser, guest_page(browser, shop) as page:
        await expect(page.locator(".c-shop")).to_have_text("Nordhavn Købmand")
        await looks_well(page)
        for _ in range(15):
            shop.scan(BREAD)
            shop.scan(MILK)
        shop.scan(TOMATOES)
        await expect(page.locator(".c-lines li:last-child")).to_contain_text("Tomater")
        await looks_well(page)

        shop.parts.till.do(c.PayCash(Amount(100_00)))
        shop.parts.till.do(c.PayBy("card"))
        await expect(page.locator(".c-how")).to_have_text("Brug kortterminalen")
        await looks_well(page)

        shop.parts.paying["card"].message = TerminalMessage("", qr=QR)
        shop.parts.changes.tell()
        await expect(page.locator(".c-qr svg")).to_be_visible()
        await looks_well(page)
        async for size in sized(page):
            assert await read_qr(page, tmp_path) == QR, size

        payment = shop.parts.till.state.payments["card"]
        shop.reader.approve(payment.intent.amount)
        await expect(page.locator(".c-thanks")).to_have_text("Tak for handlen")
        await looks_well(page)


async def test_the_weigh_dialog_fits_and_takes_the_weight(tmp_path: Path) -> None:
    plate = Plate()
    with open_shop(tmp_path, scale=plate) as closed:
        async with serving(closed) as shop, chromium() as browser, till_page(browser, shop) as page:
            shop.parts.selling.add("3001")
            await expect(page.locator(".pan-says")).to_contain_text("Læg den på vægten")
            async for size in sized(page):
                for faults in (SPILLS, TOO_SMALL, PALE):
                    assert await page.evaluate(faults) == [], size
                inside = "each => each.scrollHeight <= each.clientHeight + 1"
                assert size == "phone" or await page.locator("#dialog .dialog").evaluate(inside), size

            plate.put(532)
            await expect(page.locator(".pan")).to_have_text("0,532 kg")
            # In the empty field of grams, Enter means the scale.
            await page.keyboard.press("Enter")
            await expect(page.locator("#lines")).to_contain_text("15,93")
            await expect(page.locator("#dialog")).to_be_hidden()
