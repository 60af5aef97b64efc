"""The main job from end to end: scans on a pty, the screen in a browser, money in cash and over ZVT, paper and drawer.

What the paper says is compared with the journal line by line, what the card terminal took and how the drawer was
opened with what the till has written down (also at the end of every test: lane.py).
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from terminal.config.settings import PrinterTcp
from terminal.domain import events as e
from terminal.domain.receipt import Receipt
from terminal.domain.sale import PaymentTender
from terminal.texts import language

from .goods import BEER, COFFEE, NOWHERE, ROLL, RYE, TOMATOES, WHITE_OF_A_LOT, cash, check_receipt
from .lane import PANEL, Lane

SALE = (
    ("1", "Rugbrød med kerner", "25,20"),
    ("1,505 kg", "Tomater, løs vægt", "45,07"),
    ("1", "Franskbrød", "22,50"),
)
"""The three scans, ten per cent off the first."""
SUM = 92_77


def ring_up(lane: Lane, scan: Callable[[str], None]) -> None:
    """Three scans of three kinds, a discount on the first of them, and the sale is parked and taken up again."""
    scan(RYE)
    lane.shows_lines(("1", "Rugbrød med kerner", "28,00"))
    scan(TOMATOES)
    scan(WHITE_OF_A_LOT)
    lane.shows_lines(("1", "Rugbrød med kerner", "28,00"), *SALE[1:])
    lane.shows_total(95_57)

    lane.area("lines").get_by_role("button", name="Rugbrød").click()
    expect(lane.area("pad").locator(".display")).to_contain_text("Rugbrød")
    lane.pad("1", "0", "percent")
    lane.button("dialog", "Short date").click()
    lane.shows_lines(*SALE)
    expect(lane.area("lines").locator("li").first).to_contain_text(
        re.compile(re.escape(lane.say("Short date")) + r" [−-]2,80 \(10 %\)")
    )
    lane.shows_total(SUM)

    lane.open("park")
    lane.area("dialog").locator('input[name="name"]').fill("Bord 4")
    lane.button("dialog", "Park", exact=True).click()
    lane.shows_lines()
    expect(lane.area("tabs").locator(".chosen")).to_have_text(lane.say("New sale"))
    lane.area("tabs").get_by_role("button", name="Bord 4").click()
    lane.shows_lines(*SALE)
    lane.shows_total(SUM)


def check_sale(receipt: Receipt) -> None:
    """The receipt is the one of SALE."""
    assert [(line.name, line.quantity, line.amount) for line in receipt.lines] == [
        ("Rugbrød med kerner", 1000, 25_20),
        ("Tomater, løs vægt", 1505, 45_07),
        ("Franskbrød", 1000, 22_50),
    ]
    assert [line.lot for line in receipt.lines] == ["", "", "LOT1"]
    assert receipt.lines[0].reasons == (language("da").gettext("Short date"),)
    assert (receipt.total, receipt.discount) == (SUM, 2_80)
    assert [(each.rate, each.net, each.vat, each.gross) for each in receipt.vat] == [(2500, 74_22, 18_55, SUM)]


class Bench:
    """The bench in a window of its own."""

    def __init__(self, lane: Lane) -> None:
        self.page: Page = lane.open_window()
        self.page.goto(f"http://{lane.shop.bench}/")

    def scan(self, code: str) -> None:
        """Type it into the field for any text."""
        self.page.locator('#free input[name="argument"]').fill(code)
        self.page.locator("#free button").click()

    def press(self, simulator: str, control: str) -> None:
        """Click a button."""
        self.page.locator(f'form[action="/bench/{simulator}/{control}"] button').click()


def test_by_card(lane: Lane) -> None:
    """All of it in two windows: the till's screen, and the bench whose buttons are the shop around it."""
    bench = Bench(lane)
    ring_up(lane, bench.scan)
    lane.pay()
    expect(lane.area("right").locator("output.huge")).to_have_text(lane.words.money(SUM))
    before = lane.moved()
    lane.start_card()
    display = bench.page.locator("#view-card .lcd")
    expect(display).to_contain_text("92,77")
    bench.press("card", "insert-card")
    lane.shows_card("The customer enters the PIN")
    lane.shows_card("Waiting for the bank")
    lane.shows_change("Paid", SUM)

    receipt = check_receipt(lane, 1)
    check_sale(receipt)
    (tender,) = receipt.tenders
    assert isinstance(tender, PaymentTender)
    assert tender.amount == SUM
    assert lane.moved() == [*before, SUM]
    # Nobody has to reach into the drawer.
    assert lane.events(e.DrawerEnded) == []
    assert lane.pulses() == []


def test_in_cash_with_rounding_and_change(lane: Lane) -> None:
    ring_up(lane, lane.scan)
    lane.pay()
    due = lane.area("right").locator(".due")
    expect(due).to_contain_text(lane.say("In cash {} (rounding {})", "93,00", "0,23"))
    lane.pay_cash(200_00)
    giant = lane.shows_change("Change", 107_00)
    # Read from a step away: its letters are a sixth of the screen high.
    assert giant.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= PANEL[1] / 6

    receipt = check_receipt(lane, 1)
    check_sale(receipt)
    assert receipt.tenders == (cash(SUM, tendered=200_00, change=107_00, rounding=23),)
    assert (receipt.rounding, receipt.change) == (23, 107_00)

    pulse = lane.drawer_opened(1)
    assert isinstance(lane.settings.printer, PrinterTcp)
    assert (pulse["pin"], pulse["on_ms"]) == (lane.settings.printer.drawer_pin, lane.settings.printer.pulse_ms)

    # It stays until the next scan, which begins the next sale.
    lane.scan(ROLL)
    lane.shows_lines(("1", "Rundstykke", "6,00"))
    expect(lane.area("change")).to_be_hidden()
    lane.void()


def test_part_in_cash_the_rest_by_card(lane: Lane) -> None:
    lane.scan(RYE, RYE, COFFEE)
    lane.shows_total(110_95)
    lane.pay()
    lane.pad("5", "0")
    expect(lane.area("finish")).to_contain_text(lane.say("Cash, part"))
    lane.button("finish", "Cash").click()
    expect(lane.area("right").locator(".paid li")).to_have_text(re.compile("50,00"))
    expect(lane.area("right").locator("output.huge")).to_have_text("60,95")
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_change("Paid", 110_95)

    receipt = check_receipt(lane, 1)
    first, card = receipt.tenders
    assert first == cash(50_00, tendered=50_00)
    assert isinstance(card, PaymentTender)
    assert card.amount == 60_95
    assert lane.moved()[-1] == 60_95
    lane.drawer_opened(1)


def test_return_by_the_barcode_on_the_receipt(lane: Lane) -> None:
    lane.scan(RYE, COFFEE)
    lane.shows_total(82_95)
    lane.pay()
    lane.pay_cash(83_00)
    lane.shows_change("Paid", 83_00)
    bought = check_receipt(lane, 1)
    lane.drawer_opened(1)

    ((_, code),) = lane.papers(1)[0]["codes"]
    lane.scan(code)
    dialog = lane.page.get_by_role("dialog", name=lane.say("Return from receipt {}", bought.code))
    dialog.get_by_role("button", name="Kaffe").click()
    expect(dialog.locator("#back-2 button")).to_be_disabled()
    dialog.get_by_role("button", name=lane.say("Done")).click()
    lane.shows_lines(("-1", "Kaffe", "-54,95"))
    lane.button("finish", "Pay back").click()
    lane.button("right", "Pay back: {}", lane.say("Cash")).click()
    lane.shows_change("Pay back", 55_00)

    receipt = check_receipt(lane, 2)
    (line,) = receipt.lines
    assert (line.returned_receipt, line.returned_line, line.amount) == (bought.number, 2, -54_95)
    lane.drawer_opened(2)


def test_english_and_back(lane: Lane) -> None:
    lane.scan(COFFEE)
    lane.shows_lines(("1", "Kaffe", "54,95"))
    lane.button("main", "More", exact=True).click()
    lane.area("dialog").get_by_role("button", name="English").click()
    lane.words = language("en")
    lane.shows_lines(("1", "Kaffe", "54.95"))
    expect(lane.page.locator("html")).to_have_attribute("lang", "en")
    expect(lane.button("finish", "Pay")).to_have_text(re.compile(r"Pay\s*54\.95"))
    lane.pay()
    expect(lane.area("right").locator(".due")).to_contain_text("In cash 55.00 (rounding 0.05)")
    lane.button("right", "Back").click()
    lane.button("main", "More", exact=True).click()
    lane.area("dialog").get_by_role("button", name="Dansk").click()
    lane.words = language("da")
    expect(lane.page.locator("html")).to_have_attribute("lang", "da")
    assert lane.say("Pay") != "Pay"
    lane.shows_lines(("1", "Kaffe", "54,95"))
    expect(lane.button("finish", "Pay")).to_be_enabled()
    lane.void()


def test_a_scan_into_an_open_dialog(lane: Lane) -> None:
    lane.scan(RYE)
    lane.shows_lines(("1", "Rugbrød", "28,00"))
    lane.open("park")
    name = lane.area("dialog").locator('input[name="name"]')
    name.fill("Bo")
    lane.scan(COFFEE)
    refusal, _ = lane.say("Finish or close what is open, then scan {} again.", "|").split("|")
    expect(lane.area("toast")).to_contain_text(f"{refusal}Kaffe")
    expect(name).to_have_value("Bo")
    lane.scan(NOWHERE)
    expect(lane.area("toast")).to_contain_text(lane.say("No item has the code {}. Search for it by name.", NOWHERE))
    expect(name).to_have_value("Bo")
    lane.button("dialog", "Park", exact=True).click()
    lane.shows_lines()
    lane.area("tabs").get_by_role("button", name="Bo").click()
    lane.shows_lines(("1", "Rugbrød", "28,00"))
    lane.scan(COFFEE)
    lane.shows_lines(("1", "Rugbrød", "28,00"), ("1", "Kaffe", "54,95"))
    lane.void()


def test_age_limit_and_deposit(lane: Lane) -> None:
    lane.scan(BEER)
    lane.shows_lines(("1", "Pilsner", "9,50"), ("1", "Pant A", "1,00"))
    dialog = lane.page.get_by_role("dialog", name=lane.say("The buyer must be {}", 16))
    lane.button("finish", "Pay").click()
    expect(dialog).to_be_visible()
    lane.button("dialog", "No", exact=True).click()
    expect(dialog).to_be_hidden()
    assert lane.events(e.AgeConfirmed) == []
    lane.button("finish", "Pay").click()
    lane.button("dialog", "Yes, I have seen it").click()
    lane.pay_cash(10_50)
    lane.shows_change("Paid", 10_50)
    receipt = check_receipt(lane, 1)
    assert [(line.name, line.is_deposit) for line in receipt.lines] == [
        ("Pilsner 4,6 % 33 cl", False),
        ("Pant A", True),
    ]
    assert [event.years for event in lane.events(e.AgeConfirmed)] == [16]
    lane.drawer_opened(1)


def tab_to(lane: Lane, selector: str) -> None:
    """Tab until the focus is there."""
    wanted = lane.page.locator(f"{selector}:focus")
    for _ in range(60):
        if wanted.count():
            return
        lane.page.keyboard.press("Tab")
    pytest.fail(f"the Tab key never comes to {selector}")


def test_by_keyboard_alone(lane: Lane) -> None:
    keyboard = lane.page.keyboard
    # A code that does not scan: F10, the button for it, the digits.
    keyboard.press("F10")
    expect(lane.page.get_by_role("dialog", name=lane.say("More"))).to_be_visible()
    tab_to(lane, 'button[value="code"]')
    keyboard.press("Enter")
    dialog = lane.page.get_by_role("dialog", name=lane.say("Type a barcode"))
    expect(dialog.locator("input")).to_be_focused()
    keyboard.type(COFFEE)
    keyboard.press("Enter")
    lane.shows_lines(("1", "Kaffe", "54,95"))
    # By name: F3, a word, the tile.
    keyboard.press("F3")
    keyboard.type("rund")
    expect(lane.page.locator('#right button[name="sku"]')).to_have_count(1)
    tab_to(lane, 'button[name="sku"]')
    keyboard.press("Enter")
    lane.shows_lines(("1", "Kaffe", "54,95"), ("1", "Rundstykke", "6,00"))
    keyboard.press("+")
    lane.shows_lines(("1", "Kaffe", "54,95"), ("2", "Rundstykke", "12,00"))
    # Enter is the next step: from the lines to the payment, with what was typed to the change, and on.
    tab_to(lane, "#finish button.go")
    keyboard.press("Enter")
    expect(lane.page.locator("#right.pay")).to_be_visible()
    keyboard.type("100")
    expect(lane.area("right").locator(".back-is")).to_have_text(lane.say("Change {}", "33,00"))
    tab_to(lane, "#finish button.go")
    keyboard.press("Enter")
    lane.shows_change("Change", 33_00)
    keyboard.press("Enter")
    expect(lane.area("change")).to_be_hidden()
    receipt = check_receipt(lane, 1)
    assert receipt.change == 33_00
    lane.drawer_opened(1)
