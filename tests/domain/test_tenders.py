"""Gift cards, accounts, vouchers: what they can pay, and what they cannot."""

import msgspec
import pytest

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.payment import Approved
from terminal.domain.receipt import Receipt
from terminal.domain.sale import AccountTender, Credit, Discount, OtherTender, PaymentTender
from terminal.domain.till import Customer, OtherKind
from tests.domain.playbook import ALL, MILK, SCREWS, Playbook, kr

SHOP = msgspec.structs.replace(
    ALL,
    means=frozenset({"card", "gift-card"}),
    others=(OtherKind("voucher", "Gavebevis", reference=True), OtherKind("meal", "Madbillet", over=False)),
    customers=(Customer("17", "Byg ApS", kr(150)),),
)
CARD = Credit("gift-card", "1000000000000008")


def from_gift_card(till: Playbook, balance: Amount | None, amount: Amount | None = None) -> Receipt | None:
    intended = till.does(c.PayBy("gift-card", amount, CARD.number, balance))
    assert isinstance(intended, e.PaymentIntended)
    intent = intended.intent
    till.happens(e.PaymentSent(intent.id))
    till.happens(e.PaymentApproved(intent.id, Approved(intent.amount)))
    till.happens(e.PaymentAcked(intent.id))
    done = till.does(c.FinishPayment(intent.id, Approved(intent.amount)))
    return done.receipt if isinstance(done, e.SaleClosed) else None


@pytest.mark.parametrize(("rate", "vat"), [(0, 0), (2500, kr(100))])
def test_a_gift_card_is_sold_with_or_without_vat(rate: int, vat: Amount) -> None:
    """Multi-purpose: VAT falls due when it is used. Single-purpose: now."""
    till = Playbook(msgspec.structs.replace(SHOP, gift_vat=BasisPoints(rate)))
    till.does(c.SellCredit(CARD, kr(500), "Gavekort"))
    receipt = till.pays_cash(kr(500))
    assert receipt is not None
    assert [(line.credit, line.amount) for line in receipt.lines] == [(CARD, kr(500))]
    assert sum(row.vat for row in receipt.vat) == vat


def test_a_gift_card_takes_no_discount_and_does_not_come_back() -> None:
    till = Playbook(SHOP)
    till.does(c.SellCredit(CARD, kr(500), "Gavekort"))
    till.adds(SCREWS)
    assert till.refuses(c.DiscountLine(1, Discount("Tilbud", percent=BasisPoints(1000)))) is Reason.NOT_DISCOUNTABLE
    till.does(c.DiscountSale(Discount("Tilbud", percent=BasisPoints(1000))))
    assert till.due == kr(590)
    receipt = till.pays_cash(kr(590))
    assert receipt is not None
    assert till.refuses(till.return_of(receipt, 1)) is Reason.NOT_RETURNABLE


def test_a_gift_card_pays_what_is_on_it() -> None:
    till = Playbook(SHOP)
    till.adds(SCREWS)
    assert from_gift_card(till, kr(30)) is None
    assert till.due == kr(70)
    receipt = till.pays_cash(kr(70))
    assert receipt is not None
    tender = receipt.tenders[0]
    assert isinstance(tender, PaymentTender)
    assert (tender.amount, tender.means, tender.account) == (kr(30), "gift-card", CARD.number)


@pytest.mark.parametrize(
    ("balance", "reason"),
    [(None, Reason.UNKNOWN_GIFT_CARD), (kr(0), Reason.GIFT_CARD_EMPTY), (kr(-1), Reason.GIFT_CARD_EMPTY)],
)
def test_a_gift_card_that_cannot_pay(balance: Amount | None, reason: Reason) -> None:
    till = Playbook(SHOP)
    till.adds(SCREWS)
    assert till.refuses(c.PayBy("gift-card", None, CARD.number, balance)) is reason


def test_a_limit_while_only_this_till_knows_the_balance() -> None:
    till = Playbook(msgspec.structs.replace(SHOP, gift_most=kr(60)))
    till.adds(SCREWS)
    assert from_gift_card(till, kr(500)) is None
    assert till.due == kr(40)
    assert till.refuses(c.PayBy("gift-card", None, CARD.number, kr(440))) is Reason.GIFT_CARD_LIMIT


def test_on_account_up_to_the_limit() -> None:
    till = Playbook(SHOP)
    till.adds(SCREWS)
    assert till.refuses(c.PayOnAccount("99", Amount(0))) is Reason.UNKNOWN_CUSTOMER
    assert till.refuses(c.PayOnAccount("17", kr(51))) is Reason.CREDIT_LIMIT
    closed = till.does(c.PayOnAccount("17", kr(50)))
    assert isinstance(closed, e.SaleClosed)
    assert closed.receipt.tenders == (AccountTender(kr(100), "17", "Byg ApS"),)
    assert closed.drawer == 0


def test_what_open_sales_have_put_on_the_account_counts() -> None:
    till = Playbook(SHOP)
    till.adds(SCREWS)
    till.does(c.PayOnAccount("17", Amount(0), kr(90)))
    till.does(c.ParkSale())
    till.adds(SCREWS)
    assert till.refuses(c.PayOnAccount("17", Amount(0))) is Reason.CREDIT_LIMIT
    till.does(c.PayOnAccount("17", Amount(0), kr(60)))


def test_a_customer_pays_their_account() -> None:
    till = Playbook(SHOP)
    assert till.refuses(c.SellCredit(Credit("account", "99"), kr(50), "Konto")) is Reason.UNKNOWN_CUSTOMER
    till.does(c.SellCredit(Credit("account", "17"), kr(50), "Indbetaling"))
    receipt = till.pays_cash(kr(50))
    assert receipt is not None
    assert sum(row.vat for row in receipt.vat) == 0


def test_a_voucher_is_worth_what_is_due_at_most() -> None:
    till = Playbook(SHOP)
    till.adds(MILK)
    assert till.refuses(c.PayOther("cheque", kr(20))) is Reason.UNKNOWN_TENDER
    assert till.refuses(c.PayOther("voucher", kr(20))) is Reason.REFERENCE_NEEDED
    assert till.refuses(c.PayOther("voucher", kr(20), "A 1", used=True)) is Reason.VOUCHER_USED
    assert till.refuses(c.PayOther("meal", kr(20))) is Reason.TOO_MUCH
    closed = till.does(c.PayOther("voucher", kr(20), "A 1"))
    assert isinstance(closed, e.SaleClosed)
    assert closed.receipt.tenders == (OtherTender(Amount(12_95), "voucher", "Gavebevis", kr(20), "A1"),)


def test_a_voucher_in_an_open_sale_is_not_taken_again() -> None:
    till = Playbook(SHOP)
    till.adds(SCREWS)
    till.does(c.PayOther("voucher", kr(20), "A1"))
    assert till.refuses(c.PayOther("voucher", kr(20), "A1")) is Reason.VOUCHER_USED


def test_there_is_no_such_means() -> None:
    till = Playbook(SHOP)
    till.adds(SCREWS)
    assert till.refuses(c.PayBy("mobilepay")) is Reason.NO_MEANS
