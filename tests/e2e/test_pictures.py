"""The README's pictures, taken again; KASSE_PICTURES=1 puts them into tests/e2e/pictures/.

Every run takes them into a folder of its own and looks whether they have something to show; what they show is told by
the tests of the screens.
"""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from terminal.domain import events as e
from terminal.texts import language

from .goods import COFFEE, COLA, MILK, ROLL, RYE, TOMATOES
from .lane import APPROVER, PANEL, PIN, Lane, Premises

PICTURES = Path(__file__).parent / "pictures"
BENCH = (1280, 800)
PHONE = (390, 844)
SMALL = (800, 480)
DESKTOP = (1440, 900)
SIZES = {"da": {"panel": PANEL, "desktop": DESKTOP}, "en": {"small": SMALL, "phone": PHONE}}
"""Of the payments: each language at two."""
LARGEST = 80_000
"""Bytes of one picture: whoever clones the project gets them all."""


UNFIT = """() => [...document.querySelectorAll("body *")].flatMap(each => {
  if (!each.checkVisibility({ checkVisibilityCSS: true }) || each.closest("svg, .hush, [hidden]")) return [];
  const { left, right, width, height } = each.getBoundingClientRect(), name = each.outerHTML.slice(0, 80);
  const faults = [];
  if (width && (right > innerWidth + 0.5 || left < -0.5)) faults.push(`sticks out: ${name}`);
  if (each.matches("button, a") && (width < 43.5 || height < 43.5)) faults.push(`${width} x ${height}: ${name}`);
  if (each.matches("button, .due, .paid span") && each.scrollWidth > each.clientWidth + 1) faults.push(`cut: ${name}`);
  if (each.matches("#right:not(.browse), .dialog") && each.scrollHeight > each.clientHeight + 1)
    faults.push(`must be scrolled: ${name}`);
  return faults;
})"""
"""What on a till's screen is cut off, or too small for a thumb."""


def take(page: Page, folder: Path, name: str, size: tuple[int, int]) -> None:
    """Take a picture of what the page shows, and look at it."""
    page.mouse.move(0, 0)
    expect(page.locator("[data-pressed]")).to_have_count(0)
    page.evaluate("document.fonts.ready")
    shot = page.screenshot(animations="disabled", caret="hide")
    with Image.open(io.BytesIO(shot)) as opened:
        picture = opened.convert("RGB")
    assert picture.size == size
    # Half the bytes: a screen has few colours and its letters many edges. This method keeps the areas as they are.
    few = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(folder / name, optimize=True)
    counts = sorted((count for count, _ in picture.getcolors(1 << 24) or ()), reverse=True)
    # Blank, or a page without its style sheet, is one colour nearly everywhere.
    assert len(counts) > 100
    assert counts[0] < 0.9 * size[0] * size[1]
    assert (folder / name).stat().st_size < LARGEST


def ring_up(lane: Lane) -> None:
    """A sale with a bit of everything, and another one set aside."""
    lane.scan(COFFEE, ROLL, ROLL)
    lane.shows_total(66_95)
    lane.open("park")
    lane.area("dialog").locator('input[name="name"]').fill("Bord 4")
    lane.button("dialog", "Park", exact=True).click()
    lane.shows_lines()
    lane.scan(RYE, TOMATOES, MILK, COLA)
    lane.shows_total(105_52)
    lane.pad("2")
    lane.button("pad", "Qty").click()
    lane.area("lines").get_by_role("button", name="Rugbrød").click()
    lane.pad("1", "0", "percent")
    lane.button("dialog", "Short date").click()
    lane.shows_total(122_22)
    lane.area("lines").get_by_role("button", name="Cola").click()
    lane.area("right").get_by_role("button", name="Drikke").click()
    expect(lane.page.locator('#right button[name="sku"][value="5003"]')).to_be_visible()
    expect(lane.area("toast")).to_be_empty()


def test_till_and_bench(tmp_path: Path, premises: Premises) -> None:
    with premises.lane() as lane:
        ring_up(lane)
        take(lane.page, tmp_path, "till-sale-da.png", PANEL)
        lane.pay()
        take(lane.page, tmp_path, "till-pay-da.png", PANEL)
        lane.start_card()
        lane.press("card", "insert-card")
        lane.shows_card("The customer enters the PIN")
        take(lane.page, tmp_path, "till-card-da.png", PANEL)
        lane.shows_change("Paid", 122_22)

        lane.next_customer()
        lane.area("tabs").get_by_role("button", name="Bord 4").click()
        lane.shows_total(66_95)
        lane.pay()
        lane.pay_cash(100_00)
        lane.shows_change("Change", 33_00)
        lane.papers(2)
        take(lane.page, tmp_path, "till-change-da.png", PANEL)

        bench = lane.open_window(BENCH)
        bench.goto(f"http://{lane.shop.bench}/")
        # The newest receipt's picture, drawn by the simulator when it is asked for.
        bench.locator(".paper img").first.evaluate("each => each.decode()")
        take(bench, tmp_path, "bench.png", BENCH)

        lane.page.goto(f"http://127.0.0.1:{lane.shop.port}/till")
        english(lane)
        lane.page.goto(f"http://127.0.0.1:{lane.shop.port}/status")
        lane.page.locator("#st-receipts button").first.click()
        expect(lane.page.locator("#st-receipt .paper")).to_be_visible()
        take(lane.page, tmp_path, "status-en.png", PANEL)
        lane.page.goto(f"http://127.0.0.1:{lane.shop.port}/till")
    publish(tmp_path, 6)


def take_all(lane: Lane, folder: Path, name: str) -> None:
    """A payment's screen in the sizes of its language; all of it is seen, and can be touched."""
    for place, (width, height) in SIZES[lane.words.code].items():
        lane.page.set_viewport_size({"width": width, "height": height})
        take(lane.page, folder, f"{name}-{place}-{lane.words.code}.png", (width, height))
        assert lane.page.evaluate(UNFIT) == []
    lane.page.set_viewport_size({"width": PANEL[0], "height": PANEL[1]})


def pay_every_way(lane: Lane, folder: Path) -> None:
    """A sale that is paid in parts, a payment that waits for a phone, a gift card, and money that goes back."""
    lane.scan(RYE, RYE, COFFEE)
    lane.shows_total(110_95)
    lane.pay()
    lane.pad("2", "0")
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_due(90_95)
    lane.other_way("Torvegave")
    lane.fill("amount", "40")
    lane.fill("reference", f"TG-{lane.words.code}")
    lane.button("dialog", "Pay").click()
    lane.shows_due(50_95)
    expect(lane.area("dialog").locator("*")).to_have_count(0)
    take_all(lane, folder, "pay")
    lane.start_mobilepay()
    expect(lane.area("right").locator("svg.qr")).to_be_visible()
    take_all(lane, folder, "mobilepay")
    lane.press("mobilepay", "approve")
    lane.shows_change("Paid", 110_95)
    bought = lane.receipt(len(lane.events(e.SaleClosed)))

    lane.next_customer()
    lane.take_in_return(bought, "Kaffe")
    lane.shows_due(54_95)
    expect(lane.area("toast").locator("p")).to_be_hidden()
    take_all(lane, folder, "refund")
    lane.area("right").locator(".cash.wide").click()
    # The card's 20.00 are a whole payment of today: taken back without the card. The rest is handed out in cash, as
    # somebody approves: the voucher stays used.
    lane.shows_due(34_95)
    lane.button("right", "Another way").click()
    lane.area("dialog").get_by_role("radio", name=APPROVER).check()
    take_all(lane, folder, "refund-otherwise")
    lane.fill("pin", PIN)
    lane.button("dialog", "Give back").click()
    lane.shows_change("Pay back", 55_00)

    lane.next_customer()
    lane.open("gift-cards")
    expect(lane.area("dialog").locator('input[name="number"]')).to_be_visible()
    lane.fill("amount", "200")
    take_all(lane, folder, "gift-card")
    lane.page.keyboard.press("Escape")
    expect(lane.area("dialog")).to_be_hidden()


def test_every_way_to_pay(tmp_path: Path, premises: Premises) -> None:
    with premises.lane() as lane:
        pay_every_way(lane, tmp_path)
        english(lane)
        pay_every_way(lane, tmp_path)
    publish(tmp_path, 5 * 2 * 2)


def english(lane: Lane) -> None:
    """The screen speaks English from now on."""
    lane.next_customer()
    lane.button("main", "More", exact=True).click()
    lane.area("dialog").get_by_role("button", name="English").click()
    lane.words = language("en")
    expect(lane.page.locator("html")).to_have_attribute("lang", "en")


def test_phone(tmp_path: Path, premises: Premises) -> None:
    with premises.lane(PHONE, touch=True) as lane:
        english(lane)
        lane.scan(RYE, TOMATOES, MILK, COLA)
        lane.shows_total(105_52)
        take(lane.page, tmp_path, "phone-sale-en.png", PHONE)
        lane.void()
    publish(tmp_path, 1)


def test_devices_and_the_customers_screen(tmp_path: Path, premises: Premises) -> None:
    with premises.lane() as lane:
        lane.press("printer", "paper-out")
        lane.page.goto(f"http://127.0.0.1:{lane.shop.port}/devices")
        devices = lane.area("dv-devices")
        expect(devices).to_contain_text("Printeren er løbet tør for papir. Sæt en ny rulle i.")
        # Nothing is being looked for any more: what was found stands there.
        expect(lane.area("dv-found").locator('form[action="/devices/look"] button')).to_be_enabled()
        take(lane.page, tmp_path, "devices-da.png", PANEL)
        assert lane.page.evaluate(UNFIT) == []
        lane.press("printer", "paper-ok")
        expect(devices).to_contain_text("Sidst: Printeren er løbet tør for papir.")
        lane.page.goto(f"http://127.0.0.1:{lane.shop.port}/till")

        lane.scan(RYE, TOMATOES, COFFEE, COFFEE)
        lane.shows_total(182_97)
        customer = lane.open_window(PANEL)
        customer.goto(f"http://127.0.0.1:{lane.shop.port}/customer")
        expect(customer.locator("#customer .c-total")).to_have_text("182,97")
        take(customer, tmp_path, "customer-da.png", PANEL)
        customer.close()
        lane.void()
    publish(tmp_path, 2)


def publish(folder: Path, count: int) -> None:
    """Put the pictures where the README shows them, when that is wanted."""
    taken = sorted(folder.glob("*.png"))
    assert len(taken) == count
    assert all((PICTURES / picture.name).exists() or wanted() for picture in taken)
    if wanted():
        PICTURES.mkdir(exist_ok=True)
        for picture in taken:
            (PICTURES / picture.name).write_bytes(picture.read_bytes())


def wanted() -> bool:
    """Whether this run is to renew the pictures."""
    return os.environ.get("KASSE_PICTURES") == "1"
