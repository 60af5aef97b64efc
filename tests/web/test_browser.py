"""The till screen in a real browser: sizes, touch, keyboard, contrast, and nothing from elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from playwright.async_api import Browser, Page, Route, expect

from terminal.app.ports.device import Health, Problem, State
from terminal.domain.payment import OutcomeUnknown
from terminal.protocols.keymap import keystrokes
from terminal.protocols.keymap.calibrate import TEXT
from tests.web.browser import CONNECTED, SIZES, chromium, till_page, until
from tests.web.shop import Shop, open_shop, serving

pytestmark = pytest.mark.anyio

BREAD, MILK, BEER, WEIGHED = "5700000010010", "5700000020019", "5700000050016", "2630010015053"

TOO_SMALL = """() => [...document.querySelectorAll('button, a, input:not([type=hidden])')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('[inert]') && e.type !== 'radio')
  .filter(e => e.offsetWidth < 44 || e.offsetHeight < 44)
  .map(e => `${e.outerHTML.slice(0, 90)} ${e.offsetWidth}x${e.offsetHeight}`)"""

SPILLS = """() => {
  const root = document.documentElement;
  const found = root.scrollWidth > innerWidth || root.scrollHeight > innerHeight ? ['the page scrolls'] : [];
  for (const e of document.querySelectorAll('.go, .cardpay, .cash, .steps button, .keys button, .done button')) {
    if (!e.checkVisibility({visibilityProperty: true}) || e.closest('[inert]')) continue;
    const r = e.getBoundingClientRect();
    if (r.left < 0 || r.top < 0 || r.right > innerWidth + .5 || r.bottom > innerHeight + .5)
      found.push(`outside: ${e.outerHTML.slice(0, 90)}`);
    else if (!e.contains(document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2)))
      found.push(`covered: ${e.outerHTML.slice(0, 90)}`);
  }
  return found;
}"""

PALE = """() => {
  const parse = text => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
  const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const ground = e => {
    const layers = [];
    for (; e && layers.at(-1)?.[3] !== 1; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
  };
  const linear = v => v / 255 <= .04045 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const pale = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.nodeValue.trim());
    if (!own || e.closest('[inert], :disabled, .hush')) continue;
    if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const style = getComputedStyle(e), under = ground(e), text = over(parse(style.color), under);
    const [a, b] = [light(text), light(under)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
    const contrast = (a + .05) / (b + .05);
    if (contrast < (large ? 3 : 4.5)) pale.push(`${e.outerHTML.slice(0, 90)} ${contrast.toFixed(2)}`);
  }
  return pale;
}"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


async def view(page: Page, name: str) -> None:
    await expect(page.locator("body")).to_have_attribute("data-view", name)


async def good(page: Page) -> None:
    """Nothing spills out, nothing is too small for a thumb, nothing is too pale."""
    await until(page, "!document.getAnimations().some(a => a.animationName === 'fade' && a.currentTime < 200)")
    assert await page.evaluate(SPILLS) == []
    assert await page.evaluate(TOO_SMALL) == []
    assert await page.evaluate(PALE) == []


async def through_a_sale(page: Page, shop: Shop) -> None:
    """Every view, and what must hold in each."""
    await good(page)
    for code in (BREAD, MILK, MILK, WEIGHED, BEER, BEER):
        shop.scan(code)
    await expect(page.locator("#lines li")).to_have_count(5)
    await page.locator("#line-1 button").click()
    await good(page)
    if await page.locator(".to-items").is_visible():
        await page.locator(".to-items").click()
        await expect(page.locator("#right .tile").first).to_be_visible()
        await good(page)
        await page.locator(".to-lines").click()
    for opened in ("more", "void", "discount", "returns", "drawer", "park", "copies", "code"):
        await page.evaluate("name => post('/till/open', new URLSearchParams({dialog: name}))", opened)
        await expect(page.locator("#dialog h1")).to_be_visible()
        await good(page)
        await page.keyboard.press("Escape")
        await expect(page.locator("#dialog")).to_be_hidden()
    shop.scan("5700000099999")
    await expect(page.locator("#toast .bad")).to_be_visible()
    shop.parts.board.tell("printer", Health(State.DOWN, Problem.PAPER_OUT))
    await expect(page.locator("#alerts .alert")).to_be_visible()
    await good(page)
    await page.locator("#finish .go").click()
    await expect(page.locator("#dialog .born")).to_be_visible()
    await good(page)
    await page.locator("#dialog .go").click()
    await view(page, "pay")
    await good(page)
    await page.locator(".cardpay").click()
    await view(page, "card")
    shop.reader.say("0A")
    await expect(page.locator(".says")).to_contain_text("card" if await _english(page) else "kortet")
    await good(page)
    shop.reader.end(OutcomeUnknown("the cable was out"))
    await view(page, "doubt")
    await good(page)
    await page.locator("#right button[value=no]").click()
    await expect(page.locator("#dialog input[name=pin]")).to_be_focused()
    await good(page)
    for digit in "2468":
        await page.locator(f"#dialog [data-digit='{digit}']").click()
    await page.locator("#dialog .go").click()
    await view(page, "pay")
    await page.locator("#right .cash").last.click()
    await view(page, "change")
    await good(page)


async def _english(page: Page) -> bool:
    return await page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("size", list(SIZES))
async def test_every_view_fits_and_can_be_read(browser: Browser, tmp_path: Path, size: str, language: str) -> None:
    dark = "dark" if language == "en" else "light"
    with open_shop(tmp_path, language=language) as closed:
        async with serving(closed) as shop, till_page(browser, shop, size, color_scheme=dark) as page:
            await through_a_sale(page, shop)


@pytest.mark.parametrize("size", ["panel-800", "phone"])
async def test_large_type_fits_too(browser: Browser, shop: Shop, size: str) -> None:
    async with till_page(browser, shop, size) as page:
        await page.keyboard.press("F10")
        await page.locator("#dialog [name=large]").click()
        await expect(page.locator("html.large")).to_be_attached()
        await until(page, CONNECTED)
        await through_a_sale(page, shop)


async def test_a_sale_by_keyboard_alone(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop) as page:
        await page.keyboard.press("F3")
        await page.keyboard.type("rugbr")
        await expect(page.locator(".tile")).to_have_count(1)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await page.locator(".tile").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#lines li")).to_have_count(1)
        for key in ("4", "Enter"):
            await page.keyboard.press(key)
        await expect(page.locator("#finish b")).to_have_text("112,00")
        await page.keyboard.press("Enter")
        await view(page, "pay")
        for key in "200":
            await page.keyboard.press(key)
        await expect(page.locator(".back-is")).to_have_text("Byttepenge 88,00")
        await page.keyboard.press("Enter")
        await expect(page.locator(".giant")).to_have_text("88,00")
        await page.keyboard.press("Enter")
        await view(page, "sale")


async def test_fast_touches_are_all_taken_while_the_screen_changes_under_them(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop) as page:
        await page.evaluate("window.tile = document.querySelector('.tile')")
        for _ in range(6):
            await page.mouse.move(450, 200)
            await page.mouse.down()
            shop.scan(MILK)
            await page.wait_for_timeout(30)
            await page.mouse.up()
        await expect(page.locator("#finish b")).to_have_text(f"{(6 * 28 + 6 * 12.95):.2f}".replace(".", ","))
        assert await page.evaluate("window.tile.isConnected")
        assert await page.evaluate("window.tile.dataset.count") == "6"


async def test_digits_typed_fast_stay_in_order(browser: Browser, shop: Shop) -> None:
    shop.scan(BREAD)
    async with till_page(browser, shop) as page:
        await page.keyboard.type("1234567")
        await expect(page.locator(".display output")).to_have_text("1234567 ×")


async def test_a_touch_shows_pressed_at_once(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop) as page:
        # Asked in the same breath: it stays pressed for a seventh of a second.
        assert await page.locator(".tile").first.evaluate(
            "tile => tile.dispatchEvent(new PointerEvent('pointerdown', {bubbles: true})) && 'pressed' in tile.dataset"
        )


async def test_a_scan_makes_its_sound_and_leaves_the_search_alone(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop) as page:
        await page.evaluate("window.heardSounds = []; source.addEventListener('sound', e => heardSounds.push(e.data))")
        await page.locator("#search input").fill("mæl")
        shop.scan(BREAD)
        await until(page, "heardSounds.length === 1")
        shop.scan("5700000099999")
        await expect(page.locator("#lines li")).to_have_count(1)
        await until(page, "heardSounds.length === 2")
        await expect(page.locator("#search input")).to_have_value("mæl")
        await expect(page.locator("#search input")).to_be_focused()


async def test_behind_a_dialog_nothing_can_be_touched(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop) as page:
        await page.keyboard.press("F10")
        await expect(page.locator("#dialog [role=dialog]")).to_be_visible()
        assert await page.locator("#main").evaluate("e => e.inert")
        await page.keyboard.press("Escape")
        await expect(page.locator("#dialog")).to_be_hidden()
        assert not await page.locator("#main").evaluate("e => e.inert")


async def test_undo_goes_away_after_a_while(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop) as page:
        shop.scan(BREAD)
        await expect(page.locator(".kundo.undo")).to_be_visible()
        await page.evaluate("document.getAnimations().filter(a => a.animationName === 'away').forEach(a => a.finish())")
        await expect(page.locator(".kundo.undo")).to_be_hidden()


async def test_a_till_that_does_not_answer_says_so_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    with open_shop(tmp_path) as closed:
        async with serving(closed) as shop:
            port = int(shop.address.rpartition(":")[2])
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(f"{shop.address}/till")
            await until(page, CONNECTED)
        await expect(page.locator("#banner")).to_contain_text("Kassen svarer ikke", timeout=10_000)
        await page.locator(".tile").first.click()
        await expect(page.locator("#banner")).to_be_visible()
        async with serving(closed, port) as shop:
            await until(page, CONNECTED)
            shop.scan(BREAD)
            await expect(page.locator("#lines li")).to_have_count(1)
            await expect(page.locator("#banner")).to_contain_text("nåede ikke frem")
            await page.locator(".tile").nth(1).click()
            await expect(page.locator("#banner")).to_be_hidden()
            await context.close()


async def test_a_touch_that_takes_long_says_that_it_is_being_written(browser: Browser, shop: Shop) -> None:
    release = anyio.Event()

    async def hold(route: Route) -> None:
        await release.wait()
        await route.continue_()

    async with till_page(browser, shop) as page:
        await page.route("**/till/add", hold)
        await page.locator(".tile").first.click()
        await page.locator(".tile").first.click()
        await expect(page.locator("#banner")).to_have_text("Skriver stadig…")
        release.set()
        await expect(page.locator("#finish b")).to_have_text("56,00")
        await expect(page.locator("#banner")).to_be_hidden()


async def test_the_status_page_in_a_browser(browser: Browser, shop: Shop) -> None:
    async with till_page(browser, shop, "panel-800") as page:
        await page.goto(f"{shop.address}/status")
        await until(page, CONNECTED)
        shop.scan(BREAD)
        await expect(page.locator("#st-journal")).to_contain_text(str(shop.parts.till.seq))
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(PALE) == []


def test_the_script_is_short() -> None:
    assert len((Path(__file__).parents[2] / "terminal/web/static/kasse.js").read_text().splitlines()) < 200


@pytest.mark.parametrize("size", ["panel-800", "panel-1024", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_calibration_is_read_off_the_screen_and_has_room(
    shop: Shop, browser: Browser, size: str, scheme: str
) -> None:
    async with till_page(browser, shop, size, color_scheme=scheme) as page:
        await page.goto(f"{shop.address}/calibrate")
        await page.get_by_role("button", name="Start").click()
        await expect(page.locator("svg.code128")).to_be_visible()
        picture = await page.screenshot()
        read = await anyio.run_process(["zbarimg", "--quiet", "--raw", "-"], input=picture, check=False)
        assert read.stdout.decode().strip() == TEXT
        assert await page.evaluate(TOO_SMALL) == []
        assert await page.evaluate(SPILLS) == []
        assert await page.evaluate(PALE) == []
        shop.ear.hear(keystrokes(f"{TEXT}\r", "dk"))
        await expect(page.locator("#calibrate")).to_contain_text("Dansk")
        assert await page.evaluate(SPILLS) == []
        assert await page.evaluate(PALE) == []
        await page.get_by_role("button", name="Færdig").click()
        await expect(page.locator("#calibrate")).to_contain_text("Som i indstillingerne igen")
        assert await page.evaluate(TOO_SMALL) == []
