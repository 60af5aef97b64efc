"""The raw USB printer: taken from the kernel, given back; the bus stands where libusb does."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from terminal.app.ports.device import Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.config.settings import PrinterUsb
from terminal.devices.printer_escpos import EscposPrinter
from terminal.devices.printer_wire_usb import UsbPort, libusb
from tests.devices.escpos_parts import CACHE, renderer
from tests.devices.life import living
from tests.devices.printer_bench import QUICK, RECEIPT
from tests.devices.usb_bus import Bus, Plugged

pytestmark = pytest.mark.anyio


def printer(bus: Bus, **settings: Any) -> EscposPrinter:
    wanted = PrinterUsb(profile="epson-tm-t20iii", columns=48, **settings)
    return EscposPrinter(wanted, cache=CACHE, timing=QUICK, usb=UsbPort(wanted, backend=lambda: bus))


def problem(outcome: object) -> Problem:
    assert isinstance(outcome, NotPrinted), outcome
    assert outcome.detail
    return outcome.problem


async def test_a_receipt_arrives_as_it_was_rendered_and_is_confirmed() -> None:
    one = Plugged()
    assert await printer(Bus(one)).print(RECEIPT) == Printed(confirmed=True)
    (receipt,) = one.machine.paper.all_receipts()
    assert receipt.raw == renderer(profile="epson-tm-t20iii", columns=48).render(RECEIPT)


async def test_it_is_taken_once_and_given_back_with_the_kernels_driver() -> None:
    one = Plugged()
    driver = printer(Bus(one))
    async with living(driver) as life:
        await life.until(State.OK)
        assert await driver.print(RECEIPT) == Printed(confirmed=True)
        assert await driver.print(RECEIPT) == Printed(confirmed=True)
        assert (one.held_by_kernel, one.claimed, one.claims) == (False, True, 1)
    assert (one.held_by_kernel, one.claimed) == (True, False)


async def test_a_job_that_breaks_off_and_the_printer_comes_back() -> None:
    one = Plugged()
    driver = printer(Bus(one))
    assert await driver.print(RECEIPT) == Printed(confirmed=True)
    one.there = False
    assert problem(await driver.print(RECEIPT)) is Problem.LOST
    assert problem(await driver.print(RECEIPT)) is Problem.NOT_FOUND
    one.there, one.held_by_kernel = True, True
    assert await driver.print(RECEIPT) == Printed(confirmed=True)
    assert len(one.machine.paper.all_receipts()) == 2


async def test_a_printer_that_takes_nothing_more_does_not_hold_up_the_till() -> None:
    one = Plugged()
    driver = printer(Bus(one), status=False)
    one.stuck = True
    ticks = 0
    outcomes: list[Any] = []

    async def job() -> None:
        outcomes.append(await driver.print(RECEIPT))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(job)
        while not outcomes:
            await anyio.sleep(0.01)
            ticks += 1
    assert isinstance(outcomes[0], PrintUnknown)
    assert outcomes[0].problem is Problem.NO_ANSWER
    assert ticks > 3


async def test_without_paper_nothing_is_sent() -> None:
    one = Plugged()
    one.machine.paper_state = "out"
    assert problem(await printer(Bus(one)).print(RECEIPT)) is Problem.PAPER_OUT
    assert one.machine.waiting == 0


async def test_several_are_told_apart_by_their_numbers() -> None:
    kitchen, bar = Plugged(serial="K1"), Plugged(serial="B1")
    other = Plugged(vendor=0x0519, product=0x0003)
    scanner = Plugged(vendor=0x05E0, kind=3)
    bus = Bus(scanner, kitchen, bar, other)
    assert problem(await printer(bus).print(RECEIPT)) is Problem.ALIKE
    assert problem(await printer(bus, vendor=0x04B8).print(RECEIPT)) is Problem.ALIKE
    assert await printer(bus, vendor=0x04B8, serial="B1").print(RECEIPT) == Printed(confirmed=True)
    assert await printer(bus, vendor=0x0519).print(RECEIPT) == Printed(confirmed=True)
    assert problem(await printer(bus, serial="X").print(RECEIPT)) is Problem.NOT_FOUND
    assert [len(each.machine.paper.all_receipts()) for each in (scanner, kitchen, bar, other)] == [0, 0, 1, 1]


async def test_one_that_does_not_call_itself_a_printer_is_used_when_it_is_named() -> None:
    odd = Plugged(vendor=0x0416, product=0x5011, kind=0xFF)
    assert problem(await printer(Bus(odd)).print(RECEIPT)) is Problem.NOT_FOUND
    assert await printer(Bus(odd), vendor=0x0416, product=0x5011).print(RECEIPT) == Printed(confirmed=True)


async def test_what_may_not_be_opened_or_is_in_use() -> None:
    locked, used = Plugged(), Plugged()
    locked.readable = False
    assert problem(await printer(Bus(locked)).print(RECEIPT)) is Problem.NO_PERMISSION
    used.held_by_kernel, used.claimed = False, True
    assert problem(await printer(Bus(used)).print(RECEIPT)) is Problem.IN_USE


async def test_without_libusb_it_says_what_to_install() -> None:
    wanted = PrinterUsb()
    port = UsbPort(wanted, backend=lambda: libusb(find_library=lambda _: None))
    outcome = await EscposPrinter(wanted, cache=CACHE, timing=QUICK, usb=port).print(RECEIPT)
    assert problem(outcome) is Problem.MISSING_LIBRARY
    assert isinstance(outcome, NotPrinted)
    assert "libusb-1.0-0" in outcome.detail


async def test_on_this_machine_there_is_no_such_printer() -> None:
    """The real libusb, as far as a machine without USB can tell."""
    driver = EscposPrinter(PrinterUsb(vendor=0x0001, product=0x0001), cache=Path(CACHE), timing=QUICK)
    assert problem(await driver.print(RECEIPT)) is Problem.NOT_FOUND
