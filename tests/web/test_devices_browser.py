"""The devices' page in a real browser: at every size, in both languages, with everything on it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from terminal.app.device_tests import Result, Says
from terminal.app.ports.device import Health, Problem, State
from tests.web.browser import CONNECTED, SIZES, chromium, till_page, until
from tests.web.shop import LINES, Shop, open_shop, serving
from tests.web.test_browser import PALE, TOO_SMALL

pytestmark = pytest.mark.anyio

STICKS_OUT = """() => [...document.querySelectorAll("body *")].filter(each => {
  const { left, right, width } = each.getBoundingClientRect();
  return !each.closest("svg, .hush") && width && (right > innerWidth + .5 || left < -.5);
}).map(each => each.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


def trouble(shop: Shop) -> None:
    """A bit of everything."""
    board, tests = shop.parts.board, shop.parts.device_tests
    assert tests is not None
    board.failed("kitchen", Health(State.DOWN, Problem.LOST, "192.168.1.40: connection reset by peer"))
    board.tell("kitchen", Health(State.OK))
    for _ in range(3):
        board.failed("card", Health(State.DOWN, Problem.UNREACHABLE, "192.168.1.50:20007 does not answer"))
    board.tell("printer", Health(State.ATTENTION, Problem.PAPER_LOW))
    tests.results["scanner"] = Result("scanner", "well", Says.SCANNED, "]d2" + 90 * "0")
    tests.results["drawer"] = Result("drawer", "look", Says.OPENED)
    tests.results["card"] = Result("card", "failed", Says.WRONG, "", Problem.UNREACHABLE)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "heading"), [("da", "Enheder"), ("en", "Devices")])
async def test_it_fits(tmp_path: Path, browser: Browser, size: str, language: str, heading: str) -> None:
    with open_shop(tmp_path, language=language) as closed:
        async with serving(closed) as shop, till_page(browser, shop, size) as page:
            trouble(shop)
            await page.goto(f"{shop.address}/devices")
            await until(page, CONNECTED)
            await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            await page.locator("summary").first.click()
            await expect(page.locator("pre").first).to_be_visible()
            assert await page.evaluate(STICKS_OUT) == []
            assert await page.evaluate(TOO_SMALL) == []
            assert await page.evaluate(PALE) == []


async def test_a_touch_tries_a_device_and_opened_lines_stay_open(tmp_path: Path, browser: Browser) -> None:
    with open_shop(tmp_path, language="en") as closed:
        async with serving(closed) as shop, till_page(browser, shop) as page:
            await page.locator('[value="more"]').click()
            await page.get_by_role("link", name="Devices").click()
            await until(page, CONNECTED)
            await page.locator("summary").first.click()
            await page.locator("pre").first.click()
            assert await page.evaluate("String(getSelection())") == LINES.rstrip()
            await page.locator("#dv-printer-printer button").click()
            await expect(page.locator("#dv-printer-printer")).to_contain_text("Printed. Look at the paper")
            assert len(shop.paper.printed) == 1
            await page.get_by_role("button", name="Look again").click()
            await expect(page.locator("pre").first).to_be_visible()
