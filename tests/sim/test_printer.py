"""The simulated printer: it prints what it is sent, shows it, and fails the way real ones do."""

import json
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos import status as dle
from terminal.protocols.escpos.status import Query
from terminal.sim.paper import Paper
from terminal.sim.printer import SimPrinter
from terminal.sim.printer_machine import RECEIVE_BUFFER, Machine
from terminal.sim.simulator import Simulator, UnknownControl

pytestmark = pytest.mark.anyio


def machine(**options: Any) -> Machine:
    return Machine(Paper(**options), lambda: None)


def ask(printer: Machine, query: Query) -> dle.Reply:
    (answer,) = printer.receive(dle.question(query))
    return dle.decode(query, answer)


def text(printer: Machine, data: bytes) -> list[str]:
    printer.receive(data)
    printer.print()
    return [line for receipt in printer.paper.all_receipts() for line in receipt.text.split("\n") if line]


@given(
    st.lists(st.binary(max_size=60) | st.sampled_from([b"\x1b@", b"\x1dk", b"\x1d(k", b"\x1dv0", b"\x10\x04", b"\n"]))
)
def test_any_bytes_are_printed_somehow(pieces: list[bytes]) -> None:
    printer = machine()
    for piece in pieces:
        printer.receive(piece[: printer.free])
        printer.print()
    for receipt in printer.paper.all_receipts():
        assert isinstance(receipt.text, str)
        assert receipt.png().startswith(b"\x89PNG")


def test_a_line_that_is_too_long_breaks_at_the_papers_edge() -> None:
    assert text(machine(dots=384), b"x" * 40 + b"\n") == ["x" * 32, "x" * 8]


def test_the_power_on_table_and_the_switches() -> None:
    assert text(machine(), b"\x91\x9b[\n") == ["æ¢["]  # CP437 has no ø
    assert text(machine(power_on_set=4), b"[\x1bR\x00[\n") == ["Æ["]
    assert text(machine(), b"\x1bt\x13\x91\x9b\x86\xd5\n") == ["æøå€"]


def test_status_is_answered_in_every_state() -> None:
    printer = machine()
    assert ask(printer, Query.PRINTER) == dle.PrinterState()
    printer.cover_open, printer.drawer_open = True, True
    assert ask(printer, Query.PRINTER) == dle.PrinterState(offline=True, drawer_high=True)
    assert ask(printer, Query.OFFLINE) == dle.OfflineCause(cover_open=True)
    printer.cover_open, printer.paper_state = False, "out"
    assert ask(printer, Query.OFFLINE) == dle.OfflineCause(paper_stop=True)
    assert ask(printer, Query.PAPER) == dle.PaperState(near_end=True, end=True)
    printer.paper_state, printer.cutter_stuck = "low", True
    assert ask(printer, Query.PAPER) == dle.PaperState(near_end=True)
    assert ask(printer, Query.ERROR) == dle.ErrorCause(cutter=True)
    printer.silent = True
    assert printer.receive(dle.question(Query.PRINTER)) == b""


def test_a_question_in_the_middle_of_a_picture_is_answered_and_the_picture_is_whole() -> None:
    printer = machine()
    assert printer.receive(b"\x1dv0\x00\x01\x00\x04\x00\xff\x10\x04\x01") == bytes((dle.encode(dle.PrinterState()),))
    assert text(printer, b"Hej\n") == ["[picture 8 x 4]", "Hej"]


def test_without_paper_it_keeps_what_it_got_and_prints_it_later() -> None:
    printer = machine()
    printer.paper_state = "out"
    assert text(printer, b"Hej\n") == []
    assert (printer.waiting, printer.free) == (4, RECEIVE_BUFFER - 4)
    printer.paper_state = "ok"
    assert text(printer, b"") == ["Hej"]


def test_power_off_loses_what_was_not_on_paper() -> None:
    printer = machine()
    assert text(printer, b"Hej\nhalv") == ["Hej"]
    printer.cover_open = True
    printer.receive(b" linje\n")
    printer.power_off()
    printer.power, printer.cover_open = True, False
    assert text(printer, b"igen\n") == ["Hej", "igen"]


def test_the_roll_ends_after_so_many_lines() -> None:
    printer = machine()
    printer.lines_left = 2
    assert text(printer, b"1\n2\n3\n") == ["1", "2"]
    assert printer.paper_state == "out"


def test_both_kinds_of_pulse_open_the_drawer_and_a_twitch_does_not() -> None:
    printer = machine()
    printer.receive(b"\x1bp\x00\x05\x05")
    printer.print()
    assert [(pulse.pin, pulse.on_ms) for pulse in printer.pulses] == [(2, 10)]
    assert not printer.drawer_open
    printer.paper_state = "out"
    printer.receive(b"\x10\x14\x01\x01\x02")
    assert (printer.pulses[-1].pin, printer.pulses[-1].on_ms) == (5, 200)
    assert printer.drawer_open


async def test_every_control_can_be_pressed_and_is_seen() -> None:
    printer = SimPrinter()
    arguments = {"paper-left": "5", "cut-mid-job": "100", "slow": "50"}
    for control in printer.controls():
        before = printer.version
        await printer.press(control.name, arguments.get(control.name, ""))
        assert printer.version > before
        assert json.loads(json.dumps(printer.view())) == printer.view()
    assert {control.name for control in printer.controls() if control.pressed} == {
        "paper-low",
        "paper-left",
        "pull-cable",
        "silence",
        "garbage",
        "hang-up",
        "forget",
        "lock-drawer",
        "slow",
        "cut-mid-job",
        "cutter-error",
        "overheat",
        "offline",
    }


@pytest.mark.parametrize(
    ("control", "argument"),
    [
        ("no-such", ""),
        ("silence", "maybe"),
        ("paper-left", ""),
        ("paper-left", "-1"),
        ("slow", "٣"),
        ("cut-mid-job", "9" * 30),
    ],
)
async def test_what_is_no_control_is_refused(control: str, argument: str) -> None:
    printer: Simulator = SimPrinter()
    with pytest.raises(UnknownControl):
        await printer.press(control, argument)


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_it_serves_until_it_is_cancelled_and_leaves_nothing(wire: str) -> None:
    printer = SimPrinter(wire="tcp" if wire == "tcp" else "pty")
    async with anyio.create_task_group() as tasks:
        await tasks.start(printer.serve)
        first = printer.address
        tasks.cancel_scope.cancel()
    if wire == "tcp":
        with pytest.raises(OSError, match="connection attempts failed"):
            await anyio.connect_tcp("127.0.0.1", int(first.partition(":")[2]))
    else:
        assert not await anyio.Path(first).parent.exists()


async def test_a_second_till_waits_for_the_first() -> None:
    printer = SimPrinter()
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            await tasks.start(printer.serve)
            host, _, port = printer.address.partition(":")
            async with await anyio.connect_tcp(host, int(port)) as first:
                await first.send(dle.question(Query.PRINTER))
                assert await first.receive() == b"\x12"
                async with await anyio.connect_tcp(host, int(port)) as second:
                    await second.send(dle.question(Query.PRINTER))
                    with anyio.move_on_after(0.1) as waited:
                        await second.receive()
                    assert waited.cancelled_caught
                    await first.aclose()
                    assert await second.receive() == b"\x12"
            tasks.cancel_scope.cancel()
