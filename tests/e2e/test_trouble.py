"""What goes wrong in a shop: cards, paper, cables, the till itself. The sale goes on, and the money is right."""

import pytest
from playwright.sync_api import expect

from terminal.domain import events as e
from terminal.domain.sale import PaymentTender

from .goods import COFFEE, ROLL, RYE, cash, check_receipt
from .lane import Lane, Premises


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
    expect(lane.button("finish", "Payment not settled")).to_be_disabled()
    lane.shows_alert(lane.say("The card terminal"))
    # Somebody waits: the sale is set aside, and another one is paid meanwhile.
    lane.button("right", "Set aside").click()
    lane.shows_alert(lane.say("The payment of {} is not settled.", "54,95"))
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
    assert len(lane.events(e.PaymentInDoubt)) == 1
    receipt = check_receipt(lane, 2)
    assert [isinstance(tender, PaymentTender) for tender in receipt.tenders] == [is_paid]
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
