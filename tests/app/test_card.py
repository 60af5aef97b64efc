"""Card payments: paid once, not paid, or in doubt and asked about; also when the till was cut off at any point."""

import pytest

from terminal.app.card import CardDesk, settle_by_person
from terminal.app.ports.journal import JournalError
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.card_states import CardState
from terminal.domain.errors import Reason, SaleError
from terminal.domain.payment import Approved, CardSlip, Declined, OutcomeUnknown, PaymentIntent, TerminalMessage
from terminal.domain.sale import CardTender
from tests.app.lane import Lane, Reader, running
from tests.domain.playbook import MILK, SCREWS, Playbook, kr

pytestmark = pytest.mark.anyio

APPROVED = Approved(kr(100), trace="7", masked_pan="541333******4111")
SLIP = CardSlip("customer", ("KORT", "100,00"))
INTENT = PaymentIntent(1, 1, kr(100))


def desk(*before: e.AnyEvent) -> tuple[Lane, Reader, CardDesk]:
    lane, reader = Lane(*before), Reader()
    return lane, reader, CardDesk(lane.till, reader, lane.changes)


async def test_a_good_payment_closes_its_sale() -> None:
    lane, reader, card = desk()
    reader.steps, reader.result = [APPROVED, SLIP], APPROVED
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.last is not None)
    assert lane.book.kinds(after=2) == [
        "CardIntended",
        "CardSent",
        "CardApproved",
        "CardSlipKept",
        "CardDone",
        "SaleClosed",
    ]
    assert reader.paid == [INTENT]
    assert lane.state.last is not None
    assert lane.state.last.tenders == (CardTender(kr(100), 1, APPROVED),)
    assert lane.state.jobs[1].slips == (SLIP,)


async def test_what_the_terminal_shows_is_shown_and_then_gone() -> None:
    lane, reader, card = desk()
    reader.steps, reader.result = [TerminalMessage("0A"), TerminalMessage("17", "VENT")], None
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: card.message == TerminalMessage("17", "VENT"))
    assert card.message is None
    assert "17" not in str(lane.book.events)


async def test_a_decline_leaves_the_sale_to_be_paid() -> None:
    lane, reader, card = desk()
    reader.result = Declined("declined", "05", "AFVIST")
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.card is None)
        lane.does(c.PayCash(kr(100)))
    assert lane.book.kinds(after=2) == ["CardIntended", "CardSent", "CardFailed", "SaleClosed"]


async def test_a_terminal_that_could_not_be_reached_was_never_sent_to() -> None:
    lane, reader, card = desk()
    reader.sends, reader.result = False, Declined("not-sent")
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.card is None)
    assert lane.book.kinds(after=3) == ["CardFailed"]


async def test_doubt_is_asked_about_until_the_terminal_says_and_never_paid_again() -> None:
    lane, reader, card = desk()
    reader.result = OutcomeUnknown("the cable was out")
    reader.answers = [OutcomeUnknown("still out"), OutcomeUnknown("still out"), APPROVED]
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        for times in (1, 2):
            await lane.until(lambda times=times: len(reader.asked) == times and not card.asking)  # type: ignore[misc]
            card.ask_again()
        await lane.until(lambda: lane.state.last is not None)
    assert len(reader.paid) == 1
    assert reader.asked == [(INTENT, None)] * 3
    # The same doubt twice is one entry.
    assert lane.book.kinds(after=4) == ["CardInDoubt", "CardInDoubt", "CardDone", "SaleClosed"]


async def test_the_enquiry_is_told_of_the_payment_before() -> None:
    """Two customers pay the same amount: only the one before tells whose the terminal's last payment is."""
    lane, reader, card = desk()
    reader.steps, reader.result = [APPROVED], APPROVED
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.last is not None)
        reader.steps, reader.result = [], OutcomeUnknown("the cable was out")
        reader.answers = [Declined("not-found")]
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.last_card is not None and lane.state.last_card.intent.id == 2)
    assert reader.asked_before == [APPROVED]


async def test_a_partial_approval_leaves_the_rest_to_be_paid() -> None:
    lane, reader, card = desk()
    reader.steps = [Approved(kr(30))]
    reader.result = Approved(kr(30))
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.card is None)
        lane.does(c.PayCash(kr(70)))
    assert lane.state.last is not None
    assert [tender.amount for tender in lane.state.last.tenders] == [kr(30), kr(70)]


async def test_an_approval_that_was_not_recorded_is_a_doubt_and_not_a_loop() -> None:
    """A driver's fault: it must neither be believed nor be asked about without end."""
    lane, reader, card = desk()
    reader.result = APPROVED
    reader.answers = [APPROVED]
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: lane.state.last is not None)
    assert lane.book.kinds(after=4) == ["CardInDoubt", "CardDone", "SaleClosed"]


async def test_abort_goes_to_the_terminal_only_while_something_runs() -> None:
    lane, reader, card = desk()
    await card.abort()
    assert reader.aborted == 0
    async with running(card.run):
        lane.does(c.AddItem(SCREWS), c.PayCard())
        await lane.until(lambda: bool(reader.paid))
        await card.abort()
    assert reader.aborted == 1


async def test_a_journal_that_fails_stops_the_payment_before_it_leaves() -> None:
    lane, reader, card = desk()

    async def pays_on_a_full_disk() -> None:
        async with running(card.run):
            lane.does(c.AddItem(SCREWS), c.PayCard())
            lane.book.full = True
            await lane.until(lambda: False)

    with pytest.raises(ExceptionGroup) as stopped:
        await pays_on_a_full_disk()
    assert stopped.group_contains(JournalError)
    assert lane.book.kinds(after=2) == ["CardIntended"]
    assert reader.said_sent is False


# What a cut left behind

BEFORE = {
    CardState.INTENT: (e.CardIntended(INTENT),),
    CardState.SENT: (e.CardIntended(INTENT), e.CardSent(1)),
    CardState.APPROVED_UNACKED: (e.CardIntended(INTENT), e.CardSent(1), e.CardApproved(1, APPROVED)),
    CardState.IN_DOUBT: (e.CardIntended(INTENT), e.CardSent(1), e.CardInDoubt(1, OutcomeUnknown("cable"))),
}


def with_a_sale(*news: e.AnyEvent) -> tuple[e.AnyEvent, ...]:
    till = Playbook()
    till.adds(SCREWS)
    return (*till.history[1:], *news)


async def test_what_never_left_has_failed_for_certain() -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[CardState.INTENT]))
    async with running(card.run):
        await lane.until(lambda: lane.state.card is None)
    assert lane.book.kinds(after=3) == ["CardFailed"]
    assert (reader.paid, reader.asked) == ([], [])


@pytest.mark.parametrize("state", [CardState.SENT, CardState.APPROVED_UNACKED, CardState.IN_DOUBT])
async def test_what_may_have_left_is_asked_about_with_what_is_known(state: CardState) -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[state]))
    reader.answers = [APPROVED]
    async with running(card.run):
        await lane.until(lambda: lane.state.last is not None)
    assert reader.paid == []
    assert reader.asked == [(INTENT, APPROVED if state is CardState.APPROVED_UNACKED else None)]
    doubt = [] if state is CardState.IN_DOUBT else ["CardInDoubt"]
    assert lane.book.kinds(after=2 + len(BEFORE[state])) == [*doubt, "CardDone", "SaleClosed"]


@pytest.mark.parametrize("state", [CardState.SENT, CardState.APPROVED_UNACKED, CardState.IN_DOUBT])
async def test_what_the_terminal_does_not_hold_was_not_paid(state: CardState) -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[state]))
    reader.answers = [Declined("not-found")]
    async with running(card.run):
        await lane.until(lambda: lane.state.card is None)
        lane.does(c.PayCash(kr(100)))
    assert lane.book.kinds()[-2:] == ["CardFailed", "SaleClosed"]


async def test_a_cut_between_the_payment_and_the_receipt_is_made_good() -> None:
    lane, _, card = desk(*with_a_sale(*BEFORE[CardState.APPROVED_UNACKED], e.CardDone(1, APPROVED)))
    assert lane.state.sale is not None
    async with running(card.run):
        await lane.until(lambda: lane.state.last is not None)
    assert lane.book.kinds(after=6) == ["SaleClosed"]


async def test_a_sale_that_is_only_partly_paid_is_left_open() -> None:
    lane, _, card = desk(
        *with_a_sale(*BEFORE[CardState.SENT], e.CardApproved(1, Approved(kr(30))), e.CardDone(1, Approved(kr(30))))
    )
    async with running(card.run):
        lane.does(c.PayCash(kr(70)))
        await lane.until(lambda: lane.state.last is not None)
    assert lane.book.kinds(after=6) == ["SaleClosed"]


# A person says what the terminal cannot.


@pytest.mark.parametrize("paid", [True, False])
async def test_a_person_settles_and_a_late_answer_moves_nothing(paid: bool, caplog: pytest.LogCaptureFixture) -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[CardState.IN_DOUBT]))
    async with running(card.run):
        await lane.until(lambda: len(reader.asked) == 1)
        card.settle(paid=paid, approver="Ida")
    after = ["CardDone", "SaleClosed"] if paid else ["CardFailed"]
    assert lane.book.kinds(after=5) == after
    card._outcome(lane.state.last_card or pytest.fail("no payment"), APPROVED)
    assert lane.book.kinds(after=5) == after
    assert "the terminal now says" in caplog.text


async def test_a_running_payment_is_not_for_a_person_to_settle() -> None:
    lane, _, card = desk(*with_a_sale(*BEFORE[CardState.SENT]))
    with pytest.raises(SaleError) as refused:
        card.settle(paid=True, approver="Ida")
    assert refused.value.reason is Reason.CARD_PENDING
    assert lane.till.seq == 4


async def test_a_till_without_a_terminal_can_still_settle() -> None:
    """The card terminal was taken out of the settings while a payment was in doubt."""
    lane, _, _ = desk(*with_a_sale(*BEFORE[CardState.IN_DOUBT]))
    settle_by_person(lane.till, paid=True, approver="Ida")
    assert lane.book.kinds()[-2:] == ["CardDone", "SaleClosed"]


async def test_the_queue_goes_on_while_a_payment_is_in_doubt() -> None:
    lane, reader, card = desk(*with_a_sale(*BEFORE[CardState.IN_DOUBT]))
    async with running(card.run):
        await lane.until(lambda: len(reader.asked) == 1)
        lane.does(c.ParkSale(), c.AddItem(MILK), c.PayCash(kr(20)))
    assert lane.book.kinds()[-1] == "SaleClosed"
