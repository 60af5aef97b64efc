"""The README's pictures, taken again; KASSE_PICTURES=1 puts them into tests/e2e/pictures/.

Every run takes them into a folder of its own and looks whether they have something to show; what they show is told by
the tests of the screens.
"""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from terminal.texts import language

from .goods import COFFEE, COLA, MILK, ROLL, RYE, TOMATOES
from .lane import PANEL, Lane, Premises

PICTURES = Path(__file__).parent / "pictures"
BENCH = (1280, 800)
PHONE = (390, 844)
LARGEST = 80_000
"""Bytes of one picture: whoever clones the project gets them all."""


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
