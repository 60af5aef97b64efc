"""The serial line under the terminal: repeats, lost acknowledgements, noise, a port that goes away."""

import os
import pty
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from terminal.app.ports.device import DeviceError, Problem
from terminal.devices.card_zvt_wire import NotSent, Timing
from terminal.devices.card_zvt_wire_serial import SerialWire, open_serial
from terminal.domain.payment import Approved
from terminal.protocols.zvt.apdu import Apdu, read
from terminal.protocols.zvt.link import ACK, NAK, Block, LinkReader, frame
from tests.devices.card_bench import Till, driver, simulator

pytestmark = pytest.mark.anyio

QUICK = Timing(t1=0.05, t2=0.1)
COMMAND = bytes.fromhex("06B000")
YES = bytes.fromhex("800000")


class FarEnd:
    """The other end of the pty, by hand."""

    def __init__(self, master: int, path: str) -> None:
        self.master = master
        self.path = path
        self.reader = LinkReader()

    async def heard(self) -> bytes:
        """What comes next."""
        await anyio.wait_readable(self.master)
        return os.read(self.master, 4096)

    async def heard_all(self, size: int) -> bytes:
        """What comes next, until it is so many bytes: the kernel hands on what it has."""
        data = b""
        with anyio.fail_after(5):
            while len(data) < size:
                data += await self.heard()
        return data

    async def frame(self) -> bytes:
        """The next frame's content."""
        while True:
            for each in self.reader.feed(await self.heard()):
                if isinstance(each, Block):
                    return each.data

    def write(self, data: bytes) -> None:
        """Say it."""
        os.write(self.master, data)


@asynccontextmanager
async def line(timing: Timing = QUICK) -> AsyncIterator[tuple[SerialWire, FarEnd]]:
    """The driver's wire and the far end of it."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    wire = open_serial(os.ttyname(slave), 9600, timing)
    try:
        with anyio.fail_after(10):
            yield wire, FarEnd(master, os.ttyname(slave))
    finally:
        wire.close()
        os.close(slave)
        os.close(master)


async def test_a_frame_that_is_acknowledged_goes_once() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:
        tasks.start_soon(wire.send, COMMAND)
        assert await far.frame() == COMMAND
        far.write(ACK)


async def test_t2_silence_is_two_repeats_and_then_doubt() -> None:
    async with line() as (wire, far):
        with pytest.raises(DeviceError, match="no acknowledgement in 3 tries") as failure:
            await wire.send(COMMAND)
        assert await far.heard_all(3 * len(frame(COMMAND))) == 3 * frame(COMMAND)
        assert failure.value.problem is Problem.NO_ANSWER
        assert not isinstance(failure.value, NotSent)


async def test_three_naks_are_a_command_that_was_never_taken() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:

        async def never() -> None:
            for _ in range(3):
                assert await far.frame() == COMMAND
                far.write(NAK)

        tasks.start_soon(never)
        with pytest.raises(NotSent):
            await wire.send(COMMAND)


async def test_a_nak_after_silence_leaves_doubt() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:

        async def late() -> None:
            await far.frame()
            for _ in range(2):
                await far.frame()
                far.write(NAK)

        tasks.start_soon(late)
        with pytest.raises(DeviceError) as failure:
            await wire.send(COMMAND)
        assert not isinstance(failure.value, NotSent)


async def test_a_nak_is_followed_by_a_repeat() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:
        tasks.start_soon(wire.send, COMMAND)
        await far.frame()
        far.write(NAK)
        assert await far.frame() == COMMAND
        far.write(ACK)


async def test_a_block_while_waiting_for_the_acknowledgement() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:

        async def both() -> None:
            await far.frame()
            far.write(frame(YES) + ACK)

        tasks.start_soon(both)
        await wire.send(COMMAND)
        assert await wire.receive() == read(YES)
        assert await far.heard() == ACK


async def test_a_repeat_because_our_acknowledgement_was_lost_counts_once() -> None:
    async with line() as (wire, far):
        far.write(frame(YES) + frame(YES) + frame(COMMAND))

        assert [await wire.receive(), await wire.receive()] == [read(YES), read(COMMAND)]
        assert await far.heard_all(3) == 3 * ACK


async def test_the_same_again_after_our_answer_is_new() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:

        async def again() -> None:
            await far.frame()
            far.write(ACK + frame(YES))

        far.write(frame(YES))
        assert await wire.receive() == read(YES)
        tasks.start_soon(again)
        await wire.send(COMMAND)
        assert await wire.receive() == read(YES)


async def test_a_wrong_checksum_is_asked_for_again() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:

        async def spoilt() -> None:
            far.write(frame(YES)[:-1] + b"\x00")
            assert await far.heard() == NAK
            far.write(frame(YES))

        tasks.start_soon(spoilt)
        assert await wire.receive() == read(YES)


async def test_t1_a_pause_within_a_frame_is_asked_for_again() -> None:
    async with line() as (wire, far), anyio.create_task_group() as tasks:

        async def halting() -> None:
            far.write(frame(YES)[:4])
            assert await far.heard() == NAK
            far.write(frame(YES))

        tasks.start_soon(halting)
        assert await wire.receive() == read(YES)


async def test_a_receive_that_is_cancelled_loses_nothing() -> None:
    async with line() as (wire, far):
        got: list[Apdu] = []
        for piece in (frame(YES)[:3], frame(YES)[3:6], frame(YES)[6:]):
            far.write(piece)
            with anyio.move_on_after(0.02):
                got.append(await wire.receive())

        assert got == [read(YES)]


async def test_a_block_that_is_no_apdu() -> None:
    async with line() as (wire, far):
        far.write(frame(b"\x06\x0f\x05\x00"))

        with pytest.raises(DeviceError) as failure:
            await wire.receive()
        assert failure.value.problem is Problem.GARBAGE


async def test_the_port_goes_away() -> None:
    master, slave = pty.openpty()
    wire = open_serial(os.ttyname(slave), 115200, QUICK)
    os.close(slave)
    os.close(master)
    try:
        with pytest.raises(DeviceError) as failure, anyio.fail_after(5):
            await wire.receive()
        assert failure.value.problem is Problem.LOST
        with pytest.raises(NotSent):
            await wire.send(COMMAND)
    finally:
        wire.close()


async def test_a_port_that_another_program_holds() -> None:
    async with line() as (_, far):
        with pytest.raises(DeviceError) as failure:
            open_serial(far.path, 9600, QUICK)

        assert failure.value.problem is Problem.IN_USE


@pytest.mark.parametrize("frames", [1, 2])
async def test_a_disturbed_line_is_repaired(frames: int) -> None:
    async with simulator("pty", auto=True) as sim:
        await sim.press("noise", str(frames))
        till = Till()
        result = await till.pay(driver(sim.address))

        assert isinstance(result, Approved)
        assert sim.moved == 12500
