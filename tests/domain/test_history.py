"""History never refuses: every event, in every state, also those that no decision would have made."""

from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.domain import events as e
from terminal.domain.evolve import evolve
from terminal.domain.payment import Approved, Declined, OutcomeUnknown, PaymentIntent
from terminal.domain.payment_states import FINAL, TRANSITIONS, PaymentState
from terminal.domain.till import Payment, TillState
from tests.domain.playbook import MILK, SCREWS, SELLER, Playbook, kr
from tests.domain.walk import Walk, check_payments, histories

EVENTS: tuple[type[e.AnyEvent], ...] = get_args(e.AnyEvent)
st.register_type_strategy(int, st.integers(-3, 12) | st.integers(-(2**53), 2**53))
any_event: st.SearchStrategy[e.AnyEvent] = st.one_of([st.from_type(kind) for kind in EVENTS])


def test_every_kind_of_event_is_in_the_union_under_a_number_of_its_own() -> None:
    defined = {each for each in vars(e).values() if isinstance(each, type) and issubclass(each, e.Event)}
    assert defined - {e.Event, e.PaymentFailure} == set(EVENTS)
    tags = [str(each.__struct_config__.tag) for each in EVENTS]
    assert len(set(tags)) == len(tags)
    assert all(tag.rpartition("/")[2].isdecimal() for tag in tags)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
@settings(max_examples=15)
@given(st.data())
def test_each_kind_is_written_read_and_taken_in(kind: type[e.AnyEvent], data: st.DataObject) -> None:
    event = data.draw(st.from_type(kind))
    body = msgspec.json.encode(event)
    read = msgspec.json.decode(body, type=e.AnyEvent)
    assert read == event
    assert msgspec.json.encode(read) == body
    after = evolve(TillState(), read)
    assert msgspec.json.decode(msgspec.json.encode(after), type=TillState) == after


@settings(max_examples=60)
@given(st.lists(any_event, max_size=25))
def test_any_history_adds_up_to_a_state(history: list[e.AnyEvent]) -> None:
    state = TillState()
    for event in history:
        state = evolve(state, event)
    assert msgspec.json.decode(msgspec.json.encode(state), type=TillState) == state


@settings(max_examples=40)
@given(histories(most=30), st.lists(any_event, min_size=1, max_size=8))
def test_foreign_events_in_a_true_state(walk: Walk, foreign: list[e.AnyEvent]) -> None:
    state = walk.state
    for event in foreign:
        after = evolve(state, event)
        if not isinstance(event, e.PaymentIntended):
            check_payments(state, event, after)
        assert (after.next_receipt, after.next_intent, after.next_sale) >= (
            state.next_receipt,
            state.next_intent,
            state.next_sale,
        )
        state = after


@settings(max_examples=40)
@given(histories())
def test_the_same_history_adds_up_to_the_same_state(walk: Walk) -> None:
    state = TillState()
    for event in walk.events:
        state = evolve(state, event)
    assert state == walk.state
    walk.check()
    walk.check_till()


# The card's states are one table.

NEWS: tuple[e.AnyEvent, ...] = (
    e.PaymentSent(1),
    e.PaymentApproved(1, Approved(kr(1))),
    e.PaymentDone(1, Approved(kr(1))),
    e.PaymentAcked(1),
    e.PaymentCancelled(1, Declined("cancelled")),
    e.PaymentReversed(1, Declined("reversed")),
    e.PaymentDeclined(1, Declined("declined")),
    e.PaymentInDoubt(1, OutcomeUnknown("why")),
)


@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
@pytest.mark.parametrize("state", [each for each in PaymentState if each not in FINAL])
def test_a_payment_moves_as_the_table_says_or_not_at_all(state: PaymentState, news: e.AnyEvent) -> None:
    payment = Payment(PaymentIntent(1, 1, kr(1)), state)
    after = evolve(TillState(payments={"card": payment}), news)
    moved = after.payments.get("card") or after.last_payment
    assert moved is not None
    assert moved.state is TRANSITIONS.get((state, type(news)), state)
    assert (not after.payments) == (moved.state in FINAL)


@pytest.mark.parametrize("news", NEWS, ids=lambda news: type(news).__name__)
def test_news_of_another_payment_moves_nothing(news: e.AnyEvent) -> None:
    state = TillState(payments={"card": Payment(PaymentIntent(2, 1, kr(1)), PaymentState.IN_DOUBT)})
    assert evolve(state, news) == state
    assert evolve(TillState(), news) == TillState()


def test_final_states_end_and_every_other_has_a_way_out() -> None:
    assert not any(before in FINAL for before, _ in TRANSITIONS)
    for state in PaymentState:
        reached = {state}
        while True:
            more = {after for (before, _), after in TRANSITIONS.items() if before in reached} | reached
            if more == reached:
                break
            reached = more
        assert reached & FINAL


def test_nothing_leads_from_doubt_to_a_second_payment() -> None:
    after = {now for (before, _), now in TRANSITIONS.items() if before is PaymentState.IN_DOUBT}
    assert after == {PaymentState.IN_DOUBT} | FINAL


# Starts and stops


def test_a_stop_that_is_missing_shows_at_the_next_start() -> None:
    till = Playbook()
    assert till.state.running
    till.happens(e.TillStopped())
    assert not till.state.running
    till.happens(e.TillStarted("0.2.0", "1", "Ida", SELLER))
    assert till.state.cashier == "Ida"


def test_a_new_revision_is_sold_from() -> None:
    till = Playbook()
    till.happens(e.CatalogueChanged(7, 1200, "ab" * 32, "varer.csv"))
    assert till.state.revision == 7


def test_the_last_receipt_stays_until_the_next_sale_begins() -> None:
    till = Playbook()
    receipt = till.sells(SCREWS)
    assert till.state.last == receipt
    till.happens(e.DrawerEnded(1, "opened"))
    assert till.state.last == receipt
    till.adds(MILK)
    assert till.state.last is None
