"""The registration goes out before the intent is durable: what becomes of that conversation."""

import anyio
import anyio.lowlevel
import pytest

from terminal.app.ports.device import State
from terminal.devices.card_zvt import ZvtTerminal
from terminal.domain.payment import Approved, Declined, OutcomeUnknown
from terminal.protocols.zvt import messages as m
from tests.devices.card_bench import APPROVAL, INTENT, Peer, Till, driver, eventually, reached, scripted, simulator

pytestmark = pytest.mark.anyio


def woken(terminal: ZvtTerminal) -> bool:
    return terminal._woken is not None


async def test_a_woken_terminal_is_registered_once_and_pays() -> None:
    heard: list[str] = []

    async def script(peer: Peer) -> None:
        heard.append("connected")
        heard.append(type(await peer.hear()).__name__)
        answers = [await peer.ask(m.Ack(), m.Completion()), await peer.hear()]
        answers += [await peer.ask(m.Ack(), APPROVAL), await peer.ask(m.Completion())]
        heard.extend(type(answer).__name__ for answer in answers)

    till = Till()
    async with scripted(script) as address:
        terminal = driver(address)
        await terminal.wake()
        await terminal.wake()
        await eventually(lambda: heard == ["connected", "Registration"])
        assert till.sent == 0
        assert isinstance(await till.pay(terminal), Approved)
        assert not woken(terminal)
    assert heard == ["connected", "Registration", "Ack", "Authorisation", "Ack", "Ack"]
    assert till.sent == 1


async def test_a_conversation_that_nothing_comes_of_is_closed() -> None:
    talks = 0

    async def script(peer: Peer) -> None:
        nonlocal talks
        talks += 1
        await peer.hear()
        await peer.hear()  # the end of the connection

    async with scripted(script) as address:
        terminal = driver(address)
        await terminal.wake()
        await eventually(lambda: talks == 1)
        terminal.rest()
        terminal.rest()
        assert not woken(terminal)


async def test_an_enquiry_has_a_conversation_of_its_own() -> None:
    async with simulator() as sim:
        terminal = driver(sim.address)
        await terminal.wake()
        assert woken(terminal)
        assert isinstance(await terminal.lookup(INTENT, known=None, before=None), Declined | OutcomeUnknown)
        assert not woken(terminal)


async def test_nobody_looks_at_a_terminal_that_waits_for_its_payment() -> None:
    till = Till()
    async with simulator(auto=True) as sim, anyio.create_task_group() as tasks:
        terminal = driver(sim.address)
        tasks.start_soon(terminal.live, till.health.append)
        await eventually(lambda: len(till.health) > 0)
        await terminal.wake()
        # Three times as long as between two looks.
        await anyio.sleep(0.15)
        assert woken(terminal)
        assert isinstance(await till.pay(terminal), Approved)
        assert {health.state for health in till.health} == {State.OK}
        tasks.cancel_scope.cancel()


async def test_a_terminal_at_work_is_not_woken() -> None:
    till = Till()
    async with simulator() as sim, anyio.create_task_group() as tasks:
        terminal = driver(sim.address)
        tasks.start_soon(till.pay, terminal)
        await reached(sim, "card")
        await terminal.wake()
        assert not woken(terminal)
        tasks.cancel_scope.cancel()


async def test_a_terminal_that_is_not_there_declines_the_payment_and_not_the_touch() -> None:
    async with scripted(lambda _: anyio.lowlevel.checkpoint()) as address:
        pass
    terminal = driver(address)
    await terminal.wake()
    assert not woken(terminal)
    till = Till()
    result = await till.pay(terminal)
    assert isinstance(result, Declined)
    assert result.reason == "not-sent"
    assert till.sent == 0


async def test_one_that_hangs_up_after_waking_was_not_asked_to_pay() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.close()

    till = Till()
    async with scripted(script) as address:
        terminal = driver(address)
        await terminal.wake()
        result = await till.pay(terminal)
    assert isinstance(result, Declined)
    assert result.reason == "not-sent"
    assert till.sent == 0


async def test_a_serial_terminal_sleeps_on() -> None:
    till = Till()
    async with simulator("pty", auto=True) as sim:
        terminal = driver(sim.address)
        await terminal.wake()
        assert not woken(terminal)
        assert isinstance(await till.pay(terminal), Approved)
