"""Money goes back the way it came, or another way with approval; never more than came."""

import msgspec
import pytest

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, Purpose
from terminal.domain.receipt import Receipt
from terminal.domain.refunds import Origin
from terminal.domain.sale import CashTender, PaymentTender, TenderRef
from terminal.domain.till import OtherKind
from tests.domain.playbook import ALL, MILK, SCREWS, Playbook, kr

WIDE = msgspec.structs.replace(ALL, means=frozenset({"card", "mobilepay", "gift-card"}))


def by_card(till: Playbook, *amounts: Amount) -> Receipt:
    """Two boxes of screws, paid by card in these parts and the rest in cash."""
    till.adds(SCREWS, quantity=2000)
    receipt = None
    for amount in amounts:
        receipt = till.pays_card(amount)
    receipt = receipt or till.pays_cash(till.due)
    assert receipt is not None
    return receipt


def finishes(till: Playbook, intended: e.AnyEvent) -> Receipt | None:
    """The refund that was intended is carried out."""
    assert isinstance(intended, e.PaymentIntended)
    intent = intended.intent
    till.happens(e.PaymentSent(intent.id))
    till.happens(e.PaymentApproved(intent.id, Approved(intent.amount)))
    till.happens(e.PaymentAcked(intent.id))
    done = till.does(c.FinishPayment(intent.id, Approved(intent.amount)))
    return done.receipt if isinstance(done, e.SaleClosed) else None


@pytest.mark.parametrize(("quantity", "purpose"), [(2000, "reverse"), (1000, "refund")])
def test_a_card_payment_goes_back_to_the_card(quantity: int, purpose: Purpose) -> None:
    till = Playbook()
    paid = by_card(till, kr(200))
    till.gives_back(paid, quantity=quantity)
    intended = till.does(till.back())
    assert isinstance(intended, e.PaymentIntended)
    intent, tender = intended.intent, paid.tenders[0]
    assert isinstance(tender, PaymentTender)
    assert (intent.purpose, intent.amount, intent.of) == (purpose, kr(quantity // 10), tender.approval)
    assert (intent.of_receipt, intent.of_tender, intent.of_key) == (1, 1, tender.key)
    receipt = finishes(till, intended)
    assert receipt is not None
    assert [(each.amount, each.of) for each in receipt.tenders] == [(kr(-quantity // 10), TenderRef(1, 1))]
    assert receipt.rounding == 0


def test_after_the_terminal_s_day_a_whole_payment_is_refunded_and_not_reversed() -> None:
    till = Playbook()
    paid = by_card(till, kr(200))
    till.does(c.EndDay(None))
    till.gives_back(paid, quantity=2000)
    intended = till.does(till.back())
    assert isinstance(intended, e.PaymentIntended)
    assert intended.intent.purpose == "refund"


def test_another_way_needs_somebody_who_approves() -> None:
    till = Playbook()
    till.gives_back(by_card(till, kr(200)))
    assert till.refuses(till.back("cash")) is Reason.APPROVAL_NEEDED
    receipt = till.pays_back("cash", "Ida")
    assert receipt is not None
    tender = receipt.tenders[0]
    assert isinstance(tender, CashTender)
    assert (tender.amount, tender.of, tender.approver) == (kr(-100), TenderRef(1, 1), "Ida")


def test_what_went_back_in_cash_does_not_go_back_to_the_card_too() -> None:
    till = Playbook()
    paid = by_card(till, kr(150))
    till.gives_back(paid)
    assert till.pays_back("cash", "Ida") is not None
    till.gives_back(paid)
    # Of the card's 150 kr 100 went back: 50 are left of it, and then the cash that was paid.
    intended = till.does(till.back())
    assert isinstance(intended, e.PaymentIntended)
    assert (intended.intent.amount, intended.intent.purpose) == (kr(50), "refund")
    assert finishes(till, intended) is None
    receipt = till.pays_back()
    assert receipt is not None
    assert [each.amount for each in receipt.tenders] == [kr(-50), kr(-50)]


def test_a_refund_in_an_open_sale_counts_for_the_next() -> None:
    till = Playbook()
    paid = by_card(till, kr(150))
    till.gives_back(paid)
    intended = till.does(till.back())
    assert isinstance(intended, e.PaymentIntended)
    till.happens(e.PaymentSent(intended.intent.id))
    till.happens(e.PaymentInDoubt(intended.intent.id, OutcomeUnknown("cable")))
    till.does(c.ParkSale())
    till.gives_back(paid)
    # The card still has the first refund in doubt: only what is left beside it is to go there.
    assert till.refuses(till.back()) is Reason.PAYMENT_IN_DOUBT
    receipt = till.pays_back("cash", "Ida")
    assert receipt is None
    assert till.due == kr(-50)
    assert till.pays_back() is not None


def test_a_refund_that_is_declined_is_still_owed() -> None:
    till = Playbook()
    till.gives_back(by_card(till, kr(200)))
    intended = till.does(till.back())
    assert isinstance(intended, e.PaymentIntended)
    till.happens(e.PaymentSent(intended.intent.id))
    till.happens(e.PaymentDeclined(intended.intent.id, Declined("declined")))
    assert till.due == kr(-100)
    assert till.pays_back("cash", "Ida") is not None


def test_onto_a_gift_card_with_approval() -> None:
    till = Playbook(WIDE)
    till.gives_back(by_card(till, kr(200)))
    assert till.refuses(till.back("gift-card", "Ida")) is Reason.UNKNOWN_GIFT_CARD
    assert till.refuses(till.back("gift-card", "", "123")) is Reason.APPROVAL_NEEDED
    receipt = finishes(till, till.does(till.back("gift-card", "Ida", "123")))
    assert receipt is not None
    tender = receipt.tenders[0]
    assert isinstance(tender, PaymentTender)
    assert (tender.means, tender.account, tender.approver) == ("gift-card", "123", "Ida")


def test_a_voucher_that_may_not_be_handed_out_goes_back_in_cash_with_approval() -> None:
    kinds = (OtherKind("voucher", "Gavebevis"), OtherKind("meal", "Madbillet", refund=True))
    till = Playbook(msgspec.structs.replace(ALL, others=kinds))
    for kind, reason in (("voucher", Reason.APPROVAL_NEEDED), ("meal", None)):
        till.adds(SCREWS)
        closed = till.does(c.PayOther(kind, kr(100)))
        assert isinstance(closed, e.SaleClosed)
        till.gives_back(closed.receipt)
        if reason is not None:
            assert till.refuses(till.back()) is reason
            assert till.pays_back("cash", "Ida") is not None
        else:
            assert till.pays_back() is not None


def test_nothing_is_given_back_that_is_not_owed() -> None:
    till = Playbook()
    till.adds(MILK)
    assert till.refuses(till.back("cash", "Ida")) is Reason.NOTHING_TO_GIVE_BACK


def test_receipts_must_be_those_that_are_returned_from() -> None:
    till = Playbook()
    first, other = till.sells(SCREWS), till.sells(SCREWS)
    till.gives_back(first)
    wrong = msgspec.structs.replace(till.back(), origins=(Origin(other, {}),))
    assert till.refuses(wrong) is Reason.NO_SUCH_RECEIPT


# A tender of the sale that is still open


def test_a_partly_paid_sale_is_given_up_when_its_money_is_back() -> None:
    till = Playbook()
    till.adds(SCREWS, quantity=2000)
    till.pays_cash(kr(50))
    till.pays_card(kr(100))
    assert till.refuses(c.VoidSale("Kunden gik")) is Reason.PARTLY_PAID
    out = till.does(c.TakeBack(1))
    assert isinstance(out, e.TenderTaken)
    assert (out.tender.amount, out.drawer) == (kr(-50), 1)
    assert till.refuses(c.TakeBack(1)) is Reason.NOTHING_TO_GIVE_BACK
    intended = till.does(c.TakeBack(2))
    assert isinstance(intended, e.PaymentIntended)
    assert (intended.intent.purpose, intended.intent.of_receipt) == ("reverse", 0)
    finishes(till, intended)
    till.does(c.VoidSale("Kunden gik"))
    assert till.state.sale is None


@pytest.mark.parametrize("place", [0, 3, 9])
def test_there_is_no_such_tender(place: int) -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_cash(kr(50))
    assert till.refuses(c.TakeBack(place)) is Reason.NOTHING_TO_GIVE_BACK
