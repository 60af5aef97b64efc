"""Paying: cash with rounding and change, cards, split payment, and what locks a sale meanwhile."""

import pytest

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason
from terminal.domain.item import ONE
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, CardSlip, Declined, PaymentIntent
from terminal.domain.payment_states import PaymentState
from terminal.domain.sale import CashTender, TenderRef
from terminal.domain.till import Setup
from tests.domain.playbook import BREAD, MILK, SCREWS, Playbook, kr, off

SLIP = CardSlip("customer", ("KORTKVITTERING", "100,00"))


def test_cash_with_rounding_and_change() -> None:
    till = Playbook()
    till.adds(MILK, BREAD)
    receipt = till.pays_cash(kr(50))
    assert receipt is not None
    assert (receipt.total, receipt.rounding, receipt.change) == (kr(37, 45), 5, kr(12, 50))
    assert receipt.tenders == (CashTender(kr(37, 45), kr(50), kr(12, 50), Amount(5)),)


def test_exact_cash_may_be_the_rounded_amount() -> None:
    till = Playbook()
    till.adds(MILK)
    receipt = till.pays_cash(kr(13))
    assert receipt is not None
    assert (receipt.rounding, receipt.change) == (5, 0)


def test_less_than_half_a_coin_is_given_away() -> None:
    till = Playbook()
    till.does(c.AddItem(MILK, price=kr(0, 24)))
    receipt = till.pays_cash(kr(0))
    assert receipt is not None
    assert receipt.tenders == (CashTender(Amount(24), Amount(0), Amount(0), Amount(-24)),)


@pytest.mark.parametrize(
    ("tendered", "reason"),
    [(-50, Reason.BAD_AMOUNT), (10_000_050, Reason.BAD_AMOUNT), (25, Reason.NOT_CASH), (0, Reason.BAD_AMOUNT)],
)
def test_cash_that_cannot_be(tendered: int, reason: Reason) -> None:
    till = Playbook()
    till.adds(MILK)
    assert till.refuses(c.PayCash(Amount(tendered))) is reason


def test_cash_in_two_parts_rounds_once() -> None:
    till = Playbook()
    till.adds(MILK, BREAD)
    assert till.pays_cash(kr(20)) is None
    receipt = till.pays_cash(kr(20))
    assert receipt is not None
    assert sum(tender.amount for tender in receipt.tenders) == kr(37, 45)
    assert (receipt.rounding, receipt.change) == (5, kr(2, 50))


def test_money_is_given_back_rounded_the_other_way() -> None:
    till = Playbook()
    till.gives_back(till.sells(MILK))
    receipt = till.pays_cash()
    assert receipt is not None
    assert receipt.tenders == (CashTender(Amount(-12_95), kr(-13), Amount(0), Amount(-5), TenderRef(1, 1)),)


def test_what_is_partly_paid_may_grow_but_not_change() -> None:
    till = Playbook()
    till.adds(MILK, BREAD)
    till.does(c.DiscountSale(off(10)))
    assert till.pays_cash(kr(10)) is None
    for command in (c.RemoveLine(1), c.ChangeQuantity(1, ONE), c.DiscountSale(None), c.Undo(), c.VoidSale("x")):
        assert till.refuses(command) is Reason.PARTLY_PAID
    before = till.due
    till.adds(SCREWS)
    assert till.due == before + kr(90)
    assert till.refuses(c.Undo()) is Reason.PARTLY_PAID


def test_nothing_comes_back_onto_a_partly_paid_sale() -> None:
    till = Playbook()
    receipt = till.sells(SCREWS)
    till.adds(MILK)
    till.pays_cash(kr(5))
    assert till.refuses(till.return_of(receipt)) is Reason.PARTLY_PAID


def test_a_partly_paid_sale_can_wait() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_cash(kr(40))
    till.does(c.ParkSale())
    till.sells(MILK)
    till.does(c.ResumeSale(1))
    assert till.due == kr(60)


# Effects are intended in the same entry.


def test_closing_intends_the_print_and_the_drawer() -> None:
    till = Playbook()
    till.adds(MILK)
    closed = till.does(c.PayCash(kr(20)))
    assert isinstance(closed, e.SaleClosed)
    assert (closed.print_job, closed.drawer) == (1, 1)
    assert list(till.state.jobs) == [1]
    assert till.state.drawers == {1: "sale"}


def test_nothing_is_intended_that_nothing_could_do() -> None:
    till = Playbook(Setup())
    till.adds(MILK)
    closed = till.does(c.PayCash(kr(20)))
    assert isinstance(closed, e.SaleClosed)
    assert (closed.print_job, closed.drawer) == (0, 0)
    assert till.refuses(c.OpenDrawer("Veksel")) is Reason.NO_DRAWER
    assert till.refuses(c.WantCopy(closed.receipt)) is Reason.NO_PRINTER
    till.adds(MILK)
    assert till.refuses(c.PayBy("card")) is Reason.NO_MEANS


def test_the_drawer_stays_shut_for_a_card() -> None:
    till = Playbook()
    till.adds(MILK)
    till.pays_card()
    assert till.state.drawers == {}


def test_the_drawer_opens_when_a_card_pays_the_rest_of_cash() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_cash(kr(40))
    receipt = till.pays_card()
    assert receipt is not None
    assert [tender.amount for tender in receipt.tenders] == [kr(40), kr(60)]
    assert till.state.drawers == {1: "sale"}


def test_a_drawer_opening_names_who_and_why() -> None:
    till = Playbook()
    assert till.refuses(c.OpenDrawer("  ")) is Reason.REASON_NEEDED
    assert till.does(c.OpenDrawer("Veksel")) == e.DrawerWanted(1, "Veksel", "Kasse")


def test_a_copy_is_a_job_of_its_own() -> None:
    till = Playbook()
    receipt = till.sells(MILK)
    till.does(c.WantCopy(receipt, (SLIP,)))
    assert till.state.jobs[2].copy
    assert till.state.jobs[2].slips == (SLIP,)


# Cards


def test_a_card_pays_to_the_oere() -> None:
    till = Playbook()
    till.adds(MILK)
    receipt = till.pays_card()
    assert receipt is not None
    assert (receipt.total, receipt.rounding) == (kr(12, 95), 0)


def test_an_intent_names_sale_amount_and_currency() -> None:
    till = Playbook()
    till.adds(SCREWS)
    assert till.does(c.PayBy("card", kr(60))) == e.PaymentIntended(
        PaymentIntent(1, 1, kr(60), 208, key="0123456789abcdef-1")
    )


@pytest.mark.parametrize(
    ("amount", "reason"), [(kr(0), Reason.BAD_AMOUNT), (kr(-1), Reason.BAD_AMOUNT), (kr(100, 1), Reason.TOO_MUCH)]
)
def test_card_amounts_that_cannot_be(amount: Amount, reason: Reason) -> None:
    till = Playbook()
    till.adds(SCREWS)
    assert till.refuses(c.PayBy("card", amount)) is reason


def test_an_amount_that_the_terminal_has_no_digits_for() -> None:
    till = Playbook()
    till.does(c.AddItem(SCREWS, 9_999 * ONE, price=None))
    till.does(c.OverridePrice(1, kr(1_000_000), "x", "Ida"))
    till.does(c.AddItem(MILK, 9_999 * ONE))
    till.does(c.OverridePrice(2, kr(1_000_000), "x", "Ida"))
    assert till.refuses(c.PayBy("card")) is Reason.TOO_MUCH


def test_while_a_card_is_in_the_terminal_the_sale_stands_still() -> None:
    till = Playbook()
    receipt = till.sells(MILK)
    till.adds(SCREWS)
    till.does(c.PayBy("card"))
    for command in (
        c.AddItem(MILK),
        c.RemoveLine(1),
        c.Undo(),
        c.VoidSale("x"),
        c.ParkSale(),
        c.PayCash(kr(100)),
        c.PayBy("card"),
        c.CloseSale(2),
        c.SettlePayment(1, True, "Ida"),
        till.return_of(receipt),
    ):
        assert till.refuses(command) is Reason.PAYMENT_PENDING


def test_a_payment_in_doubt_holds_its_sale_but_not_the_queue() -> None:
    till = Playbook()
    till.adds(SCREWS)
    intent = till.card_in_doubt()
    assert till.refuses(c.PayCash(kr(100))) is Reason.PAYMENT_PENDING
    assert till.refuses(c.VoidSale("x")) is Reason.PAYMENT_PENDING
    till.does(c.ParkSale())
    till.adds(MILK)
    assert till.refuses(c.PayBy("card")) is Reason.PAYMENT_IN_DOUBT
    assert till.pays_cash(kr(20)) is not None
    till.card_fails(intent)
    till.does(c.ResumeSale(1))
    assert till.pays_cash(kr(100)) is not None


def test_a_settled_payment_pays_its_sale_though_it_is_parked() -> None:
    till = Playbook()
    till.adds(SCREWS)
    intent = till.card_in_doubt()
    till.does(c.ParkSale())
    till.adds(MILK)
    till.happens(e.PaymentDone(intent, Approved(kr(100))))
    closed = till.does(c.CloseSale(1))
    assert isinstance(closed, e.SaleClosed)
    assert till.state.current == 2


@pytest.mark.parametrize("paid", [True, False])
def test_a_person_settles_what_the_terminal_cannot(paid: bool) -> None:
    till = Playbook()
    till.adds(SCREWS)
    assert till.refuses(c.SettlePayment(1, paid, "Ida")) is Reason.NOTHING_DUE
    till.card_in_doubt()
    assert till.refuses(c.SettlePayment(1, paid, "")) is Reason.APPROVAL_NEEDED
    event = till.does(c.SettlePayment(1, paid, "Ida"))
    settled = event.settles if isinstance(event, e.SaleClosed) else event
    assert isinstance(settled, (e.PaymentDone, e.PaymentCancelled))
    assert (settled.by, settled.cashier) == ("Ida", till.state.cashier)
    assert not till.state.payments
    assert (till.state.last is not None) == paid


@pytest.mark.parametrize("paid", [True, False])
def test_after_a_person_s_word_nobody_knows_what_the_terminal_took_last(paid: bool) -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_card(kr(40))
    assert "card" in till.state.last_taken
    intent = till.card_in_doubt()
    till.does(c.SettlePayment(intent, paid, "Ida"))
    assert "card" not in till.state.last_taken


def test_a_partial_approval_leaves_the_rest_due() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.PayBy("card"))
    till.happens(e.PaymentSent(1))
    till.happens(e.PaymentApproved(1, Approved(kr(30))))
    till.happens(e.PaymentAcked(1))
    till.happens(e.PaymentDone(1, Approved(kr(30))))
    assert till.due == kr(70)
    assert till.refuses(c.CloseSale(1)) is Reason.BAD_AMOUNT
    assert till.pays_cash(kr(100)) is not None


def test_a_decline_leaves_the_sale_as_it_was() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.PayBy("card"))
    till.happens(e.PaymentSent(1))
    till.happens(e.PaymentDeclined(1, Declined("declined", "05", "AFVIST")))
    assert not till.state.payments
    assert till.state.last_payment is not None
    assert till.state.last_payment.state is PaymentState.DECLINED
    assert till.due == kr(100)
    till.does(c.RemoveLine(1))


def test_the_slips_of_every_payment_of_the_sale_are_printed_with_it() -> None:
    """Two cards, and another customer's card in between."""
    first, other, second = (CardSlip("customer", (text,)) for text in ("one", "other", "two"))
    till = Playbook()
    till.adds(SCREWS)
    till.pays_card(kr(40), first)
    till.does(c.ParkSale())
    till.adds(MILK)
    till.pays_card(None, other)
    till.does(c.ResumeSale(1))
    till.pays_card(None, second)
    assert [job.slips for job in till.state.jobs.values()] == [(other,), (first, second)]


def test_the_slip_of_a_payment_that_failed_is_on_nobodys_receipt() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.PayBy("card"))
    till.happens(e.PaymentSent(1))
    till.happens(e.SlipKept(1, SLIP))
    till.card_fails(1)
    till.pays_cash(kr(100))
    assert till.state.jobs[1].slips == ()


def test_an_intent_number_is_never_used_again() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.PayBy("card"))
    till.card_fails(1)
    intended = till.does(c.PayBy("card"))
    assert isinstance(intended, e.PaymentIntended)
    assert intended.intent.id == 2


def test_closing_needs_payment() -> None:
    till = Playbook()
    till.adds(SCREWS)
    assert till.refuses(c.CloseSale(1)) is Reason.BAD_AMOUNT
    assert till.refuses(c.CloseSale(9)) is Reason.NO_SUCH_SALE


def test_a_paid_sale_that_a_cut_left_open_is_closed_by_a_person_with_the_drawer() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_cash(kr(40))
    till.does(c.PayBy("card"))
    till.happens(e.PaymentSent(1))
    till.happens(e.PaymentApproved(1, Approved(kr(60))))
    till.happens(e.PaymentAcked(1))
    till.happens(e.PaymentDone(1, Approved(kr(60))))
    closed = till.does(c.PayCash(Amount(0)))
    assert isinstance(closed, e.SaleClosed)
    assert closed.drawer == 1


def test_what_a_terminal_took_above_the_amount_is_given_back_in_cash() -> None:
    """A tip, or a terminal that is set up wrongly: nothing is closed in silence, and the sums agree."""
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.PayBy("card"))
    till.happens(e.PaymentSent(1))
    till.happens(e.PaymentApproved(1, Approved(kr(110))))
    till.happens(e.PaymentAcked(1))
    till.happens(e.PaymentDone(1, Approved(kr(110))))
    assert till.due == kr(-10)
    assert till.refuses(c.CloseSale(1)) is Reason.BAD_AMOUNT
    assert till.refuses(till.back()) is Reason.APPROVAL_NEEDED
    receipt = till.pays_back("cash", "Ida")
    assert receipt is not None
    assert [tender.amount for tender in receipt.tenders] == [kr(110), kr(-10)]
