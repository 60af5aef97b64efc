"""Card payments: paid once, not paid, or in doubt and asked about; also when the till was cut off at any point."""

import pytest

from terminal.app.paying import PaymentDesk, close_what_is_paid
from terminal.app.ports.journal import JournalError
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason, SaleError
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    TerminalMessage,
)
from terminal.domain.payment_states import PaymentState
from terminal.domain.sale import PaymentTender
from tests.app.lane import Lane, Reader, running
from tests.domain.playbook import MILK, SCREWS, Playbook, kr

pytestmark = pytest.mark.anyio

APPROVED = Approved(kr(100), trace="7", masked_pan="541333******4111")
SLIP = CardSlip("customer", ("KORT", "100,00"))
INTENT = PaymentIntent(1, 1, kr(100), key="0123456789abcdef-1")


def desk(*before: e.AnyEvent) -> tuple[Lane, Reader, PaymentDesk]:
    lane, reader = Lane(*before), Reader()
    return lane, reader, PaymentDesk(lane.till, reader, lane.changes)


async def test_a_good_payment_closes_its_sale() -> None:
    lane, reader, card = desk()
    reader.steps, reader.result = [APPROVED, Acknowledged(), SLIP], APPROVED
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: lane.state.last is not None)
    assert lane.book.kinds(after=2) == [
        "PaymentIntended",
        "PaymentSent",
        "PaymentApproved",
        "PaymentAcked",
        "SlipKept",
        "SaleClosed",
    ]
    assert reader.paid == [INTENT]
    assert lane.state.last is not None
    assert lane.state.last.tenders == (PaymentTender(kr(100), 1, APPROVED, key=INTENT.key),)
    assert lane.state.jobs[1].slips == (SLIP,)


async def test_what_the_terminal_shows_is_shown_and_then_gone() -> None:
    lane, reader, card = desk()
    reader.steps, reader.result = [TerminalMessage("0A"), TerminalMessage("17", "VENT")], None
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: card.message == TerminalMessage("17", "VENT"))
    assert card.message is None
    assert "17" not in str(lane.book.events)


class Sleeper(Reader):
    """A terminal that is woken before it is asked."""

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self.lane = lane
        self.woken: list[list[str]] = []
        """What the journal held each time."""
        self.rested = 0

    async def wake(self) -> None:
        self.woken.append(self.lane.book.kinds(after=2))

    def rest(self) -> None:
        self.rested += 1


async def test_the_terminal_is_woken_before_the_intent_is_journalled() -> None:
    lane = Lane()
    sleeper = Sleeper(lane)
    card = PaymentDesk(lane.till, sleeper, lane.changes)
    sleeper.steps, sleeper.result = [APPROVED, Acknowledged()], APPROVED
    async with running(card.run):
        lane.does(c.AddItem(SCREWS))
        await card.pay(c.PayBy("card"))
        assert lane.book.kinds(after=2) == ["PaymentIntended"]
        await lane.until(lambda: lane.state.last is not None)
    assert sleeper.woken == [[]]
    assert sleeper.rested == 0
    assert sleeper.paid == [INTENT]


async def test_a_refused_payment_lets_the_terminal_rest() -> None:
    lane = Lane()
    sleeper = Sleeper(lane)
    card = PaymentDesk(lane.till, sleeper, lane.changes)
    lane.does(c.AddItem(SCREWS))
    with pytest.raises(SaleError):
        await card.pay(c.PayBy("card", kr(101)))
    assert sleeper.rested == 1
    assert lane.book.kinds(after=2) == []


async def test_a_means_that_does_not_sleep_is_paid_by_all_the_same() -> None:
    lane, reader, card = desk()
    reader.steps, reader.result = [APPROVED, Acknowledged()], APPROVED
    async with running(card.run):
        lane.does(c.AddItem(SCREWS))
        await card.pay(c.PayBy("card"))
        await lane.until(lambda: lane.state.last is not None)
    assert reader.paid == [INTENT]


async def test_a_decline_leaves_the_sale_to_be_paid() -> None:
    lane, reader, card = desk()
    reader.result = Declined("declined", "05", "AFVIST")
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: not lane.state.payments)
        lane.does(c.PayCash(kr(100)))
    assert lane.book.kinds(after=2) == ["PaymentIntended", "PaymentSent", "PaymentDeclined", "SaleClosed"]


async def test_a_terminal_that_could_not_be_reached_was_never_sent_to() -> None:
    lane, reader, card = desk()
    reader.sends, reader.result = False, Declined("not-sent")
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: not lane.state.payments)
    assert lane.book.kinds(after=3) == ["PaymentCancelled"]


async def test_doubt_is_asked_about_until_the_terminal_says_and_never_paid_again() -> None:
    lane, reader, card = desk()
    reader.result = OutcomeUnknown("the cable was out")
    reader.answers = [OutcomeUnknown("still out"), OutcomeUnknown("still out"), APPROVED]
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        for times in (1, 2):
            await lane.until(lambda times=times: len(reader.asked) == times and not card.asking)  # type: ignore[misc]
            card.ask_again()
        await lane.until(lambda: lane.state.last is not None)
    assert len(reader.paid) == 1
    assert reader.asked == [(INTENT, None)] * 3
    # The same doubt twice is one entry.
    assert lane.book.kinds(after=4) == ["PaymentInDoubt", "PaymentInDoubt", "SaleClosed"]


async def test_the_enquiry_is_told_of_the_payment_before() -> None:
    """Two customers pay the same amount: only the one before tells whose the terminal's last payment is."""
    lane, reader, card = desk()
    reader.steps, reader.result = [APPROVED, Acknowledged()], APPROVED
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: lane.state.last is not None)
        reader.steps, reader.result = [], OutcomeUnknown("the cable was out")
        reader.answers = [Declined("not-found")]
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: lane.state.last_payment is not None and lane.state.last_payment.intent.id == 2)
    assert reader.asked_before == [APPROVED]


async def test_a_partial_approval_leaves_the_rest_to_be_paid() -> None:
    lane, reader, card = desk()
    reader.steps = [Approved(kr(30)), Acknowledged()]
    reader.result = Approved(kr(30))
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: not lane.state.payments)
        lane.does(c.PayCash(kr(70)))
    assert lane.state.last is not None
    assert [tender.amount for tender in lane.state.last.tenders] == [kr(30), kr(70)]


async def test_an_approval_that_was_not_recorded_is_a_doubt_and_not_a_loop() -> None:
    """A driver's fault: it must neither be believed nor be asked about without end."""
    lane, reader, card = desk()
    reader.result = APPROVED
    reader.answers = [APPROVED]
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: lane.state.last is not None)
    assert lane.book.kinds(after=4) == ["PaymentInDoubt", "SaleClosed"]


async def test_abort_goes_to_the_terminal_only_while_something_runs() -> None:
    lane, reader, card = desk()
    await card.abort()
    assert reader.aborted == 0
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayBy("card"))
        await lane.until(lambda: bool(reader.paid))
        await card.abort()
    assert reader.aborted == 1


async def test_a_journal_that_fails_stops_the_payment_before_it_leaves() -> None:
    lane, reader, card = desk()

    async def pays_on_a_full_disk() -> None:
        async with running(card.run):
            lane.does(c.AddItem(SCREWS), c.PayBy("card"))
            lane.book.full = True
            await lane.until(lambda: False)

    with pytest.raises(ExceptionGroup) as stopped:
        await pays_on_a_full_disk()
    assert stopped.group_contains(JournalError)
    assert lane.book.kinds(after=2) == ["PaymentIntended"]
    assert reader.said_sent is False


# What a cut left behind

BEFORE = {
    PaymentState.INTENT: (e.PaymentIntended(INTENT),),
    PaymentState.SENT: (e.PaymentIntended(INTENT), e.PaymentSent(1)),
    PaymentState.APPROVED_UNACKED: (e.PaymentIntended(INTENT), e.PaymentSent(1), e.PaymentApproved(1, APPROVED)),
    PaymentState.ACKED: (
        e.PaymentIntended(INTENT),
        e.PaymentSent(1),
        e.PaymentApproved(1, APPROVED),
        e.PaymentAcked(1),
    ),
    PaymentState.IN_DOUBT: (e.PaymentIntended(INTENT), e.PaymentSent(1), e.PaymentInDoubt(1, OutcomeUnknown("cable"))),
}


ASKED = [PaymentState.SENT, PaymentState.APPROVED_UNACKED, PaymentState.ACKED, PaymentState.IN_DOUBT]


def with_a_sale(*news: e.AnyEvent) -> tuple[e.AnyEvent, ...]:
    till = Playbook()
    till.adds(SCREWS)
    return (*till.history[1:], *news)


async def test_what_never_left_has_failed_for_certain() -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[PaymentState.INTENT]))
    async with running(card.run):
        await lane.until(lambda: not lane.state.payments)
    assert lane.book.kinds(after=3) == ["PaymentCancelled"]
    assert (reader.paid, reader.asked) == ([], [])


@pytest.mark.parametrize("state", ASKED)
async def test_what_may_have_left_is_asked_about_with_what_is_known(state: PaymentState) -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[state]))
    reader.answers = [APPROVED]
    async with running(card.run):
        await lane.until(lambda: lane.state.last is not None)
    assert reader.paid == []
    assert reader.asked == [
        (INTENT, APPROVED if state in (PaymentState.APPROVED_UNACKED, PaymentState.ACKED) else None)
    ]
    doubt = [] if state is PaymentState.IN_DOUBT else ["PaymentInDoubt"]
    assert lane.book.kinds(after=2 + len(BEFORE[state])) == [*doubt, "SaleClosed"]


@pytest.mark.parametrize("state", ASKED)
async def test_what_the_terminal_does_not_hold_was_not_paid(state: PaymentState) -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[state]))
    reader.answers = [Declined("not-found")]
    async with running(card.run):
        await lane.until(lambda: not lane.state.payments)
        lane.does(c.PayCash(kr(100)))
    assert lane.book.kinds()[-2:] == ["PaymentCancelled", "SaleClosed"]


async def test_a_sale_that_an_old_journal_left_paid_and_open_is_closed() -> None:
    lane, _, _ = desk(*with_a_sale(*BEFORE[PaymentState.ACKED], e.PaymentDone(1, APPROVED)))
    assert lane.state.sale is not None
    close_what_is_paid(lane.till)
    assert lane.book.kinds(after=7) == ["SaleClosed"]


async def test_a_sale_that_is_only_partly_paid_is_left_open() -> None:
    lane, _, card = desk(
        *with_a_sale(
            *BEFORE[PaymentState.SENT],
            e.PaymentApproved(1, Approved(kr(30))),
            e.PaymentAcked(1),
            e.PaymentDone(1, Approved(kr(30))),
        )
    )
    close_what_is_paid(lane.till)
    async with running(card.run):
        lane.does(c.PayCash(kr(70)))
    assert lane.book.kinds(after=7) == ["SaleClosed"]


# A person says what the terminal cannot.


@pytest.mark.parametrize("paid", [True, False])
async def test_a_person_settles_and_a_late_answer_moves_nothing(paid: bool, caplog: pytest.LogCaptureFixture) -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[PaymentState.IN_DOUBT]))
    async with running(card.run):
        await lane.until(lambda: len(reader.asked) == 1)
        lane.does(c.SettlePayment(1, paid, "Ida"))
    after = ["SaleClosed"] if paid else ["PaymentCancelled"]
    assert lane.book.kinds(after=5) == after
    card._outcome(lane.state.last_payment or pytest.fail("no payment"), APPROVED)
    assert lane.book.kinds(after=5) == after
    assert "the other side now says" in caplog.text


async def test_a_running_payment_is_not_for_a_person_to_settle() -> None:
    lane, _, _ = desk(*with_a_sale(*BEFORE[PaymentState.SENT]))
    with pytest.raises(SaleError) as refused:
        lane.does(c.SettlePayment(1, True, "Ida"))
    assert refused.value.reason is Reason.PAYMENT_PENDING
    assert lane.till.seq == 4


async def test_a_till_without_a_terminal_can_still_settle() -> None:
    """The card terminal was taken out of the settings while a payment was in doubt."""
    lane, _, _ = desk(*with_a_sale(*BEFORE[PaymentState.IN_DOUBT]))
    lane.does(c.SettlePayment(1, True, "Ida"))
    settled = lane.book.events[-1]
    assert isinstance(settled, e.SaleClosed)
    assert settled.settles is not None
    assert (settled.settles.by, settled.settles.cashier) == ("Ida", "Kasse")


async def test_the_queue_goes_on_while_a_payment_is_in_doubt() -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[PaymentState.IN_DOUBT]))
    async with running(card.run):
        await lane.until(lambda: len(reader.asked) == 1)
        lane.does(c.ParkSale(), c.AddItem(MILK), c.PayCash(kr(20)))
    assert lane.book.kinds()[-1] == "SaleClosed"
