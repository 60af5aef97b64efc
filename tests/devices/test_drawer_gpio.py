"""The drawer on a GPIO pin: the shipped driver and its guard, with the coil's line in a folder (file_line.py)."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from terminal.app.ports.device import DeviceError, Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from terminal.config.settings import DrawerGpio
from terminal.devices import gpio_chip, gpio_line
from terminal.devices.drawer_coil import BEARABLE_MS, Coil
from terminal.devices.drawer_gpio import GpioDrawer
from terminal.devices.drawer_guard import LONGEST_PULSE_MS
from terminal.devices.drawer_pins import ChipPins
from tests.devices.drawer_bed import ROOT, SETTINGS, Bed
from tests.devices.life import Life, living

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def a_drawer(bed: Bed, settings: DrawerGpio = SETTINGS) -> AsyncIterator[tuple[GpioDrawer, Life]]:
    drawer = GpioDrawer(settings, pins=bed)
    with anyio.fail_after(30):
        async with living(drawer) as life:
            await life.until(State.OK)
            yield drawer, life


async def test_one_opening_is_one_pulse_of_its_length(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed) as (drawer, _):
        assert await drawer.open() == Printed(confirmed=False)
    (pulse,) = bed.pulses()
    assert 150 <= pulse <= BEARABLE_MS
    assert drawer.last_pulse_ms == pytest.approx(pulse, abs=5)


async def test_the_coil_cools_down_between_two_pulses(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed) as (drawer, _), anyio.create_task_group() as tasks:
        tasks.start_soon(drawer.open)
        tasks.start_soon(drawer.open)
    assert len(bed.pulses()) == 2
    changes = [at for at, on in bed.levels() if on]
    assert changes[1] - changes[0] >= 0.15 + 0.5


async def test_a_long_cool_down_refuses_instead_of_opening_much_later(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed, DrawerGpio(cool_down_ms=60_000)) as (drawer, _):
        # It has just been started: whoever held the pin before may have left the coil warm.
        outcome = await drawer.open()
    assert isinstance(outcome, NotPrinted)
    assert outcome.problem is Problem.BUSY
    assert bed.pulses() == []


async def test_a_cancelled_opening_still_lets_the_coil_go(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed) as (drawer, _), anyio.create_task_group() as tasks:
        tasks.start_soon(drawer.open)
        await bed.until(on=True)
        tasks.cancel_scope.cancel()
    (pulse,) = bed.pulses()
    assert pulse >= 150


async def test_no_pulse_before_it_lives_and_after(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    drawer = GpioDrawer(SETTINGS, pins=bed)
    assert isinstance(await drawer.open(), NotPrinted)
    async with living(drawer) as life:
        await life.until(State.OK)
    assert isinstance(await drawer.open(), NotPrinted)
    assert bed.pulses() == []


# What dies, and who switches the coil off


@pytest.mark.parametrize("ms", [150, LONGEST_PULSE_MS])
async def test_a_till_killed_in_a_pulse_leaves_the_coil_off_in_time(tmp_path: Path, ms: int) -> None:
    bed = Bed(tmp_path)
    command = [sys.executable, "-m", "tests.devices.drawer_till", str(tmp_path), str(ms)]
    async with await anyio.open_process(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}) as till:
        await bed.until(on=True)
        till.kill()
        await till.wait()
    await bed.until(on=False)
    (pulse,) = bed.pulses()
    assert ms <= pulse <= BEARABLE_MS
    # Its guard has gone too: the line is free.
    with anyio.fail_after(20):
        while not is_free(bed):  # noqa: ASYNC110 - a lock tells nobody
            await anyio.sleep(0.01)


def bare_guard(bed: Bed) -> "subprocess.Popen[bytes]":
    """A guard that no till watches."""
    return subprocess.Popen(bed.guard_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def is_free(bed: Bed) -> bool:
    try:
        bed.take_coil().close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_guard_killed_or_stopped_in_a_pulse_is_switched_off_by_the_till(
    tmp_path: Path, end: signal.Signals
) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed) as (drawer, life):
        outcomes: list[PrintOutcome] = []

        async def opens() -> None:
            outcomes.append(await drawer.open())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(opens)
            await bed.until(on=True)
            assert drawer.guard_pid is not None
            os.kill(drawer.guard_pid, end)
        assert not bed.is_on
        (pulse,) = bed.pulses()
        assert pulse <= BEARABLE_MS
        (outcome,) = outcomes
        assert isinstance(outcome, PrintUnknown)
        assert await life.end() is Problem.FAULT
    assert is_free(bed)


@pytest.mark.parametrize("polite", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_what_a_service_manager_sends_to_all_of_them_does_not_end_a_pulse(
    tmp_path: Path, polite: signal.Signals
) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed) as (drawer, _), anyio.create_task_group() as tasks:
        tasks.start_soon(drawer.open)
        await bed.until(on=True)
        assert drawer.guard_pid is not None
        os.kill(drawer.guard_pid, polite)
    (pulse,) = bed.pulses()
    assert pulse >= 150


async def test_when_both_were_killed_the_next_start_finds_the_line_on_and_switches_it_off(tmp_path: Path) -> None:
    """Until then it is the one-shot in the driver stage that keeps the coil: hardware/README.md."""
    bed = Bed(tmp_path)
    guard = bare_guard(bed)
    assert guard.stdin
    guard.stdin.write((300).to_bytes(2, "big"))
    await bed.until(on=True)
    guard.kill()
    guard.communicate()
    assert bed.is_on
    async with a_drawer(bed):
        assert not bed.is_on


async def test_a_guard_that_is_killed_with_nothing_to_do_is_missed_and_replaced(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    async with a_drawer(bed) as (drawer, life):
        assert drawer.guard_pid is not None
        os.kill(drawer.guard_pid, signal.SIGKILL)
        assert await life.end() is Problem.FAULT
    async with a_drawer(bed) as (drawer, _):
        assert await drawer.open() == Printed(confirmed=False)
    assert len(bed.pulses()) == 1


async def test_a_guard_takes_no_pulse_that_a_coil_could_not_bear(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    guard = bare_guard(bed)
    said, _ = guard.communicate((60_000).to_bytes(2, "big"))
    assert said.split()[:2] == [b"ready", b"on"]
    (pulse,) = bed.pulses()
    assert LONGEST_PULSE_MS <= pulse <= BEARABLE_MS


async def test_a_line_that_somebody_else_holds_is_told_so(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    line = bed.take_coil()
    drawer = GpioDrawer(SETTINGS, pins=bed)
    async with living(drawer) as life:
        assert await life.end() is Problem.IN_USE
    line.close()
    outcome = await drawer.open()
    assert isinstance(outcome, NotPrinted)
    assert outcome.problem is Problem.IN_USE


# The chip


@pytest.mark.parametrize(
    ("labels", "chip"),
    [
        ({0: "pinctrl-bcm2835", 1: "raspberrypi-exp-gpio"}, 0),
        ({0: "raspberrypi-exp-gpio", 4: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"}, 4),
        ({0: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"}, 0),
        ({1: "pinctrl-bcm2711", 0: "raspberrypi-exp-gpio"}, 1),
    ],
)
def test_the_headers_chip_is_found_by_its_label(labels: dict[int, str], chip: int) -> None:
    assert gpio_chip.choose(labels) == chip


def test_a_board_without_the_header_is_told_what_it_has() -> None:
    with pytest.raises(DeviceError, match="INT3450") as caught:
        gpio_chip.choose({0: "INT3450:00"})
    assert caught.value.problem is Problem.NOT_FOUND


@pytest.mark.parametrize(
    ("request_number", "size"),
    [
        (gpio_line._GET_CHIPINFO, gpio_line._CHIPINFO.size),
        (gpio_line._GET_LINE, gpio_line._REQUEST.size),
        (gpio_line._SET_VALUES, gpio_line._VALUES.size),
    ],
)
def test_a_request_is_as_long_as_the_kernel_expects(request_number: int, size: int) -> None:
    """The size stands in the request's own number: Linux, include/uapi/asm-generic/ioctl.h."""
    assert request_number >> 16 & 0x3FFF == size


@pytest.mark.parametrize(("chip", "problem"), [("/dev/null", Problem.FAULT), ("/dev/gpiochip99", Problem.NOT_FOUND)])
async def test_what_is_no_chip_is_told_by_the_guard_that_ships(chip: str, problem: Problem) -> None:
    settings = DrawerGpio(chip=chip)
    drawer = GpioDrawer(settings, pins=ChipPins(settings))
    async with living(drawer) as life:
        assert await life.end() is problem
    assert chip in str(life.ended)


async def test_an_opening_that_comes_as_the_guard_is_let_go_is_a_fault_of_the_drawer(tmp_path: Path) -> None:
    bed = Bed(tmp_path)
    coil = await anyio.to_thread.run_sync(Coil, bed)
    await anyio.to_thread.run_sync(coil.close)
    with pytest.raises(DeviceError):
        await anyio.to_thread.run_sync(coil.pulse, 100)
    assert bed.pulses() == []
    assert is_free(bed)
