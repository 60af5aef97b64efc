"""A real browser at the till: Debian's Chromium, driven by Playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
from playwright.async_api import Browser, Page, async_playwright

from tests.web.shop import Shop

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
SIZES = {"panel-1024": (1024, 600), "panel-800": (800, 480), "phone": (390, 844), "desktop": (1440, 900)}


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def till_page(browser: Browser, shop: Shop, size: str = "panel-1024", **options: Any) -> AsyncIterator[Page]:
    """The till's page, followed by its stream. Ends with an error for what the browser complained of."""
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height}, **options)
    complaints: list[str] = []
    page = await context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _grave(message) else None)
    page.on(
        "request", lambda request: complaints.append(request.url) if not request.url.startswith(shop.address) else None
    )
    page.set_default_timeout(10_000)
    await page.goto(f"{shop.address}/till")
    await until(page, CONNECTED)
    try:
        yield page
    finally:
        await context.close()
    assert not complaints


CONNECTED = "source?.readyState === 1"


async def until(page: Page, script: str) -> None:
    """Wait until a script says true. Playwright's own waiting needs `eval`, which the page's policy forbids."""
    for _ in range(500):
        if await page.evaluate(script):
            return
        await anyio.sleep(0.03)
    raise TimeoutError(script)


def _grave(message: Any) -> bool:
    # A refusal (409) is an answer; the browser lists it as a fault of the network.
    return message.type == "error" and "409 (Conflict)" not in message.text
