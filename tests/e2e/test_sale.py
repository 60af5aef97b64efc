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
from terminal.domain.codes_make import gtin, weight_code
from terminal.domain.money import Amount
from terminal.domain.receipt import Receipt
from terminal.domain.sale import CardTender, CashTender
from terminal.texts import language

from .lane import PANEL, Lane, Premises
from .paper import expected, on_paper

RYE, WHITE, ROLL = "5700000010010", "5700000010027", "5700000010034"
TOMATOES = weight_code("26", "3001", 1505)
WHITE_OF_A_LOT = f"https://id.gs1.org/01/0{WHITE}/10/LOT1"
"""A GS1 Digital Link."""
BEER, COFFEE = "5700000050016", "5700000060015"
NOWHERE = gtin("579999999999")
"""A code that no item has."""

SALE = (
    ("1", "Rugbrød med kerner", "25,20"),
    ("1,505 kg", "Tomater, løs vægt", "45,07"),
    ("1", "Franskbrød", "22,50"),
)
"""The three scans, ten per cent off the first."""
SUM, SUM_IN_CASH = 92_77, 93_00


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


def check_receipt(lane: Lane, number: int) -> Receipt:
    """The paper of this test's receipt of this number, the newest, says line by line what the journal says."""
    receipt = lane.receipt(number)
    paper = lane.papers(number)[-1]
    assert on_paper(paper["text"]) == expected(receipt, lane.slips(receipt))
    assert paper["codes"] == [["CODE128", receipt.code]]
    return receipt


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


def cash(amount: int, *, tendered: int, change: int = 0, rounding: int = 0) -> CashTender:
    """Cash, in øre."""
    return CashTender(Amount(amount), Amount(tendered), Amount(change), Amount(rounding))


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
    assert isinstance(tender, CardTender)
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
    assert isinstance(card, CardTender)
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
    lane.button("right", "Pay back in cash").click()
    lane.shows_change("Pay back", 55_00)

    receipt = check_receipt(lane, 2)
    (line,) = receipt.lines
    assert (line.returned_receipt, line.returned_line, line.amount) == (bought.number, 2, -54_95)
    lane.drawer_opened(2)


def test_a_declined_card_and_then_cash(lane: Lane) -> None:
    before = lane.moved()
    lane.scan(COFFEE)
    lane.pay()
    lane.start_card()
    lane.press("card", "decline")
    failed = lane.area("right").get_by_role("alert")
    expect(failed).to_contain_text("Afvist af kortudsteder.")
    expect(failed).to_contain_text(lane.say("Try again, take another card, or take cash."))
    lane.pay_cash(55_00)
    lane.shows_change("Paid", 55_00)

    receipt = check_receipt(lane, 1)
    assert receipt.tenders == (cash(54_95, tendered=55_00, rounding=5),)
    assert lane.moved() == before
    lane.drawer_opened(1)


def test_a_card_payment_is_cancelled(lane: Lane) -> None:
    lane.scan(COFFEE)
    lane.pay()
    lane.start_card()
    lane.button("right", "Cancel the payment").click()
    expect(lane.area("right").get_by_role("alert")).to_contain_text(lane.say("The payment was cancelled."))
    lane.button("right", "Back").click()
    lane.void()


def test_the_card_terminal_is_off(lane: Lane) -> None:
    lane.scan(COFFEE)
    lane.pay()
    lane.press("card", "power-off")
    lane.button("right", "Card").click()
    failed = lane.area("right").get_by_role("alert")
    expect(failed).to_contain_text(lane.say("The payment did not reach the terminal."))
    lane.shows_alert(lane.say("The card terminal"))
    lane.press("card", "power-on")
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_change("Paid", 54_95)
    lane.shows_no_alert()
    check_receipt(lane, 1)


def test_without_paper(lane: Lane) -> None:
    lane.press("printer", "paper-out")
    lane.shows_alert(lane.say("The printer"), lane.say("is out of paper"), lane.say("Put a new roll in."))
    lane.scan(COFFEE)
    lane.pay()
    lane.pay_cash(55_00)
    lane.shows_change("Paid", 55_00)
    first = lane.receipt(1)
    lane.shows_alert(
        lane.say("Receipt {} is not printed.", first.code), lane.say("It is printed as soon as the printer is well.")
    )
    assert lane.far("printer")["receipts"] == []
    # The money is put away and selling goes on meanwhile.
    lane.drawer_opened(1)
    lane.scan(RYE)
    lane.shows_lines(("1", "Rugbrød", "28,00"))

    lane.press("printer", "paper-ok")
    check_receipt(lane, 1)
    lane.shows_no_alert()
    lane.pay()
    lane.pay_cash(28_00)
    lane.shows_change("Paid", 28_00)
    # The next one follows, and the first does not come again.
    check_receipt(lane, 2)


def buy_in_doubt(lane: Lane) -> None:
    """One bread by card, which goes well; then one coffee by card, up to where the terminal waits for it.

    What the terminal took last is how the till tells later whether it has taken something since.
    """
    lane.scan(RYE)
    lane.pay()
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_change("Paid", 28_00)
    lane.scan(COFFEE)
    lane.shows_total(54_95)
    lane.pay()
    lane.start_card()


def test_the_card_terminals_cable(lane: Lane) -> None:
    before = lane.moved()
    buy_in_doubt(lane)
    lane.press("card", "pull-cable")
    lane.button("right", "Cancel the payment").click()
    doubt = lane.page.locator("#right.doubt")
    expect(doubt.locator("h1")).to_have_text(lane.say("Was {} taken from the card?", "54,95"))
    expect(lane.button("finish", "Card payment not settled")).to_be_disabled()
    lane.shows_alert(lane.say("The card terminal"))
    # Somebody waits: the sale is set aside, and another one is paid meanwhile.
    lane.button("right", "Set aside").click()
    lane.shows_alert(lane.say("The card payment of {} is not settled.", "54,95"))
    lane.scan(ROLL)
    lane.shows_lines(("1", "Rundstykke", "6,00"))
    lane.pay()
    lane.pay_cash(6_00)
    lane.shows_change("Paid", 6_00)
    lane.area("alerts").get_by_role("button", name=lane.say("Show")).click()
    expect(doubt).to_be_visible()
    lane.press("card", "plug-cable")
    # It is settled by itself: the terminal, asked, has taken nothing.
    expect(lane.area("right").get_by_role("alert")).to_contain_text(lane.say("Nothing was taken from the card."))
    lane.shows_no_alert()
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_change("Paid", 54_95)
    assert [event.receipt.total for event in lane.events(e.SaleClosed)] == [28_00, 6_00, 54_95]
    assert lane.moved() == [*before, 28_00, 54_95]


@pytest.mark.parametrize(("fault", "is_paid"), [("cut after 5", False), ("cut before 11", True)])
def test_the_connection_breaks_around_the_approval(lane: Lane, fault: str, is_paid: bool) -> None:
    """The customer is gone with the card: only the terminal knows, is asked, and is believed."""
    before = lane.moved()
    buy_in_doubt(lane)
    lane.press("card", "fault", fault)
    lane.press("card", "insert-card")
    if not is_paid:
        failed = lane.area("right").get_by_role("alert")
        expect(failed).to_contain_text(lane.say("The terminal has taken the payment back."))
        assert lane.moved() == [*before, 28_00]
        lane.pay_cash(55_00)
    lane.shows_change("Paid", 54_95 if is_paid else 55_00)
    assert len(lane.events(e.CardInDoubt)) == 1
    receipt = check_receipt(lane, 2)
    assert [isinstance(tender, CardTender) for tender in receipt.tenders] == [is_paid]
    assert lane.moved() == [*before, 28_00, *([54_95] if is_paid else [])]


def test_scanner_unplugged(lane: Lane) -> None:
    lane.scan(RYE)
    lane.shows_lines(("1", "Rugbrød", "28,00"))
    lane.press("scanner", "unplug")
    lane.shows_alert(lane.say("The scanner"), lane.say("Check that it is plugged in and switched on."))
    # A touch does what a scan cannot.
    lane.touch("1003")
    lane.shows_lines(("1", "Rugbrød", "28,00"), ("1", "Rundstykke", "6,00"))
    lane.press("scanner", "plug")
    lane.shows_no_alert()
    lane.scan(COFFEE)
    lane.shows_lines(("1", "Rugbrød", "28,00"), ("1", "Rundstykke", "6,00"), ("1", "Kaffe", "54,95"))
    lane.void()


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
    lane.shows_lines(("1", "Rugbrød", "28,00"), ("1", "Kaffe", "54,95"))
    expect(name).to_have_value("Bo")
    lane.scan(NOWHERE)
    expect(lane.area("toast")).to_contain_text(lane.say("No item has the code {}. Search for it by name.", NOWHERE))
    expect(name).to_have_value("Bo")
    lane.button("dialog", "Park", exact=True).click()
    lane.shows_lines()
    lane.area("tabs").get_by_role("button", name="Bo").click()
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


def test_a_second_screen_and_a_restart(lane: Lane, premises: Premises) -> None:
    """Both pages see what happens, lose the till, and find it again with the sale where it was."""
    lane.scan(RYE)
    lane.shows_lines(("1", "Rugbrød", "28,00"))
    other = lane.open_window()
    other.goto(lane.page.url)
    expect(other.locator("#lines li")).to_have_count(1)
    premises.stop()
    banner = lane.page.locator("#banner")
    expect(banner).to_have_text(lane.say("The till does not answer. What is on the screen may be old."))
    premises.start()
    expect(banner).to_be_hidden()
    lane.shows_lines(("1", "Rugbrød", "28,00"))
    lane.scan(COFFEE)
    lane.shows_lines(("1", "Rugbrød", "28,00"), ("1", "Kaffe", "54,95"))
    expect(other.locator("#lines li")).to_have_count(2)
    lane.void()
    expect(other.locator("#lines li")).to_have_count(0)
