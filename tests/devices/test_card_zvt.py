"""Paying with a ZVT terminal, over TCP and over a serial line. The simulator stands at the far end."""

import anyio
import anyio.lowlevel
import pytest

from terminal.config.settings import ZvtTcp
from terminal.devices.card_zvt import ZvtTerminal
from terminal.devices.card_zvt_wire import Timing
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentResult,
    TerminalMessage,
)
from terminal.protocols.zvt import messages as m
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.card_zvt_machine import Pace
from terminal.sim.card_zvt_says import PAN
from tests.devices.card_bench import (
    APPROVAL,
    INTENT,
    QUICK,
    QUICK_PACE,
    STOPPED,
    Peer,
    Till,
    Wire,
    driver,
    eventually,
    reached,
    scripted,
    settled,
    simulator,
)

pytestmark = pytest.mark.anyio

both_wires = pytest.mark.parametrize("wire", ["tcp", "pty"])


async def pay_and(sim: SimCardTerminal, till: Till, terminal: ZvtTerminal, *steps: tuple[str, str]) -> PaymentResult:
    """Pay, and do things at the terminal (or 'abort' at the till) when it is in a state."""
    results: list[PaymentResult] = []

    async def pay() -> None:
        results.append(await till.pay(terminal))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pay)
        for state, control in steps:
            await reached(sim, state)
            if control == "abort":
                await terminal.abort()
            else:
                await sim.press(control)
    return results[0]


@both_wires
async def test_a_payment(wire: Wire) -> None:
    async with simulator(wire) as sim:
        till = Till()
        result = await pay_and(sim, till, driver(sim.address), ("card", "insert-card"))

        assert isinstance(result, Approved)
        assert till.sent == 1
        assert till.recorded[0] == result
        assert (result.amount, result.trace, result.receipt_number) == (12500, "000001", "0001")
        assert (result.masked_pan, result.card_name) == ("457110******5673", "Visa/Dankort")
        assert till.said == [TerminalMessage("0A"), TerminalMessage("01"), TerminalMessage("04")]
        assert [slip.copy for slip in till.slips] == ["merchant", "customer"]
        assert "Beløb DKK       125,00" in till.slips[1].lines
        assert [(move.amount, move.state) for move in sim.moves] == [(12500, "moved")]


@both_wires
async def test_nothing_moves_before_everything_is_recorded(wire: Wire) -> None:
    async with simulator(wire, auto=True) as sim:
        till = Till()
        moved_at_record: list[int] = []
        till.on_record = lambda _: moved_at_record.append(sim.moved)

        assert isinstance(await till.pay(driver(sim.address)), Approved)

        assert moved_at_record == [0, 0, 0, 0]
        assert [type(each) for each in till.recorded] == [Approved, Acknowledged, CardSlip, CardSlip]
        assert sim.moved == 12500


async def test_no_whole_card_number_reaches_the_till() -> None:
    async with simulator(auto=True) as sim:
        till = Till()
        await till.pay(driver(sim.address))

        written = "".join(char for char in str(till.recorded) if char not in " -")
        assert PAN[-4:] in written
        assert PAN not in written


@both_wires
async def test_the_bank_declines(wire: Wire) -> None:
    async with simulator(wire) as sim:
        till = Till()
        result = await pay_and(sim, till, driver(sim.address), ("card", "decline"))

        assert result == Declined("declined", "05", "Afvist af kortudsteder")
        assert (till.recorded, sim.moved) == ([], 0)


@both_wires
async def test_the_customer_presses_the_red_key(wire: Wire) -> None:
    async with simulator(wire) as sim:
        assert await pay_and(sim, Till(), driver(sim.address), ("card", "cancel")) == Declined("cancelled", "6C")
        assert sim.moves == ()


@both_wires
async def test_the_till_stops_it_before_a_card_is_there(wire: Wire) -> None:
    async with simulator(wire) as sim:
        assert await pay_and(sim, Till(), driver(sim.address), ("card", "abort")) == Declined("cancelled", "6C")
        assert sim.moves == ()


async def test_the_till_stops_it_during_the_pin() -> None:
    async with simulator(pace=Pace(pin=5.0, host=0.0, t3=5.0)) as sim:
        result = await pay_and(sim, Till(), driver(sim.address), ("card", "insert-card"), ("pin", "abort"))

        assert result == Declined("cancelled", "6C")


async def test_a_stop_that_nobody_hears_is_not_waited_for_as_long_as_a_customer() -> None:
    async with simulator() as sim:
        terminal = driver(sim.address, timing=Timing(t3=0.2, t4=3600.0))
        result = await pay_and(sim, Till(), terminal, ("card", "pull-cable"), ("card", "abort"))

        assert isinstance(result, OutcomeUnknown)
        assert sim.moves == ()


@both_wires
async def test_it_is_too_late_to_stop_when_the_host_is_asked(wire: Wire) -> None:
    async with simulator(wire, pace=Pace(pin=0.0, host=0.2, t3=5.0)) as sim:
        result = await pay_and(sim, Till(), driver(sim.address), ("card", "insert-card"), ("host", "abort"))

        assert isinstance(result, Approved)
        assert sim.moved == 12500


async def test_stopped_before_the_command_has_left() -> None:
    async with simulator() as sim:
        till, terminal = Till(), driver(sim.address)
        results: list[PaymentResult] = []

        async def pay() -> None:
            results.append(await till.pay(terminal))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pay)
            await anyio.lowlevel.checkpoint()
            await terminal.abort()

        assert results == [Declined("cancelled")]
        assert till.sent == 0


async def test_stopped_while_the_till_writes_that_it_is_sent() -> None:
    async with simulator() as sim:
        terminal = driver(sim.address)

        async def record(_: Approved | CardSlip | Acknowledged) -> None:
            raise AssertionError("nothing to record")

        result = await terminal.carry(INTENT, sent=terminal.abort, record=record, say=lambda _: None)

        assert result == Declined("cancelled")
        assert sim.moves == ()


async def test_stopping_when_nothing_runs_does_nothing() -> None:
    async with simulator(auto=True) as sim:
        terminal = driver(sim.address)
        await terminal.abort()

        assert isinstance(await Till().pay(terminal), Approved)


async def test_less_than_asked_is_approved() -> None:
    async with simulator(auto=True) as sim:
        await sim.press("partial", "5000")
        result = await Till().pay(driver(sim.address))

        assert isinstance(result, Approved)
        assert (result.amount, sim.moved) == (5000, 5000)


@both_wires
@pytest.mark.parametrize("what", [Approved, CardSlip])
async def test_what_cannot_be_recorded_is_refused_and_reversed(wire: Wire, what: type) -> None:
    async with simulator(wire, auto=True) as sim:
        till, terminal = Till(), driver(sim.address)

        def full(news: Approved | CardSlip | Acknowledged) -> None:
            if isinstance(news, what):
                raise OSError("no space left")

        till.on_record = full
        with pytest.raises(OSError, match="no space left"):
            await till.pay(terminal)

        wanted = Declined("reversed" if what is CardSlip else "not-found", "6C")
        assert await settled(terminal, till.approved) == wanted
        assert [move.state for move in sim.moves] == ["reversed"]


async def test_cancelled_in_the_middle_the_terminal_reverses() -> None:
    async with simulator(auto=True) as sim:
        till, terminal = Till(), driver(sim.address)
        with anyio.CancelScope() as scope:
            till.on_record = lambda _: scope.cancel()
            await till.pay(terminal)
        assert scope.cancelled_caught

        await eventually(lambda: [move.state for move in sim.moves] == ["reversed"])
        assert sim.moved == 0


async def test_one_after_the_other() -> None:
    async with simulator(auto=True) as sim:
        terminal, tills = driver(sim.address), [Till() for _ in range(3)]
        results: list[PaymentResult] = []

        async def pay(till: Till) -> None:
            results.append(await till.pay(terminal))

        async with anyio.create_task_group() as tasks:
            for till in tills:
                tasks.start_soon(pay, till)

        assert {getattr(result, "trace", None) for result in results} == {"000001", "000002", "000003"}
        assert sim.moved == 3 * 12500


@both_wires
async def test_a_terminal_that_is_off_got_nothing(wire: Wire) -> None:
    async with simulator(wire) as sim:
        await sim.press("power-off")
        till = Till()
        result = await till.pay(driver(sim.address, timing=QUICK))

        assert isinstance(result, Declined)
        assert (result.reason, till.sent) == ("not-sent", 0)


@both_wires
@pytest.mark.parametrize("control", ["pull-cable", "silence"])
async def test_a_terminal_that_cannot_be_reached_got_nothing(wire: Wire, control: str) -> None:
    async with simulator(wire) as sim:
        await sim.press(control)
        till = Till()
        result = await till.pay(driver(sim.address, timing=QUICK))

        assert isinstance(result, Declined)
        assert (result.reason, till.sent) == ("not-sent", 0)


async def test_a_terminal_of_another_currency_is_not_paid_at() -> None:
    async with simulator() as sim:
        host, _, port = sim.address.rpartition(":")
        terminal = ZvtTerminal(ZvtTcp(host=host, port=int(port), currency=978), timing=QUICK)
        assert isinstance(await pay_and(sim, Till(), terminal, ("card", "cancel")), Declined)


@both_wires
async def test_power_off_with_the_commit_pending(wire: Wire) -> None:
    async with simulator(wire, auto=True, pace=QUICK_PACE) as sim:
        till, terminal = Till(), driver(sim.address, timing=QUICK)

        def pull_the_plug(news: Approved | CardSlip | Acknowledged) -> None:
            if isinstance(news, Approved):
                sim.switch(on=False)

        till.on_record = pull_the_plug
        result = await till.pay(terminal)
        assert isinstance(result, OutcomeUnknown)
        assert till.approved is not None
        assert isinstance(await terminal.lookup(INTENT, known=till.approved, before=None), OutcomeUnknown)

        await sim.press("power-on")
        assert await terminal.lookup(INTENT, known=till.approved, before=None) == Declined("reversed", "6C")
        assert sim.moved == 0


@both_wires
async def test_asked_about_a_payment_that_stands(wire: Wire) -> None:
    async with simulator(wire, auto=True) as sim:
        till = Till()
        result = await till.pay(driver(sim.address))

        assert await driver(sim.address).lookup(INTENT, known=till.approved, before=None) == result


async def test_busy_with_a_payment_that_nobody_waits_for() -> None:
    """A serial line does not break when the till dies: the next life finds the terminal still waiting for a card."""
    async with simulator("pty", pace=QUICK_PACE) as sim:
        with anyio.CancelScope() as life:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(Till().pay, driver(sim.address, timing=QUICK))
                await reached(sim, "card")
                life.cancel()

        first = await driver(sim.address, timing=QUICK).lookup(INTENT, known=None, before=None)
        assert isinstance(first, OutcomeUnknown)
        await reached(sim, "idle")
        assert isinstance(await driver(sim.address, timing=QUICK).lookup(INTENT, known=None, before=None), Declined)
        assert sim.moves == ()


async def test_the_speed_of_the_people_does_not_matter() -> None:
    """T4 begins anew with each sign of life: a payment may take longer than T4."""
    async with simulator(pace=Pace(pin=0.7, host=0.7)) as sim:
        terminal = driver(sim.address, timing=Timing(t4=1.0))
        assert isinstance(await pay_and(sim, Till(), terminal, ("card", "insert-card")), Approved)


async def test_the_acknowledgement_is_recorded_after_it_has_left() -> None:
    """The terminal has it already: the till's record does not hold it up."""
    heard: list[m.AnyMessage] = []
    left = anyio.Event()

    async def script(peer: Peer) -> None:
        await peer.paying()
        heard.append(await peer.ask(APPROVAL))
        left.set()
        await peer.ask(m.Completion())

    async with scripted(script) as address:
        till = Till()

        async def record(news: Approved | CardSlip | Acknowledged) -> None:
            if isinstance(news, Acknowledged):
                await left.wait()
            till.recorded.append(news)

        async def sent() -> None:
            pass

        result = await driver(address).carry(INTENT, sent=sent, record=record, say=till.said.append)

    assert isinstance(result, Approved)
    assert heard == [m.Ack()]
    assert [type(each) for each in till.recorded] == [Approved, Acknowledged]


async def test_an_approval_that_comes_twice_is_acknowledged_twice_and_recorded_once() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert await peer.ask(APPROVAL) == m.Ack()
        assert await peer.ask(APPROVAL) == m.Ack()
        await peer.ask(m.Completion())

    async with scripted(script) as address:
        till = Till()
        assert isinstance(await till.pay(driver(address)), Approved)

    assert [type(each) for each in till.recorded] == [Approved, Acknowledged]


async def test_a_refusal_is_never_recorded_as_acknowledged() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(STOPPED)
        await peer.ask(m.Abort(0x6C))

    async with scripted(script) as address:
        till = Till()
        assert isinstance(await till.pay(driver(address)), Declined)

    assert till.recorded == []


async def test_sent_is_written_when_the_terminal_has_taken_the_registration() -> None:
    till = Till()

    async def script(peer: Peer) -> None:
        assert isinstance(await peer.hear(), m.Registration)
        assert till.sent == 0
        await peer.send(m.Ack())
        await eventually(lambda: till.sent == 1)
        await peer.ask(m.Completion())
        assert isinstance(await peer.hear(), m.Authorisation)
        await peer.send(m.Nack(0x83))

    async with scripted(script) as address:
        assert await till.pay(driver(address)) == Declined("declined", "83")


@pytest.mark.parametrize("prints", [(True, False), (False, True), (False, False)])
async def test_the_till_keeps_the_copies_it_is_to_print(prints: tuple[bool, bool]) -> None:
    merchant, customer = prints
    async with simulator(auto=True) as sim:
        till = Till()
        terminal = driver(sim.address, merchant_receipt=merchant, customer_receipt=customer)
        assert isinstance(await till.pay(terminal), Approved)

        wanted = [copy for copy, wants in (("merchant", merchant), ("customer", customer)) if wants]
        assert [slip.copy for slip in till.slips] == wanted
        assert sim.moved == 12500


@pytest.mark.parametrize("answers", [True, False])
async def test_it_logs_off_when_it_is_to(answers: bool) -> None:
    heard: list[m.AnyMessage] = []

    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(APPROVAL)
        await peer.ask(m.Completion())
        heard.append(await peer.hear())
        if answers:
            await peer.send(m.Ack())

    async with scripted(script) as address:
        assert isinstance(await Till().pay(driver(address, timing=QUICK, log_off=True)), Approved)

    assert heard == [m.LogOff()]
