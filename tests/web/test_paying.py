"""Payments as they look and feel."""

import anyio
import pytest

from terminal.domain.money import Amount
from terminal.domain.payment import Approved, Declined, OutcomeUnknown
from terminal.domain.receipt import Receipt
from tests.web.client import PATIENCE, Screen
from tests.web.shop import PIN, Shop

pytestmark = pytest.mark.anyio

BREAD, MILK, WINE = "5700000010010", "5700000020019", "5700000050061"


async def to_payment(shop: Shop, screen: Screen, *codes: str) -> None:
    for code in codes:
        shop.scan(code)
    await screen.touch("/till/pay", sale=shop.parts.till.state.current)
    await screen.view("pay")


def last(shop: Shop) -> Receipt:
    receipt = shop.parts.till.state.last
    assert receipt is not None
    return receipt


async def test_cash_by_a_note_and_the_change_very_large(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, MILK)
    await screen.shows("right", "At betale", "12,95", "Kontant 13,00 (afrunding 0,05)", "Lige penge", "50,00")
    await screen.touch("/till/cash", sale=1, amount=5000)
    await screen.view("change")
    await screen.shows("change", "Byttepenge", '<output class="giant">37,00</output>', "af 50,00", "Bon 1-1")
    assert last(shop).change == 3700


async def test_the_change_stays_until_the_next_scan(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, MILK)
    await screen.touch("/till/cash", sale=1, amount=5000)
    await screen.view("change")
    await screen.touch("/till/search", words="rug")
    assert screen.regions["view"]["view"] == "change"
    shop.scan(BREAD)
    await screen.view("sale")
    await screen.shows("lines", "Rugbrød")


async def test_the_change_can_be_touched_away(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, MILK)
    await screen.touch("/till/cash", sale=1, amount=1300)
    await screen.shows("change", "Betalt", "13,00")
    await screen.touch("/till/next")
    await screen.view("sale")


async def test_an_amount_typed_on_the_pad(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.shows("finish", "disabled", "Vælg betaling")
    await screen.keys("1 0 0")
    await screen.shows("right", "Byttepenge 72,00")
    await screen.shows("finish", "Kontant", "100,00")
    await screen.touch("/till/cash", sale=1)
    await screen.shows("change", "72,00")


async def test_a_second_touch_on_pay_or_cash_means_nothing(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    assert (await screen.touch("/till/pay", sale=1)).status_code == 204
    for _ in range(3):
        assert (await screen.touch("/till/cash", sale=1, amount=5000)).status_code == 204
    assert shop.parts.till.state.next_receipt == 2
    shop.scan(MILK)
    assert (await screen.touch("/till/cash", sale=1, amount=5000)).status_code == 204
    assert shop.parts.till.state.current == 2


async def test_the_buyers_age_is_asked_for_first(shop: Shop, screen: Screen) -> None:
    shop.scan(WINE)
    await screen.touch("/till/pay", sale=1)
    year = int(shop.parts.till.moment().local[:4])
    await screen.shows("dialog", "Køberen skal være fyldt 18", "Født senest", f"-{year - 18}")
    assert screen.regions["view"]["view"] == "sale"
    await screen.touch("/till/old-enough", sale=1)
    await screen.view("pay")
    assert shop.parts.till.state.sales[1].age_confirmed == 18


async def test_part_cash_and_the_rest_by_card(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.keys("1 0")
    await screen.shows("finish", "Kontant, en del", "10,00")
    await screen.touch("/till/cash", sale=1)
    await screen.shows("right", "Betalt indtil nu", "10,00", '<output class="huge">18,00</output>')
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    shop.reader.approve(1800)
    await screen.shows("change", "Betalt", "28,00")


async def test_what_the_card_terminal_shows_is_live(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    for code, text, words in (
        ("0A", "", "Indsæt kortet"),
        ("01", "", "Kunden taster pinkode"),
        ("4C", "", "Kortet kan ikke læses. Tag kortet ud"),
        ("FF", "Hello from the terminal", "Hello from the terminal"),
        ("99", "", "Se på terminalen"),
    ):
        shop.reader.say(code, text)
        await screen.shows("right", words, "Afbryd betalingen")
    shop.reader.approve(2800)
    await screen.view("change")
    assert isinstance(last(shop).tenders[0].amount, int)


async def test_a_scan_during_a_card_payment_is_refused_with_a_reason(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    shop.scan(MILK)
    await screen.shows("toast", "En betaling er i gang")
    await screen.heard("bad")


async def test_cancelling_a_card_payment(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    await screen.touch("/till/payment/cancel")
    await screen.shows("right", "Betalingen blev afbrudt.", "Lige penge")
    await screen.touch("/till/back")
    await screen.view("sale")
    await screen.touch("/till/pay", sale=1)
    await screen.view("pay")
    await screen.lacks("right", "afbrudt")


async def test_a_declined_card_says_so_and_what_next(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    shop.reader.end(Declined("declined", code="05", text="Ring til <banken>"))
    await screen.shows("right", "Ring til &lt;banken&gt;", "tag et andet kort")
    await screen.touch("/till/cash", sale=1, amount=2800)
    await screen.view("change")


async def to_doubt(shop: Shop, screen: Screen) -> int:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    shop.reader.end(OutcomeUnknown("the cable was out"))
    await screen.view("doubt")
    await screen.shows("right", "Er der trukket 28,00 på kortet?", "Spørg nu", "Læg til side")
    payment = shop.parts.till.state.payments["card"]
    assert payment is not None
    return payment.intent.id


async def test_in_doubt_the_terminal_is_asked(shop: Shop, screen: Screen) -> None:
    await to_doubt(shop, screen)
    shop.reader.truth = Approved(Amount(2800))
    with anyio.fail_after(PATIENCE):
        while screen.regions["view"]["view"] != "change":
            await screen.touch("/till/payment/ask")
            await anyio.sleep(0.05)
    assert last(shop).total == 2800


async def test_in_doubt_a_person_can_settle_with_a_pin(shop: Shop, screen: Screen) -> None:
    intent = await to_doubt(shop, screen)
    await screen.touch("/till/payment/settle", intent=intent, paid="no")
    await screen.shows("dialog", "Betalingen på 28,00 blev ikke til noget", "Mette")
    settled: dict[str, str | int] = {"intent": intent, "paid": "no", "approver": "Jens"}
    assert (await screen.touch("/till/payment/settled", **settled, pin="0000")).status_code == 409
    await screen.touch("/till/payment/settled", **settled, pin=PIN)
    await screen.view("pay")
    assert not shop.parts.till.state.payments


async def test_in_doubt_the_till_sells_on_for_cash(shop: Shop, screen: Screen) -> None:
    await to_doubt(shop, screen)
    await screen.touch("/till/payment/aside", sale=1)
    await screen.view("sale")
    await screen.shows("alerts", "Betalingen på 28,00 er ikke afklaret.")
    await to_payment(shop, screen, MILK)
    refused = await screen.touch("/till/by", sale=2, means="card")
    assert refused.status_code == 409
    await screen.touch("/till/cash", sale=2, amount=1300)
    await screen.view("change")
    await screen.touch("/till/resume", sale=1)
    await screen.view("doubt")


async def test_a_return_by_the_receipts_own_barcode(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, MILK, MILK)
    await screen.touch("/till/cash", sale=1, amount=2600)
    shop.scan("1-1")
    await screen.shows("dialog", "Retur fra bon 1-1", "2 af 2 tilbage")
    await screen.touch("/till/return", receipt=1, line=1)
    await screen.shows("dialog", "1 af 2 tilbage")
    await screen.shows("lines", "Retur, bon 1", "-12,95")
    await screen.touch("/till/return", receipt=1, line=1, amount="all")
    await screen.shows("dialog", "0 af 2 tilbage", "disabled")
    assert (await screen.touch("/till/return", receipt=1, line=1)).status_code == 409
    await screen.touch("/till/close")
    await screen.shows("finish", "Betal tilbage", "25,90")
    await screen.touch("/till/pay", sale=2)
    await screen.shows("right", "Skal have tilbage", "Betal tilbage: Kontant", "26,00")
    await screen.touch("/till/pay-back", sale=2)
    await screen.shows("change", "Betal tilbage", "26,00")


async def test_a_receipt_scanned_into_the_dialog_that_asks_for_it(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, MILK)
    await screen.touch("/till/cash", sale=1, amount=1300)
    await screen.touch("/till/open", dialog="returns")
    await screen.shows("dialog", "scan eller tast")
    shop.scan("1-1")
    await screen.shows("dialog", "Retur fra bon 1-1")
    await screen.touch("/till/close")
    shop.scan(WINE)
    await screen.touch("/till/pay", sale=2)
    await screen.shows("dialog", "Født senest")
    shop.scan("1-1")
    await screen.shows("toast", "Gør dette færdigt først, og scan så bon 1 igen.")
    await screen.shows("dialog", "Født senest")


async def test_a_return_by_a_typed_number(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, MILK)
    await screen.touch("/till/cash", sale=1, amount=1300)
    await screen.touch("/till/open", dialog="returns")
    await screen.shows("dialog", 'value="1-1"', "12,95")
    missing = await screen.touch("/till/receipt", receipt="1-99")
    assert (missing.status_code, missing.text) == (409, "Bon 1-99 findes ikke.")
    await screen.touch("/till/receipt", receipt="1")
    await screen.shows("dialog", "Retur fra bon 1-1")


async def test_more_than_is_due_by_card_is_refused_in_money(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.keys("9 9")
    await screen.shows("right", "disabled", "Kort")
    answer = await screen.touch("/till/by", sale=1, means="card")
    assert (answer.status_code, answer.text) == (409, "Mere end der skal betales.")
