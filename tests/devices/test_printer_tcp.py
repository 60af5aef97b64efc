"""The network printer: jobs, and every way in which one can fail. The simulator stands at the far end."""

import contextlib
import socket
import threading
from typing import Any

import anyio
import anyio.to_thread
import pytest

from terminal.app.ports.device import DeviceError, Problem
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.devices.escpos_render import Renderer
from terminal.devices.printer_wire_tcp import TcpWire
from terminal.domain import document as d
from tests.devices.escpos_parts import renderer
from tests.devices.printer_bench import HUGE, LONG, QUICK, RECEIPT, eventually, simulator, tcp_printer

pytestmark = pytest.mark.anyio


async def test_a_receipt_arrives_as_it_was_rendered() -> None:
    async with simulator() as sim:
        assert await tcp_printer(sim.address).print(RECEIPT) == Printed(confirmed=True)
        (receipt,) = sim.receipts
        assert receipt.raw == renderer().render(RECEIPT)
        assert receipt.text.split() == ["Købmanden", "Rødgrød", "på", "glas", "12,50", "€", "[CODE128", "1-000017]"]
        assert receipt.cut


async def test_ascii_stays_ascii_on_a_printer_whose_switches_say_denmark() -> None:
    async with simulator(power_on_set=4) as sim:
        await tcp_printer(sim.address).print((d.Text("[a] {b} \\ ø"), d.Cut()))
        assert sim.receipts[0].text.split("\n")[0] == "[a] {b} \\ ø"


async def test_jobs_at_the_same_time_come_out_one_after_the_other() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address)
        results: list[Any] = []

        async def job(i: int) -> None:
            results.append(await printer.print((d.Text(f"{i} " * 60), d.Cut())))

        async with anyio.create_task_group() as tasks:
            for i in range(4):
                tasks.start_soon(job, i)
        assert results == [Printed(confirmed=True)] * 4
        assert sorted("".join(receipt.text.split()) for receipt in sim.receipts) == [f"{i}" * 60 for i in range(4)]


@pytest.mark.parametrize(
    ("control", "problem"),
    [
        ("paper-out", Problem.PAPER_OUT),
        ("open-cover", Problem.COVER_OPEN),
        ("cutter-error", Problem.CUTTER),
        ("overheat", Problem.OVERHEATED),
        ("offline", Problem.OFFLINE),
    ],
)
async def test_a_printer_that_cannot_print_is_sent_nothing(control: str, problem: Problem) -> None:
    async with simulator() as sim:
        await sim.press(control)
        outcome = await tcp_printer(sim.address).print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is problem
        assert outcome.detail
        assert sim.view()["waiting_bytes"] == 0
        assert sim.receipts == ()


async def test_little_paper_is_paper() -> None:
    async with simulator() as sim:
        await sim.press("paper-low")
        assert await tcp_printer(sim.address).print(RECEIPT) == Printed(confirmed=True)


async def test_paper_that_ends_within_the_receipt() -> None:
    async with simulator() as sim:
        await sim.press("paper-left", "2")
        outcome = await tcp_printer(sim.address).print(RECEIPT)
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.PAPER_OUT
        (receipt,) = sim.receipts
        assert not receipt.cut
        assert receipt.codes == ()


async def test_a_connection_that_breaks_in_the_job_and_nothing_is_sent_twice() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address)
        await sim.press("cut-mid-job", "60")
        outcome = await printer.print(RECEIPT)
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.LOST
        await anyio.sleep(5 * QUICK.poll)
        (receipt,) = sim.receipts
        job = renderer().render(RECEIPT)
        assert len(receipt.raw) <= 60
        assert job.startswith(receipt.raw)
        assert receipt.raw.count(b"\x1b@") == 1


async def test_a_silent_printer_prints_and_that_is_not_confirmed() -> None:
    async with simulator() as sim:
        await sim.press("silence")
        assert await tcp_printer(sim.address).print(RECEIPT) == Printed(confirmed=False)
        await eventually(lambda: sim.receipts)
        assert sim.receipts[0].codes == (("CODE128", "1-000017"),)


async def test_a_printer_that_falls_silent_in_the_job_is_unknown() -> None:
    async with simulator() as sim:
        await sim.press("slow", "4000")
        printer = tcp_printer(sim.address)
        async with anyio.create_task_group() as tasks:
            outcomes: list[Any] = []

            async def job() -> None:
                outcomes.append(await printer.print(LONG))

            tasks.start_soon(job)
            await eventually(lambda: sim.receipts)
            await sim.press("silence")
            await sim.press("slow", "off")
        assert outcomes == [PrintUnknown(Problem.NO_ANSWER, f"{sim.address} answered before the job and not after it")]


async def test_a_slow_printer_is_waited_for_as_long_as_it_takes_something() -> None:
    # 27 kB at 20 kB/s is far longer than any one wait of QUICK.
    async with simulator() as sim:
        await sim.press("slow", "20000")
        assert await tcp_printer(sim.address).print(LONG) == Printed(confirmed=True)
        await sim.press("slow", "off")
        await eventually(lambda: sim.receipts and sim.receipts[0].cut)
        assert sim.receipts[0].text.count("Vare") == 600


@pytest.mark.parametrize("status", [True, False])
async def test_a_printer_that_takes_no_more_is_given_up(status: bool) -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address, status=status)
        async with anyio.create_task_group() as tasks:
            outcomes: list[Any] = []

            async def job() -> None:
                outcomes.append(await printer.print(HUGE))

            await sim.press("slow", "1000")
            tasks.start_soon(job)
            await eventually(lambda: sim.receipts)
            await sim.press("open-cover")
        (outcome,) = outcomes
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.NO_ANSWER


async def test_power_off_and_on() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address)
        await sim.press("power-off")
        outcome = await printer.print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.REFUSED
        await sim.press("power-on")
        while not isinstance(await printer.print(RECEIPT), Printed):
            continue
        assert len(sim.receipts) == 1


async def test_a_pulled_cable_is_unreachable_and_comes_back() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address)
        await sim.press("pull-cable")
        outcome = await printer.print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.UNREACHABLE
        await sim.press("pull-cable", "off")
        assert await printer.print(RECEIPT) == Printed(confirmed=True)
        assert len(sim.receipts) == 1


async def test_a_host_that_does_not_exist() -> None:
    outcome = await tcp_printer("no-such-printer.invalid:9100").print(RECEIPT)
    assert isinstance(outcome, NotPrinted)
    assert outcome.problem in (Problem.NOT_FOUND, Problem.UNREACHABLE)


async def test_status_false_asks_nothing() -> None:
    async with simulator() as sim:
        await sim.press("paper-out")
        printer = tcp_printer(sim.address, status=False)
        assert await printer.print(RECEIPT) == Printed(confirmed=False)
        await eventually(lambda: sim.view()["waiting_bytes"] == len(renderer().render(RECEIPT)))
        await sim.press("paper-ok")
        await eventually(lambda: sim.receipts)
        assert sim.receipts[0].raw == renderer().render(RECEIPT)


async def _serve_once(answer: bytes | None, *, task_status: anyio.abc.TaskStatus[int]) -> None:
    """A printer that hangs up at the first byte, or answers everything with the same bytes."""
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        task_status.started(listener.extra(anyio.abc.SocketAttribute.local_port))

        async def handle(stream: anyio.abc.SocketStream) -> None:
            async with stream:
                with anyio.move_on_after(5):
                    async for _ in stream:
                        if answer is None:
                            return
                        await stream.send(answer)

        await listener.serve(handle)


async def test_a_printer_that_hangs_up_when_asked_was_sent_nothing_else() -> None:
    async with anyio.create_task_group() as tasks:
        port = await tasks.start(_serve_once, None)
        outcome = await tcp_printer(f"127.0.0.1:{port}").print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.LOST
        tasks.cancel_scope.cancel()


async def test_an_automatic_status_is_no_answer() -> None:
    async with anyio.create_task_group() as tasks:
        port = await tasks.start(_serve_once, b"\x13\x11\x14\x00\x00\x0f")
        assert await tcp_printer(f"127.0.0.1:{port}").print(RECEIPT) == Printed(confirmed=False)
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("answer", [b"\xff", b"HTTP/1.0 400\r\n"])
async def test_nonsense_is_no_printer(answer: bytes) -> None:
    async with anyio.create_task_group() as tasks:
        port = await tasks.start(_serve_once, answer)
        outcome = await tcp_printer(f"127.0.0.1:{port}").print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.GARBAGE
        tasks.cancel_scope.cancel()


async def test_settings_without_a_profile_send_nothing() -> None:
    async with simulator() as sim:
        outcome = await tcp_printer(sim.address, profile="No-Such").print(RECEIPT)
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.FAULT
        assert "No-Such" in outcome.detail
        assert sim.view()["waiting_bytes"] == 0


async def test_kicking_opens_the_drawer_with_the_pulse_of_the_settings() -> None:
    async with simulator() as sim:
        assert await tcp_printer(sim.address, pulse_ms=180, drawer_pin=5).kick() == Printed(confirmed=True)
        assert [(pulse.pin, pulse.on_ms) for pulse in sim.drawer_pulses] == [(5, 180)]
        assert sim.drawer_open
        assert sim.receipts == ()


async def test_a_cancelled_job_lets_the_next_one_through() -> None:
    async with simulator() as sim:
        printer = tcp_printer(sim.address)
        await sim.press("slow", "1000")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(printer.print, HUGE)
            await eventually(lambda: sim.receipts)
            tasks.cancel_scope.cancel()
        await sim.press("slow", "off")
        assert isinstance(await printer.print(RECEIPT), Printed)
        await eventually(lambda: sim.receipts[-1].cut)
        assert "12,50 €" in sim.receipts[-1].text


def test_warming_up_is_no_work_the_second_time() -> None:
    printer = tcp_printer("127.0.0.1:9")
    printer.warm_up()
    first = printer._prepare()
    printer.warm_up()
    assert isinstance(first, Renderer)
    assert printer._prepare() is first


@pytest.mark.parametrize("look", ["discard_input", "check"])
async def test_what_talks_without_end_does_not_hold_the_till(look: str) -> None:
    """Another service than a printer's, behind a wrong address."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as ours:
        ours.connect(listener.getsockname())
        theirs, _ = listener.accept()
        ours.setblocking(False)

        def talk() -> None:
            with theirs, contextlib.suppress(OSError):
                for _ in range(50_000):
                    theirs.sendall(b"\x11" * 4096)

        talker = threading.Thread(target=talk)
        talker.start()
        wire = TcpWire(ours, "there")

        async def looks() -> None:
            while True:
                getattr(wire, look)()
                await anyio.sleep(0.01)

        try:
            with anyio.fail_after(20), pytest.raises(DeviceError) as told:
                await looks()
        finally:
            wire.close(broken=True)
            await anyio.to_thread.run_sync(talker.join)
    assert told.value.problem is Problem.GARBAGE
