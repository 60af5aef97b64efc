"""Gift cards of this till: their payments take the same way through the journal as every other, also after a cut."""

import pytest

from terminal.app.gift_cards import LocalGiftCards, masked, new_number
from terminal.app.paying import PaymentDesk
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.payment import Approved, PaymentIntent
from terminal.domain.till import Setup
from tests.app.lane import Lane, running
from tests.domain.playbook import SCREWS, Playbook, kr

pytestmark = pytest.mark.anyio

NUMBER = "1000000000000008"
SETUP = Setup(printer=True, drawer=True, means=frozenset({"gift-card"}), key="0123456789abcdef")
INTENT = PaymentIntent(1, 1, kr(100), means="gift-card", key="0123456789abcdef-1", account=NUMBER)
STORY: tuple[e.AnyEvent, ...] = (
    e.PaymentIntended(INTENT),
    e.PaymentSent(1),
    e.PaymentApproved(1, Approved(kr(100))),
    e.PaymentAcked(1),
)


@pytest.mark.parametrize("cut", range(len(STORY) + 1))
async def test_a_cut_at_any_entry_ends_in_paid_once_or_not_paid(cut: int) -> None:
    till = Playbook(SETUP)
    till.adds(SCREWS)
    lane = Lane(*till.history[1:], *STORY[:cut], setup=SETUP)
    desk = PaymentDesk(lane.till, LocalGiftCards(), lane.changes, "gift-card")
    async with running(desk.run):
        await lane.until(lambda: not lane.state.payments)
        if cut == 0:
            lane.does(c.PayBy("gift-card", None, NUMBER, kr(500)))
            await lane.until(lambda: lane.state.last is not None)
    paid = cut == 0 or cut > 2
    assert (lane.state.last is not None) == paid
    done = [event for event in lane.book.events if isinstance(event, e.SaleClosed) and event.settles is not None]
    assert len(done) == int(paid)


def test_numbers_are_fresh_have_a_check_digit_and_are_masked() -> None:
    from stdnum import luhn

    numbers = {new_number() for _ in range(50)}
    assert len(numbers) == 50
    assert all(len(number) == 16 and luhn.is_valid(number) for number in numbers)
    assert masked(NUMBER) == "************0008"
