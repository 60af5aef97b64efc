"""Gift cards, accounts, vouchers and money that goes back, as a cashier touches them."""

import pytest

from terminal.domain.payment import Declined
from terminal.domain.sale import CashTender, PaymentTender
from terminal.protocols.zvt.totals import DayNotClosed, DayResult, DayTotals, DayUnknown, KindTotal
from tests.web.client import Screen
from tests.web.shop import PIN, Shop
from tests.web.test_paying import BREAD, last, to_payment

pytestmark = pytest.mark.anyio

NUMBER = "1000000000000008"


async def sold(shop: Shop, screen: Screen, amount: str = "500") -> None:
    """A gift card is sold for cash."""
    await screen.touch("/till/open", dialog="gift-cards")
    await screen.shows("dialog", "Sælg eller fyld op")
    await screen.touch("/till/gift-card", wish="sell", number=NUMBER, amount=amount)
    await screen.shows("lines", "Gavekort", "500,00")
    await screen.touch("/till/pay", sale=1)
    await screen.touch("/till/cash", sale=1, amount=50000)
    await screen.view("change")


async def test_a_gift_card_is_sold_pays_and_is_asked_what_is_left(shop: Shop, screen: Screen) -> None:
    await sold(shop, screen)
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/open", dialog="ways")
    await screen.shows("dialog", "Andre betalingsmåder", "Gavekort")
    await screen.touch("/till/open", dialog="gift-pay")
    shop.scan(NUMBER)
    await screen.shows("dialog", NUMBER, "På kortet: 500,00")
    await screen.touch("/till/gift", sale=2, paid=0, number=NUMBER)
    await screen.view("change")
    tender = last(shop).tenders[0]
    assert isinstance(tender, PaymentTender)
    assert (tender.means, tender.amount) == ("gift-card", 2800)
    await screen.touch("/till/gift-card", wish="balance", number=NUMBER)
    await screen.shows("dialog", "På kortet: 472,00")


async def test_a_gift_card_is_scanned_at_the_wrong_moment(shop: Shop, screen: Screen) -> None:
    await sold(shop, screen)
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/open", dialog="void")
    await screen.shows("dialog", "Annullér")
    shop.scan(NUMBER)
    await screen.shows("toast", "Gør dette færdigt først, og scan så gavekortet igen.")
    await screen.touch("/till/close")
    shop.scan(NUMBER)
    await screen.shows("dialog", "På kortet: 500,00")
    # The dialog says it: no notice lies over it.
    assert "gift-card" not in screen.regions["toast"]


async def test_a_new_gift_card_gets_a_number_of_its_own(shop: Shop, screen: Screen) -> None:
    await screen.touch("/till/gift-card", wish="sell", amount="100,50")
    await screen.shows("lines", "Gavekort", "100,50")
    sale = shop.parts.till.state.sale
    assert sale is not None
    credit = sale.basket.lines[0].credit
    assert credit is not None
    assert len(credit.number) == 16


async def test_a_card_that_was_never_sold_cannot_pay(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    answer = await screen.touch("/till/gift", sale=1, paid=0, number="99")
    assert (answer.status_code, answer.text) == (409, "Der er intet gavekort med det nummer.")


async def test_on_account(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/open", dialog="ways")
    await screen.shows("dialog", "På konto", "Byg ApS")
    await screen.touch("/till/account", sale=1, paid=0, customer="17")
    await screen.view("change")
    await to_payment(shop, screen, BREAD)
    answer = await screen.touch("/till/account", sale=2, paid=0, customer="17")
    assert (answer.status_code, answer.text) == (409, "Det er over kundens kreditmaksimum.")


async def test_a_voucher_is_taken_once(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/open-other", kind="voucher")
    await screen.shows("dialog", "Gavebevis", "Værdi i kroner", "Nummer på den")
    await screen.touch("/till/other", sale=1, paid=0, kind="voucher", amount="10", reference="A 7")
    await screen.shows("right", "Gavebevis A7", "10,00", '<output class="huge">18,00</output>')
    await screen.touch("/till/cash", sale=1, amount=1800)
    await screen.view("change")
    await to_payment(shop, screen, BREAD)
    answer = await screen.touch("/till/other", sale=2, paid=0, kind="voucher", amount="10", reference="A7")
    assert (answer.status_code, answer.text) == (409, "Nummer A7 er allerede brugt.")


async def paid_by_card(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    shop.reader.approve(2800)
    await screen.view("change")
    await screen.touch("/till/return", receipt=1, line=1)
    await screen.touch("/till/pay", sale=2)


async def test_a_card_payment_goes_back_to_the_card(shop: Shop, screen: Screen) -> None:
    await paid_by_card(shop, screen)
    await screen.shows("right", "Betal tilbage: Dankort 1234", "28,00")
    await screen.touch("/till/pay-back", sale=2)
    await screen.shows("right", "Tilbage på kortet", "28,00")
    shop.reader.approve(2800)
    await screen.view("change")
    assert last(shop).tenders[0].amount == -2800


async def test_a_refund_that_is_declined_goes_back_in_cash_when_somebody_approves(shop: Shop, screen: Screen) -> None:
    await paid_by_card(shop, screen)
    await screen.touch("/till/pay-back", sale=2)
    await screen.shows("right", "Tilbage på kortet")
    shop.reader.end(Declined("declined", "05", "AFVIST"))
    await screen.shows("right", "AFVIST", "giv tilbage på en anden måde")
    await screen.touch("/till/open", dialog="back-otherwise")
    await screen.shows("dialog", "Giv tilbage på en anden måde", "Mette")
    wrong = await screen.touch(
        "/till/pay-back-otherwise", sale=2, paid=0, owed=2800, way="cash", approver="Mette", pin="0000"
    )
    assert wrong.status_code == 409
    await screen.touch("/till/pay-back-otherwise", sale=2, paid=0, owed=900, way="cash", approver="Mette", pin=PIN)
    assert shop.parts.till.state.sale is not None, "another amount than was approved"
    await screen.touch("/till/pay-back-otherwise", sale=2, paid=0, owed=2800, way="cash", approver="Mette", pin=PIN)
    await screen.view("change")
    tender = last(shop).tenders[0]
    assert isinstance(tender, CashTender)
    assert (tender.amount, tender.approver) == (-2800, "Mette")


async def test_a_part_that_was_paid_goes_back_and_the_sale_is_given_up(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.keys("1 0")
    await screen.touch("/till/cash", sale=1)
    await screen.shows("right", "Giv 10,00 tilbage")
    await screen.touch("/till/take-back", sale=1, tender=1)
    await screen.shows("right", "-10,00", '<output class="huge">28,00</output>')
    await screen.touch("/till/back")
    await screen.touch("/till/void", reason="Kunden gik")
    await screen.shows("lines", "0,00")
    assert shop.parts.till.state.sale is None


def _totals(amount: int) -> DayTotals:
    return DayTotals(amount, kinds=(KindTotal("other", 1, amount),), counted=True)


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (
            DayTotals(2800, kinds=(KindTotal("other", 1, 2800),), counted=True),
            ("Terminalen", "28,00", "Forskel", "0,00"),
        ),
        (DayTotals(2700, kinds=(KindTotal("other", 1, 2700),), counted=True), ("-1,00", "er ikke enige")),
        (DayTotals(None), ("sagde ikke, hvad der var",)),
        (DayNotClosed(why="host down"), ("Dagen er måske ikke afsluttet:", "host down")),
        (DayUnknown("the cable"), ("the cable", "?")),
    ],
)
async def test_the_terminal_s_day_is_compared(
    shop: Shop, screen: Screen, day: DayResult, shown: tuple[str, ...]
) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    shop.reader.approve(2800)
    await screen.view("change")
    await screen.touch("/till/open", dialog="day-end")
    await screen.shows("dialog", "1 kortbetaling siden sidst", "28,00")
    shop.reader.day = day
    await screen.touch("/till/day-end")
    await screen.shows("dialog", *shown)
    counted = shop.parts.till.state.day.count
    assert counted == (1 if isinstance(day, DayNotClosed) else 0)


async def test_no_day_ends_while_a_card_payment_is_open(shop: Shop, screen: Screen) -> None:
    await to_payment(shop, screen, BREAD)
    await screen.touch("/till/by", sale=1, means="card")
    await screen.view("card")
    assert (await screen.touch("/till/day-end")).status_code == 409
