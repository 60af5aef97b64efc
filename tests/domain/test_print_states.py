"""A print job's states: what perhaps hangs from a printer is never sent again."""

from typing import get_args

import pytest

from terminal.domain import events as e
from terminal.domain.print_states import FINAL, TRANSITIONS, PrintState, Step
from tests.domain.playbook import MILK, Playbook


def test_nothing_sends_what_perhaps_is_on_paper() -> None:
    assert {before for (before, step) in TRANSITIONS if step == "started"} == {PrintState.QUEUED, PrintState.FAILED}
    assert {after for (before, _), after in TRANSITIONS.items() if before is PrintState.UNKNOWN} == {PrintState.DROPPED}


def test_only_a_job_under_way_can_have_been_printed() -> None:
    assert {before for (before, _), after in TRANSITIONS.items() if after is PrintState.PRINTED} == {PrintState.SENDING}


def test_what_has_ended_stays_so() -> None:
    assert not [before for before, _ in TRANSITIONS if before in FINAL]


@pytest.mark.parametrize("step", get_args(Step))
@pytest.mark.parametrize("state", [state for state in PrintState if state not in FINAL])
def test_an_entry_that_is_no_step_changes_nothing(state: PrintState, step: Step) -> None:
    till = Playbook()
    till.sells(MILK)
    ways: dict[PrintState, list[e.AnyEvent]] = {
        PrintState.QUEUED: [],
        PrintState.SENDING: [e.PrintStarted(1, "printer")],
        PrintState.UNKNOWN: [e.PrintStarted(1, "printer"), e.PrintEnded(1, "unknown")],
        PrintState.FAILED: [e.PrintStarted(1, "printer"), e.PrintEnded(1, "not-printed")],
    }
    for event in ways[state]:
        till.happens(event)
    before = till.state
    assert before.jobs[1].state is state
    till.happens(e.PrintStarted(1, "bar") if step == "started" else e.PrintEnded(1, step, "lost", "printer", "bar"))
    after = TRANSITIONS.get((state, step))
    if after is None:
        assert till.state is before
    elif after in FINAL:
        assert till.state.jobs == {}
    else:
        assert till.state.jobs[1].state is after
        assert (till.state.jobs[1].on == "bar") == (step in ("started", "passed-on"))
