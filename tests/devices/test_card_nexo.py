"""Paying with a nexo terminal over HTTPS. The simulator stands at the far end."""

from pathlib import Path

import anyio
import anyio.lowlevel
import msgspec
import pytest

from terminal.app.ports.device import Problem, State
from terminal.domain.money import Amount
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    TerminalMessage,
)
from terminal.protocols.nexo.requests import service_id
from terminal.sim.certificate import Identity
from terminal.sim.payment_faults import Move
from tests.devices.life import living
from tests.devices.nexo_bench import (
    INTENT,
    PACE,
    QUICK,
    SERVER_NAME,
    Till,
    driver,
    identity,
    pay_and,
    reached,
    settled,
    simulator,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def shown(tmp_path: Path) -> Identity:
    return identity(tmp_path)


def refund(of: Approved, amount: int, number: int = 8) -> PaymentIntent:
    key = f"{INTENT.key[:-1]}{number}"
    return PaymentIntent(number, 4, Amount(amount), purpose="refund", key=key, of=of, of_key=INTENT.key)


async def test_a_payment(shown: Identity) -> None:
    async with simulator(shown) as sim:
        till = Till()
        result = await pay_and(sim, till, driver(sim, shown), ("card", "insert-card"))

        assert isinstance(result, Approved)
        assert (result.amount, result.tip, till.sent) == (12500, 0, 1)
        assert (result.masked_pan, result.card_name, result.authorisation) == ("457110******5673", "dankort", "A12345")
        assert result.reference.endswith("/SIM0000001.PSP0000000000001")
        assert till.recorded[0] == result
        assert till.recorded[-1] == Acknowledged()
        slips = [each for each in till.recorded if isinstance(each, CardSlip)]
        assert [slip.copy for slip in slips] == ["merchant", "customer"]
        assert "Beløb                 DKK 125,00" in slips[1].lines
        assert till.said == [TerminalMessage("0A")]
        assert sim.ledger == (Move(12500, INTENT.key, "sale"),)


async def test_only_a_part_is_approved_and_a_tip_given(shown: Identity) -> None:
    async with simulator(shown, auto=True) as sim:
        await sim.press("partial", "10000")
        await sim.press("tip", "1500")
        result = await Till().pay(driver(sim, shown))

        assert isinstance(result, Approved)
        assert (result.amount, result.tip) == (10000, 1500)
        assert sim.ledger == (Move(11500, INTENT.key, "sale"),)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("card", "decline")], Declined("declined", "Refusal", "51 Not sufficient funds")),
        ([("card", "cancel")], Declined("cancelled", "Cancel", "Cancelled by the shopper")),
        ([("card", "abort")], Declined("cancelled", "Aborted", "Cancelled by the merchant")),
    ],
)
async def test_no_money_moves(shown: Identity, steps: list[tuple[str, str]], expected: Declined) -> None:
    async with simulator(shown) as sim:
        till = Till()
        result = await pay_and(sim, till, driver(sim, shown), *steps)

        assert result == expected
        assert (till.recorded, sim.ledger) == ([], ())


async def test_an_abort_while_the_host_works_comes_too_late(shown: Identity) -> None:
    pace = msgspec.structs.replace(PACE, host=0.2)
    async with simulator(shown, auto=True, pace=pace) as sim:
        result = await pay_and(sim, Till(), driver(sim, shown), ("host", "abort"))

        assert isinstance(result, Approved)
        assert len(sim.ledger) == 1


async def test_an_abort_before_the_payment_has_left(shown: Identity) -> None:
    async with simulator(shown) as sim:
        terminal, till = driver(sim, shown), Till()
        # The terminal is still busy with the login, so the payment waits its turn.
        sim.arm("login", "delay")
        async with living(terminal):
            while not sim.struck:  # noqa: ASYNC110
                await anyio.sleep(0.005)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(till.pay, terminal)
                await anyio.lowlevel.checkpoint()
                await terminal.abort()
        assert till.sent == 0
        assert "Payment" not in {head.message_category for head in sim.heard}


async def test_an_abort_the_moment_the_payment_leaves(shown: Identity) -> None:
    """Quick send and cancel: the terminal must not go on charging with nobody looking."""
    async with simulator(shown) as sim:
        terminal, till = driver(sim, shown), Till()
        sim.arm("payment-request", "delay")
        results = []

        async def pay() -> None:
            results.append(await till.pay(terminal))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay)
            while not till.sent:
                await anyio.lowlevel.checkpoint()
            await terminal.abort()
        assert results == [Declined("cancelled", "Aborted", "Cancelled by the merchant")]


async def test_a_refund_in_parts_and_never_more_than_was_paid(shown: Identity) -> None:
    async with simulator(shown, auto=True) as sim:
        terminal = driver(sim, shown)
        paid = await Till().pay(terminal)
        assert isinstance(paid, Approved)
        first, second = refund(paid, 5000, 8), refund(paid, 7500, 9)
        till = Till()
        back = await till.pay(terminal, first)

        assert isinstance(back, Approved)
        assert (back.amount, till.said) == (5000, [TerminalMessage("0E")])
        assert isinstance(await Till().pay(terminal, second), Approved)
        third = refund(paid, 1, 5)
        assert await Till().pay(terminal, third) == Declined("declined", "NotAllowed", "More than was paid")
        assert [move.amount for move in sim.ledger] == [12500, -5000, -7500]


async def test_a_whole_payment_goes_back_with_its_tip(shown: Identity) -> None:
    async with simulator(shown, auto=True) as sim:
        await sim.press("tip", "500")
        terminal = driver(sim, shown)
        paid = await Till().pay(terminal)
        assert isinstance(paid, Approved)
        reverse = msgspec.structs.replace(refund(paid, 12500), purpose="reverse")
        back = await Till().pay(terminal, reverse)

        assert isinstance(back, Approved)
        assert (back.amount, back.tip) == (12500, 500)
        assert sum(move.amount for move in sim.ledger) == 0


async def test_a_refund_without_the_payments_name_asks_for_a_card(shown: Identity) -> None:
    async with simulator(shown) as sim:
        unnamed = refund(Approved(Amount(12500)), 12500)
        result = await pay_and(sim, Till(), driver(sim, shown), ("card", "insert-card"), intent=unnamed)

        assert isinstance(result, Approved)
        assert sim.ledger == (Move(-12500, unnamed.key, "refund"),)


async def test_the_till_restarts_while_the_customer_pays(shown: Identity) -> None:
    """A new driver finds the payment by what the journal has: the intent."""
    async with simulator(shown) as sim:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Till().pay, driver(sim, shown))
            await reached(sim, "card")
            tasks.cancel_scope.cancel()
        await sim.press("insert-card")
        await reached(sim, "idle")
        result = await settled(driver(sim, shown))

        assert isinstance(result, Approved)
        assert [head.service_id for head in sim.heard if head.message_category == "Payment"] == [service_id(INTENT)]
        assert sim.ledger == (Move(12500, INTENT.key, "sale"),)


async def test_a_payment_that_nobody_waits_for_is_stopped(shown: Identity) -> None:
    async with simulator(shown) as sim:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Till().pay, driver(sim, shown))
            await reached(sim, "card")
            tasks.cancel_scope.cancel()
        terminal = driver(sim, shown)

        assert isinstance(await terminal.lookup(INTENT, known=None, before=None), OutcomeUnknown)
        assert await settled(terminal) == Declined("cancelled", "Aborted", "Cancelled by the merchant")
        assert sim.ledger == ()


async def test_asking_starts_no_payment(shown: Identity) -> None:
    async with simulator(shown, auto=True) as sim:
        result = await driver(sim, shown).lookup(INTENT, known=None, before=None)

        assert isinstance(result, Declined)
        assert (result.reason, result.code) == ("not-found", "NotFound")
        assert {head.message_category for head in sim.heard} == {"TransactionStatus"}


async def test_another_till_has_used_the_terminal_since(shown: Identity) -> None:
    """Whether it forgot the payment or never had it cannot be told apart: a person is asked."""
    async with simulator(shown, auto=True) as sim:
        await Till().pay(driver(sim, shown, sale_id="till-2"))
        result = await driver(sim, shown).lookup(INTENT, known=None, before=None)

        assert result == OutcomeUnknown("the terminal does not know it any more: till-2 has used it since")


async def test_a_terminal_that_keeps_the_question_is_asked_to_stop(shown: Identity) -> None:
    async with simulator(shown, pace=msgspec.structs.replace(PACE, news=30)) as sim:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(Till().pay, driver(sim, shown))
            await reached(sim, "card")
            tasks.cancel_scope.cancel()
        terminal = driver(sim, shown, timing=QUICK)

        assert isinstance(await terminal.lookup(INTENT, known=None, before=None), OutcomeUnknown)
        assert await settled(terminal) == Declined("cancelled", "Aborted", "Cancelled by the merchant")


async def test_what_is_known_is_not_asked(shown: Identity) -> None:
    async with simulator(shown) as sim:
        known = Approved(Amount(12500), reference="t/n")

        assert await driver(sim, shown).lookup(INTENT, known=known, before=None) is known
        assert sim.heard == []


async def test_a_journal_that_fails_leaves_a_payment_that_is_found_again(shown: Identity) -> None:
    async with simulator(shown, auto=True) as sim:
        till = Till()

        def full(_: object) -> None:
            raise OSError("no space left")

        till.on_record = full
        with pytest.raises(OSError, match="no space"):
            await till.pay(driver(sim, shown))

        assert isinstance(await settled(driver(sim, shown)), Approved)
        assert len(sim.ledger) == 1


async def test_the_customer_takes_too_long(shown: Identity) -> None:
    async with simulator(shown) as sim:
        terminal = driver(sim, shown, timing=QUICK)

        assert await Till().pay(terminal) == OutcomeUnknown("no answer from the terminal in 0.6 s")
        assert isinstance(await settled(terminal), Declined)
        assert sim.ledger == ()


async def test_the_terminals_memory_outlives_its_power(shown: Identity, tmp_path: Path) -> None:
    memory = tmp_path / "card.json"
    async with simulator(shown, auto=True, state_file=memory) as sim:
        paid = await Till().pay(driver(sim, shown))
    async with simulator(shown, state_file=memory) as sim:
        assert await settled(driver(sim, shown)) == paid


# --- the certificate and the key


async def test_another_root_is_refused(shown: Identity, tmp_path: Path) -> None:
    other = identity(tmp_path / "other")
    async with simulator(shown, auto=True) as sim:
        till = Till()
        result = await till.pay(driver(sim, other))

        assert isinstance(result, Declined)
        assert (result.reason, till.sent, sim.heard) == ("not-sent", 0, [])
        assert SERVER_NAME in result.text


async def test_another_terminal_of_the_same_root_is_refused(shown: Identity) -> None:
    async with simulator(shown, auto=True) as sim:
        result = await Till().pay(driver(sim, shown, server_name="SIM1-000000002.test.terminal.example"))

        assert isinstance(result, Declined)
        assert (result.reason, sim.heard) == ("not-sent", [])


async def test_a_certificate_with_the_name_in_its_common_name_only(tmp_path: Path) -> None:
    shown = identity(tmp_path, alternative=False)
    async with simulator(shown, auto=True) as sim:
        assert isinstance(await Till().pay(driver(sim, shown)), Approved)


async def test_a_terminal_with_another_passphrase(shown: Identity) -> None:
    from terminal.protocols.nexo.envelope import Key

    async with simulator(shown, auto=True, key=Key("tests", 3, "another passphrase")) as sim:
        terminal = driver(sim, shown)
        result = await Till().pay(terminal)

        assert isinstance(result, OutcomeUnknown)
        assert "was not sealed with our key" in result.why
        assert sim.heard == []
        async with living(terminal) as life:
            assert await life.end() is Problem.REFUSED


@pytest.mark.parametrize(
    ("content", "problem"), [(None, Problem.NOT_FOUND), (b"no certificate", Problem.FAULT)], ids=["none", "nonsense"]
)
async def test_a_certificate_file_that_is_none(
    shown: Identity, tmp_path: Path, content: bytes | None, problem: Problem
) -> None:
    file = tmp_path / "shop.pem"
    if content is not None:
        file.write_bytes(content)
    async with simulator(shown) as sim, living(driver(sim, shown, ca_file=str(file))) as life:
        assert await life.end() is problem


# --- health


async def test_health(shown: Identity) -> None:
    async with simulator(shown) as sim:
        terminal = driver(sim, shown)
        async with living(terminal) as life:
            await life.until(State.OK)
            while [head.message_category for head in sim.heard][-1] != "Diagnosis":  # noqa: ASYNC110
                await anyio.sleep(0.01)
            await sim.press("power-off")
            assert await life.end() is Problem.REFUSED
        assert sim.heard[0].message_category == "Login"


async def test_a_terminal_that_another_till_uses(shown: Identity) -> None:
    async with simulator(shown) as sim, anyio.create_task_group() as tasks:
        tasks.start_soon(Till().pay, driver(sim, shown, sale_id="till-2"))
        await reached(sim, "card")
        async with living(driver(sim, shown)) as life:
            await life.until(State.ATTENTION, Problem.BUSY)
        result = await Till().pay(driver(sim, shown))
        assert result == Declined("busy", "Busy", "Another transaction is in progress")
        tasks.cancel_scope.cancel()
