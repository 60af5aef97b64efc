"""Money goes back the way it came, or another way with approval; never more than came."""

import msgspec
import pytest

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, Purpose
from terminal.domain.receipt import Receipt
from terminal.domain.refunds import Origin
from terminal.domain.sale import CashTender, PaymentTender, TenderRef
from terminal.domain.till import Customer, OtherKind
from tests.domain.playbook import ALL, GIN, MILK, SCREWS, Playbook, kr

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


def test_what_was_paid_can_be_given_back_although_the_buyer_is_too_young() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_cash(kr(50))
    till.adds(GIN)
    assert till.refuses(c.PayCash(kr(200))) is Reason.AGE_CHECK_NEEDED
    till.does(c.TakeBack(1))
    till.does(c.RemoveLine(2))
    assert till.pays_cash(kr(100)) is not None


def test_money_that_went_out_and_a_debt_of_the_same_amount_are_not_nothing() -> None:
    """The sum of the tenders is nil, and the sale must still not vanish: cash has left the drawer."""
    till = Playbook(msgspec.structs.replace(ALL, customers=(Customer("17", "Byg ApS", kr(500)),)))
    till.adds(SCREWS)
    till.pays_cash(kr(50))
    paid = till.pays_card(kr(50))
    assert paid is not None
    till.gives_back(paid)
    assert till.pays_back() is None
    till.adds(SCREWS, quantity=2000)
    till.does(c.PayOnAccount("17", Amount(0), kr(50)))
    assert till.state.sale is not None
    assert till.state.sale.paid == 0
    assert till.refuses(c.VoidSale("Kunden gik")) is Reason.PARTLY_PAID
    assert till.refuses(c.RemoveLine(1)) is Reason.PARTLY_PAID


def test_what_went_back_before_the_receipt_does_not_go_back_again() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_card(kr(50))
    finishes(till, till.does(c.TakeBack(1)))
    paid = till.pays_cash(kr(100))
    assert paid is not None
    assert [tender.amount for tender in paid.tenders] == [kr(50), kr(-50), kr(100)]
    till.gives_back(paid)
    receipt = till.pays_back()
    assert receipt is not None
    assert [(tender.amount, tender.of) for tender in receipt.tenders] == [(kr(-100), TenderRef(1, 3))]


def test_a_voucher_that_was_handed_back_can_be_used() -> None:
    till = Playbook(msgspec.structs.replace(ALL, others=(OtherKind("voucher", "Gavebevis", reference=True),)))
    till.adds(SCREWS)
    till.does(c.PayOther("voucher", kr(20), "A1"))
    till.does(c.TakeBack(1))
    till.does(c.PayOther("voucher", kr(20), "A1"))
    assert till.due == kr(80)


def test_a_reversal_that_is_refused_becomes_a_refund_or_cash_with_approval() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_card(kr(50))
    intended = till.does(c.TakeBack(1))
    assert isinstance(intended, e.PaymentIntended)
    assert intended.intent.purpose == "reverse"
    till.happens(e.PaymentSent(intended.intent.id))
    till.happens(e.PaymentDeclined(intended.intent.id, Declined("declined")))
    again = till.does(c.TakeBack(1))
    assert isinstance(again, e.PaymentIntended)
    assert again.intent.purpose == "refund"
    till.happens(e.PaymentCancelled(again.intent.id, Declined("not-sent")))
    assert till.refuses(c.TakeBack(1, "cash")) is Reason.APPROVAL_NEEDED
    out = till.does(c.TakeBack(1, "cash", "Ida"))
    assert isinstance(out, e.TenderTaken)
    assert (out.tender.amount, out.tender.approver) == (kr(-50), "Ida")
    till.does(c.VoidSale("Kunden gik"))


def test_a_payment_without_the_terminal_s_number_is_refunded() -> None:
    """A person has said that it was paid: there is nothing to reverse it by."""
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.SettlePayment(till.card_in_doubt(), True, "Ida"))
    till.gives_back(till.receipts[0])
    intended = till.does(till.back())
    assert isinstance(intended, e.PaymentIntended)
    assert intended.intent.purpose == "refund"


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize("paid", [False, True])
def test_mobilepay_is_not_said_to_be_paid_by_hand(approved: bool, paid: bool) -> None:
    """What the customer has approved is only reserved: it has to be captured, and that only the till can do."""
    till = Playbook(WIDE)
    till.adds(SCREWS)
    till.does(c.PayBy("mobilepay"))
    till.happens(e.PaymentSent(1))
    if approved:
        till.happens(e.PaymentApproved(1, Approved(kr(100))))
    till.happens(e.PaymentInDoubt(1, OutcomeUnknown("no network")))
    command = c.SettlePayment(1, paid, "Ida")
    if approved or paid:
        assert till.refuses(command) is Reason.SETTLES_ITSELF
    else:
        till.does(command)


def test_no_single_purpose_gift_card_comes_out_of_a_return() -> None:
    till = Playbook(msgspec.structs.replace(WIDE, gift_vat=BasisPoints(2500)))
    till.gives_back(by_card(till, kr(200)))
    assert till.refuses(till.back("gift-card", "Ida", "123")) is Reason.NO_MEANS


def test_the_terminal_s_day_is_open_until_it_is_known() -> None:
    till = Playbook()
    till.does(c.BeginDayEnd())
    assert till.state.day_ending
    till.does(c.KeepDay("no host"))
    assert not till.state.day_ending
    till.does(c.BeginDayEnd())
    till.does(c.EndDay(None))
    assert not till.state.day_ending
