"""The terminal's life: how the driver tells how it is, and stays out of a payment's way."""

import anyio
import anyio.lowlevel
import pytest

from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.config.settings import ZvtSerial
from terminal.devices.card_zvt import ZvtTerminal
from terminal.devices.card_zvt_wire import Timing
from terminal.domain.payment import Approved, PaymentResult
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from tests.devices.card_bench import QUICK, Peer, Till, Wire, driver, eventually, reached, scripted, simulator
from tests.devices.life import living

pytestmark = pytest.mark.anyio


async def failing(terminal: ZvtTerminal) -> tuple[list[Health], DeviceError]:
    """Live until it fails."""
    told: list[Health] = []
    with pytest.raises(DeviceError) as failure:
        await terminal.live(told.append)
    return told, failure.value


@pytest.mark.parametrize("wire", ["tcp", "pty"])
@pytest.mark.parametrize(
    ("control", "problems"),
    [
        ("power-off", {Problem.REFUSED, Problem.NO_ANSWER, Problem.LOST}),
        ("pull-cable", {Problem.UNREACHABLE, Problem.NOT_FOUND, Problem.LOST, Problem.NO_ANSWER}),
        ("silence", {Problem.NO_ANSWER}),
    ],
)
async def test_well_until_something_happens(wire: Wire, control: str, problems: set[Problem]) -> None:
    async with simulator(wire) as sim, living(driver(sim.address, timing=QUICK)) as life:
        await eventually(lambda: len(life.told) >= 2)
        assert set(life.told) == {Health(State.OK)}
        await sim.press(control)

        assert await life.end() in problems


async def test_a_payment_is_not_disturbed() -> None:
    async with simulator() as sim, anyio.create_task_group() as tasks:
        terminal, till, told = driver(sim.address), Till(), list[Health]()
        results: list[PaymentResult] = []

        async def pay() -> None:
            results.append(await till.pay(terminal))

        tasks.start_soon(terminal.live, told.append)
        await eventually(lambda: len(told) >= 1)
        tasks.start_soon(pay)
        await reached(sim, "card")
        looks = len(told)
        await anyio.sleep(4 * QUICK.check)
        assert len(told) == looks
        await sim.press("insert-card")
        await eventually(lambda: len(told) > looks)

        assert isinstance(results[0], Approved)
        tasks.cancel_scope.cancel()


async def test_a_payment_that_breaks_off_is_seen_at_once() -> None:
    async with simulator() as sim:
        terminal = driver(sim.address, timing=Timing(connect=0.3, t3=0.3, check=60.0))
        async with living(terminal) as life:
            await life.until(State.OK)
            await sim.press("power-off")
            await Till().pay(terminal)

            assert await life.end() is Problem.REFUSED


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        (m.Completion(status=0x00), Health(State.OK)),
        (m.Completion(status=0xDC), Health(State.OK)),
        (m.Completion(), Health(State.OK)),
        (m.Nack(0x83), Health(State.OK)),
        (m.Completion(status=0xC2), Health(State.ATTENTION, Problem.FAULT, "diagnosis needed")),
        (m.Completion(status=0x9C), Health(State.ATTENTION, Problem.BUSY, "busy")),
        (m.Nack(0x9C), Health(State.ATTENTION, Problem.BUSY, "busy")),
        (m.Abort(0xF0), Health(State.ATTENTION, Problem.FAULT, "the day must be closed first")),
    ],
)
async def test_what_a_terminal_says_of_itself(answer: m.AnyMessage, health: Health) -> None:
    connections: list[Peer] = []

    async def script(peer: Peer) -> None:
        connections.append(peer)
        if len(connections) == 1:
            await peer.registered()
            return
        enquiry = await peer.hear()
        assert isinstance(enquiry, m.StatusEnquiry)
        await peer.send(*([answer] if isinstance(answer, m.Nack) else [m.Ack(), answer]))

    told: list[Health] = []
    async with scripted(script) as address, anyio.create_task_group() as tasks:
        tasks.start_soon(driver(address).live, told.append)
        await eventually(lambda: len(told) >= 2)
        tasks.cancel_scope.cancel()

    assert told[:2] == [Health(State.OK), health]


async def test_a_terminal_that_needs_something_says_so_at_registration() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.send(m.Ack(), m.Completion(fields=b.Fields((b.bmp(b.KIND, b"\x03"),))))

    told: list[Health] = []
    async with scripted(script) as address, anyio.create_task_group() as tasks:
        tasks.start_soon(driver(address).live, told.append)
        await eventually(lambda: bool(told))
        tasks.cancel_scope.cancel()

    assert told[0] == Health(State.ATTENTION, Problem.FAULT, "initialisation needed, diagnosis needed")


async def test_a_terminal_that_does_not_want_this_till() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.ask(m.Ack(), m.Abort(0xFE))

    async with scripted(script) as address:
        told, failure = await failing(driver(address))

    assert told == []
    assert (failure.problem, failure.detail) == (Problem.REFUSED, "registration refused: register unknown")


async def test_nonsense_is_garbage() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.send_raw(b"\x04\x0f\x02\x04\x00")

    async with scripted(script) as address:
        _, failure = await failing(driver(address, timing=QUICK))

    assert failure.problem is Problem.GARBAGE


async def test_nobody_listens() -> None:
    async with scripted(lambda _: anyio.lowlevel.checkpoint()) as address:
        pass
    _, failure = await failing(driver(address))

    assert failure.problem is Problem.REFUSED


async def test_a_name_that_nobody_knows() -> None:
    _, failure = await failing(driver("no.such.host.invalid:20007"))

    assert failure.problem is Problem.NOT_FOUND


@pytest.mark.parametrize(("path", "problem"), [("/dev/no-such-port", Problem.NOT_FOUND), ("/dev/null", Problem.FAULT)])
async def test_a_port_that_is_none(path: str, problem: Problem) -> None:
    _, failure = await failing(ZvtTerminal(ZvtSerial(port=path), timing=QUICK))

    assert failure.problem is problem
