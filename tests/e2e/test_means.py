"""Every way to pay, in the browser and over the wires: what the simulators have moved is what the journal says.

(That, and that the journal verifies, is looked at after each test: lane.py.)
"""

import re
from contextlib import suppress

import segno
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import expect

from terminal.domain import events as e
from terminal.domain.money import Amount
from terminal.domain.receipt import Receipt
from terminal.domain.sale import CashTender, OtherTender, PaymentTender

from .goods import COFFEE, ROLL, RYE, cash, check_receipt
from .lane import APPROVER, PIN, Lane, until


def qr_path(text: str) -> str:
    """The drawing of a QR code that says this, as the screens have it."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(border=4, svgclass="qr", omitsize=True, dark="#000")
    found = re.search(r' d="([^"]+)"', drawn)
    assert found is not None
    return found[1]


def approve_otherwise(lane: Lane) -> None:
    """Money goes back in cash, and not the way it came: a person enters their PIN."""
    lane.button("right", "Another way").click()
    dialog = lane.page.get_by_role("dialog", name=lane.say("Give it back another way"))
    dialog.get_by_role("radio", name=APPROVER).check()
    lane.fill("pin", PIN)
    dialog.get_by_role("button", name=lane.say("Give back")).click()


def test_mobilepay_by_the_code_on_the_screen(lane: Lane) -> None:
    before = lane.on_phones()
    lane.scan(COFFEE)
    lane.pay()
    code = lane.start_mobilepay()
    assert code.startswith("https://")
    expect(lane.area("right").locator("svg.qr path.qrline, svg.qr path[stroke]")).to_have_attribute("d", qr_path(code))
    expect(lane.button("finish", "Payment running")).to_be_disabled()
    lane.press("mobilepay", "approve")
    lane.shows_change("Paid", 54_95)

    receipt = check_receipt(lane, 1)
    (tender,) = receipt.tenders
    assert isinstance(tender, PaymentTender)
    assert (tender.means, tender.amount) == ("mobilepay", 54_95)
    assert "MobilePay" in lane.papers(1)[0]["text"]
    assert lane.on_phones() == [*before, 54_95]
    assert lane.pulses() == []


def test_the_customer_rejects_and_pays_in_cash(lane: Lane) -> None:
    before = lane.on_phones()
    lane.scan(COFFEE)
    lane.pay()
    lane.start_mobilepay()
    lane.press("mobilepay", "reject")
    lane.shows_failure(lane.say("Try again, or take another way to pay."))
    lane.pay_cash(55_00)
    lane.shows_change("Paid", 55_00)

    receipt = check_receipt(lane, 1)
    assert receipt.tenders == (cash(54_95, tendered=55_00, rounding=5),)
    assert lane.on_phones() == before
    lane.drawer_opened(1)


def test_a_payment_on_a_phone_is_cancelled(lane: Lane) -> None:
    before = lane.on_phones()
    lane.scan(COFFEE)
    lane.pay()
    lane.start_mobilepay()
    lane.button("right", "Cancel the payment").click()
    lane.shows_failure(lane.say("The payment was cancelled."))
    assert lane.far("mobilepay")["waiting"] == []
    assert lane.on_phones() == before
    lane.button("right", "Back", exact=True).click()
    lane.void()


def test_a_card_payment_goes_back_to_the_card(lane: Lane) -> None:
    before = lane.moved()
    bought = pay_by_card(lane)

    lane.take_in_return(bought, "Kaffe")
    lane.shows_due(54_95)
    lane.area("right").locator(".cash.wide").click()
    lane.press("card", "insert-card")
    lane.shows_change("Pay back", 54_95)
    receipt = check_receipt(lane, 2)
    (tender,) = receipt.tenders
    assert isinstance(tender, PaymentTender)
    assert (tender.means, tender.amount) == ("card", -54_95)
    assert tender.of is not None
    assert tender.of.receipt == bought.number
    assert lane.moved() == [*before, 82_95, -54_95]
    assert lane.pulses() == []


def test_a_declined_refund_is_approved_in_cash(lane: Lane) -> None:
    before = lane.moved()
    bought = pay_by_card(lane)

    lane.take_in_return(bought, "Kaffe")
    lane.area("right").locator(".cash.wide").click()
    lane.shows_card("Insert or tap the card")
    lane.press("card", "decline")
    lane.shows_failure(lane.say("Try again, or give it back another way."))
    approve_otherwise(lane)
    lane.shows_change("Pay back", 55_00)

    (tender,) = check_receipt(lane, 2).tenders
    assert isinstance(tender, CashTender)
    assert (tender.tendered, tender.approver) == (-55_00, APPROVER)
    assert lane.moved() == [*before, 82_95]
    lane.drawer_opened(1)


def pay_by_card(lane: Lane) -> Receipt:
    """A rye bread and a coffee."""
    lane.scan(RYE, COFFEE)
    lane.shows_total(82_95)
    lane.pay()
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_change("Paid", 82_95)
    return check_receipt(lane, 1)


def test_a_gift_card_is_sold_and_used_in_part(lane: Lane) -> None:
    lane.open("gift-cards")
    lane.fill("amount", "50")
    lane.button("dialog", "Sell or top up").click()
    lane.shows_lines(("1", lane.say("Gift card"), "50,00"))
    lane.pay()
    lane.pay_cash(50_00)
    lane.shows_change("Paid", 50_00)
    (line,) = check_receipt(lane, 1).lines
    assert line.credit is not None
    number = line.credit.number
    lane.drawer_opened(1)

    lane.scan(COFFEE)
    lane.shows_lines(("1", "Kaffe", "54,95"))
    lane.pay()
    # Held before the scanner; what is on it is shown before it is taken.
    lane.scan(number)
    expect(lane.area("dialog")).to_contain_text(lane.say("On it: {}", "50,00"))
    lane.button("dialog", "Pay").click()
    lane.shows_due(4_95)
    expect(lane.area("right").locator(".paid li")).to_have_text(re.compile(f"{number[-4:]}.*50,00", re.DOTALL))
    lane.pay_cash(5_00)
    lane.shows_change("Paid", 55_00)
    first, second = check_receipt(lane, 2).tenders
    assert isinstance(first, PaymentTender)
    assert (first.means, first.amount, first.account) == ("gift-card", 50_00, number)
    assert second == cash(4_95, tendered=5_00, rounding=5)
    lane.drawer_opened(2)

    # There is nothing left on it.
    lane.scan(ROLL)
    lane.shows_lines(("1", "Rundstykke", "6,00"))
    lane.pay()
    lane.scan(number)
    lane.button("dialog", "Pay").click()
    expect(lane.area("toast")).to_contain_text(lane.say("There is nothing left on the gift card."))
    lane.page.keyboard.press("Escape")
    lane.button("right", "Back", exact=True).click()
    lane.void()


def test_a_split_of_four(lane: Lane) -> None:
    cards, phones = lane.moved(), lane.on_phones()
    lane.scan(RYE, RYE, COFFEE)
    lane.shows_total(110_95)
    lane.pay()
    lane.pad("2", "0")
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_due(90_95)
    lane.pad("3", "0")
    lane.start_mobilepay()
    lane.press("mobilepay", "approve")
    lane.shows_due(60_95)
    lane.other_way("Torvegave")
    lane.fill("amount", "40")
    lane.fill("reference", "TG-17")
    lane.button("dialog", "Pay").click()
    lane.shows_due(20_95)
    expect(lane.area("right").locator(".paid li")).to_have_count(3)
    lane.pay_cash(50_00)
    lane.shows_change("Change", 29_00)

    card, phone, voucher, coins = check_receipt(lane, 1).tenders
    assert isinstance(card, PaymentTender)
    assert isinstance(phone, PaymentTender)
    assert (card.means, card.amount, phone.means, phone.amount) == ("card", 20_00, "mobilepay", 30_00)
    assert voucher == OtherTender(Amount(40_00), "voucher", "Torvegave", Amount(40_00), "TG-17")
    assert coins == cash(20_95, tendered=50_00, change=29_00, rounding=5)
    assert (lane.moved(), lane.on_phones()) == ([*cards, 20_00], [*phones, 30_00])
    lane.drawer_opened(1)


def test_tenders_are_taken_back_and_the_sale_is_voided(lane: Lane) -> None:
    cards, phones = lane.moved(), lane.on_phones()
    lane.scan(COFFEE)
    lane.pay()
    lane.pad("2", "0")
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_due(34_95)
    lane.pad("3", "0")
    lane.start_mobilepay()
    lane.press("mobilepay", "approve")
    lane.shows_due(4_95)
    # A sale with money in it is neither left nor voided.
    expect(lane.button("right", "Back", exact=True)).to_be_disabled()
    lane.button("right", "Give {} back", "30,00").click()
    lane.shows_due(34_95)
    lane.button("right", "Give {} back", "20,00").click()
    lane.shows_due(54_95)
    lane.button("right", "Back", exact=True).click()
    lane.void()

    assert lane.events(e.SaleClosed) == []
    assert sum(lane.moved()) == sum(cards)
    assert lane.moved() == [*cards, 20_00, -20_00]
    assert lane.on_phones() == [*phones, 30_00, -30_00]


def test_on_account_up_to_the_limit(lane: Lane) -> None:
    lane.scan(COFFEE)
    lane.pay()
    lane.other_way("Café Solsikken")
    lane.shows_change("Paid", 54_95)
    (tender,) = check_receipt(lane, 1).tenders
    assert (tender.amount, "Café Solsikken" in lane.papers(1)[0]["text"]) == (54_95, True)


def test_mobilepay_in_doubt(lane: Lane) -> None:
    """The answer to the capture is lost and the service is gone: other means go on, and asking again settles it."""
    cards, phones = lane.moved(), lane.on_phones()
    lane.scan(COFFEE)
    lane.pay()
    lane.arm("mobilepay", "capture", "silence")
    lane.start_mobilepay()
    lane.press("mobilepay", "approve")
    until(lambda: lane.far("mobilepay")["struck"], "the capture")
    lane.press("mobilepay", "power-off")
    doubt = lane.page.locator("#right.doubt")
    expect(doubt.locator("h1")).to_have_text(lane.say("{}: was {} taken?", "MobilePay", "54,95"))
    expect(lane.button("finish", "Payment not settled")).to_be_disabled()
    lane.shows_alert("MobilePay")

    # The next customer pays by card; by MobilePay nobody can, until it is settled.
    lane.button("right", "Set aside").click()
    lane.shows_alert(lane.say("The payment of {} is not settled.", "54,95"))
    lane.scan(RYE)
    lane.shows_lines(("1", "Rugbrød", "28,00"))
    lane.pay()
    expect(lane.button("right", "MobilePay")).to_be_disabled()
    lane.start_card()
    lane.press("card", "insert-card")
    lane.shows_change("Paid", 28_00)
    check_receipt(lane, 1)

    lane.next_customer()
    lane.area("alerts").get_by_role("button", name=lane.say("Show")).click()
    expect(doubt).to_be_visible()
    lane.press("mobilepay", "power-on")
    # It may have been asked in this very moment by the till itself.
    with suppress(NotInTime):
        lane.button("right", "Ask now").click(timeout=2000)
    lane.shows_change("Paid", 54_95)
    assert "MobilePay" in lane.papers(2)[1]["text"]
    assert (lane.moved(), lane.on_phones()) == ([*cards, 28_00], [*phones, 54_95])
    assert len(lane.events(e.PaymentInDoubt)) >= 1
    lane.shows_no_alert()
