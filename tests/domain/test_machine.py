"""The till under random commands, device news and restarts: its laws hold between any two events."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from terminal.domain.till import Setup
from tests.domain.walk import ACTIONS, SETUPS, Action, Walk, numbers


class Day(RuleBasedStateMachine):
    """Any action, in any order."""

    walk: Walk

    @initialize(setup=st.sampled_from(SETUPS))
    def begins(self, setup: Setup) -> None:
        self.walk = Walk(setup)

    @rule(action=st.sampled_from(ACTIONS), a=numbers, b=numbers)
    def goes_on(self, action: Action, a: int, b: int) -> None:
        action(self.walk, a, b)

    @invariant()
    def laws_hold(self) -> None:
        if hasattr(self, "walk"):
            self.walk.check()

    def teardown(self) -> None:
        if hasattr(self, "walk"):
            self.walk.check_till()


Day.TestCase.settings = settings(max_examples=60, stateful_step_count=50)
test_a_day = Day.TestCase
