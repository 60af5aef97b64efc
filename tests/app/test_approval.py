"""Approvers: the right PIN, the wrong one, and the lock."""

import pytest
from argon2 import PasswordHasher

from terminal.app.approval import LOCKED_FOR, MOST_FAILURES, WITHIN, Approval
from terminal.domain.errors import Reason, SaleError

# Cheap parameters: the lock is tested, not argon2. The parameters stand in the hash.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="module")
def hashes() -> tuple[tuple[str, str], ...]:
    return (("Mette", CHEAP.hash("4711")), ("Jens", CHEAP.hash("1234")))


def refusal(approval: Approval, name: str, pin: str, now: float) -> tuple[Reason, str]:
    with pytest.raises(SaleError) as caught:
        approval.check(name, pin, now)
    return caught.value.reason, caught.value.detail


def test_the_right_pin(hashes: tuple[tuple[str, str], ...]) -> None:
    approval = Approval(hashes)
    assert approval.names == ("Mette", "Jens")
    assert approval.check("Mette", "4711", 0.0) == "Mette"


@pytest.mark.parametrize("pin", ["", "1234", "47111", "4711 ", "x" * 10_000, "\ud800"])
def test_wrong_pins(hashes: tuple[tuple[str, str], ...], pin: str) -> None:
    assert refusal(Approval(hashes), "Mette", pin, 0.0) == (Reason.APPROVAL_WRONG, "")


def test_nobody_of_that_name(hashes: tuple[tuple[str, str], ...]) -> None:
    assert refusal(Approval(hashes), "Ole", "4711", 0.0) == (Reason.APPROVAL_WRONG, "")
    assert refusal(Approval(()), "", "", 0.0) == (Reason.APPROVAL_WRONG, "")


def test_five_failures_lock_that_approver_for_a_minute(hashes: tuple[tuple[str, str], ...]) -> None:
    approval = Approval(hashes)
    for at in range(MOST_FAILURES - 1):
        assert refusal(approval, "Mette", "0000", float(at))[0] is Reason.APPROVAL_WRONG
    assert refusal(approval, "Mette", "0000", 4.0) == (Reason.APPROVAL_LOCKED, "60")
    # The right PIN does not open a lock, and the lock is not made longer by trying.
    assert refusal(approval, "Mette", "4711", 5.5) == (Reason.APPROVAL_LOCKED, "59")
    assert refusal(approval, "Mette", "4711", 4.0 + LOCKED_FOR - 0.1) == (Reason.APPROVAL_LOCKED, "1")
    assert approval.check("Jens", "1234", 5.5) == "Jens"
    assert approval.check("Mette", "4711", 4.0 + LOCKED_FOR) == "Mette"


def test_after_a_lock_five_more_tries(hashes: tuple[tuple[str, str], ...]) -> None:
    approval = Approval(hashes)
    for _ in range(MOST_FAILURES):
        refusal(approval, "Mette", "0000", 0.0)
    assert refusal(approval, "Mette", "0000", LOCKED_FOR)[0] is Reason.APPROVAL_WRONG


def test_success_and_time_forget_failures(hashes: tuple[tuple[str, str], ...]) -> None:
    approval = Approval(hashes)
    for _ in range(MOST_FAILURES - 1):
        refusal(approval, "Mette", "0000", 0.0)
    approval.check("Mette", "4711", 1.0)
    for _ in range(MOST_FAILURES - 1):
        assert refusal(approval, "Mette", "0000", 2.0)[0] is Reason.APPROVAL_WRONG
    assert refusal(approval, "Mette", "0000", 2.0 + WITHIN)[0] is Reason.APPROVAL_WRONG
