"""What happens in the small machine, in this order. Each begins with the till running and may find things plugged in.

They may be chosen (ARGS="-k …"), so none relies on another.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException

from terminal.devices.drawer_coil import BEARABLE_MS
from terminal.devices.gpio_line import LineError, OutputLine
from tests.devices.hid_pos_reports import reports
from tests.e2e.paper import expected, on_paper

from .counter import Counter, services_user_may
from .patience import until
from .pins import COIL, PATH, Pins

RYE, WHITE, ROLL, MILK = "5700000010010", "5700000010027", "5700000010034", "5700000020019"


def a_wedge_sells(c: Counter) -> None:
    """A scanner that is a keyboard, found by the name that udev gives it."""
    c.hand.plug(2)
    c.wait_for("hand")
    before = len(c.sold())
    c.scan(c.hand, RYE)
    c.sells(RYE, after=before)
    c.scan(c.hand, f"]C101{WHITE:0>14}10LOT1\x1d21S-9", WHITE)
    c.sells(RYE, WHITE, after=before)
    assert c.screen.lines()[-2:] == [c.names[RYE], c.names[WHITE]]
    c.hand.unplug()
    c.wait_for("hand", state="down", problem="not-found")


def two_of_a_kind_stay_two(c: Counter) -> None:
    """Two wedges that nothing tells apart, typing at the same time; then one is pulled out while the other is used."""
    c.left.plug(0)
    c.right.plug(1)
    c.wait_for("left", "right")
    before = len(c.sold())
    c.scan_at_once((c.left, RYE, RYE), (c.right, WHITE, WHITE))
    c.sells_in_any_order(RYE, WHITE, after=before)

    before = len(c.sold())
    c.right.unplug()
    c.scan(c.left, ROLL)
    c.sells(ROLL, after=before)
    c.right.plug(4)
    c.wait_for("left", "right")
    c.scan(c.right, MILK)
    c.sells(ROLL, MILK, after=before)
    c.scan(c.left, RYE)
    c.sells(ROLL, MILK, RYE, after=before)
    c.left.unplug()
    c.right.unplug()
    c.wait_for("left", "right", state="down", problem="not-found")


def a_serial_port_sells(c: Counter) -> None:
    """CDC-ACM: a plain code, and GS1 with its separators; pulled out and put into another socket."""
    c.serial.plug(2)
    c.wait_for("counter")
    before = len(c.sold())
    c.serial.send(f"{RYE}\r".encode())
    c.sells(RYE, after=before)
    c.serial.send(f"]d201{WHITE:0>14}10LOT1\x1d21S-9\r\n".encode())
    c.sells(RYE, WHITE, after=before)
    c.serial.unplug()
    c.wait_for("counter", state="down", problem="not-found")
    c.serial.plug(5)
    c.wait_for("counter")
    c.serial.send(f"{ROLL}\r".encode())
    c.sells(RYE, WHITE, ROLL, after=before)
    c.serial.unplug()
    c.wait_for("counter", state="down", problem="not-found")


def a_hid_pos_scanner_sells(c: Counter) -> None:
    """On /dev/hidraw*: a barcode in one report, one in several; pulled out and put into another socket."""
    c.pos.plug(2)
    c.wait_for("pos")
    before = len(c.sold())
    c.pos.send(*reports(RYE.encode()))
    c.sells(RYE, after=before)
    long = f"01{WHITE:0>14}10LOT1\x1d2112345678901234567890\x1d240ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert len(reports(long.encode())) == 2
    c.pos.send(*reports(long.encode(), b"]d2"))
    c.sells(RYE, WHITE, after=before)
    c.pos.unplug()
    c.wait_for("pos", state="down", problem="not-found")
    c.pos.plug(5)
    c.wait_for("pos")
    c.pos.send(*reports(ROLL.encode()))
    c.sells(RYE, WHITE, ROLL, after=before)
    c.pos.unplug()
    c.wait_for("pos", state="down", problem="not-found")


def a_receipt_is_printed_whole_and_once(c: Counter) -> None:
    """On /dev/usb/lp0: 8 KiB and more, confirmed by the printer, and the drawer is opened."""
    printer = c.plug_printer(3)
    done = len(c.outcomes())
    receipt = c.sell_one(RYE)
    c.comes_out(("printed", ""), after=done)
    assert [on_paper(each.text) for each in printer.receipts] == [expected(receipt)]
    until(lambda: printer.pulses, "the drawer was never opened")
    assert printer.pulses == 1
    assert len(printer.jobs) > 8192
    printer.pull()
    c.wait_for("printer", state="down")


def a_printer_comes_back_in_another_socket(c: Counter) -> None:
    """What is sold while it is away is printed then, once."""
    c.plug_printer(3).pull()
    c.wait_for("printer", state="down")
    done = len(c.outcomes())
    receipt = c.sell_one(WHITE)
    c.comes_out(("not-printed", "not-found"), after=done)
    printer = c.plug_printer(5)
    until(lambda: c.outcomes()[-1] == ("printed", ""), "it was never printed")
    assert set(c.outcomes()[done:-1]) == {("not-printed", "not-found")}
    assert [on_paper(each.text) for each in printer.receipts] == [expected(receipt)]
    printer.pull()
    c.wait_for("printer", state="down")


def a_printer_pulled_out_in_a_job_prints_it_not_twice(c: Counter) -> None:
    """The till cannot know what is on the paper: it says so and waits for a person."""
    printer = c.plug_printer(3)
    printer.stick()
    done = len(c.outcomes())
    c.sell_one(ROLL)
    until(lambda: printer.is_stuck, "nothing of the job ever came")
    printer.pull()
    c.comes_out(("unknown", "lost"), after=done)
    c.wait_for("printer", state="down")

    again = c.plug_printer(4)
    receipt = c.sell_one(MILK)
    c.comes_out(("unknown", "lost"), ("printed", ""), after=done)
    assert [on_paper(each.text) for each in again.receipts] == [expected(receipt)]
    again.pull()
    c.wait_for("printer", state="down")


def killed_with_everything_plugged_in(c: Counter) -> None:
    """`kill -9` while a receipt is on its way: devices, sale and the doubt about the receipt are there again."""
    printer = c.plug_printer(3)
    c.hand.plug(2)
    c.serial.plug(1)
    c.left.plug(0)
    c.wait_for("hand", "counter")
    c.wait_for_any("left", "right")
    printer.stick()
    done = len(c.outcomes())
    c.sell_one(RYE)
    before = len(c.sold())
    c.scan(c.left, WHITE)
    c.sells(WHITE, after=before)
    until(lambda: printer.is_stuck, "nothing of the job ever came")
    c.kill()
    printer.pull()
    again = c.plug_printer_unheard(3)

    c.open()
    c.wait_for("printer", "hand", "counter")
    c.wait_for_any("left", "right")
    c.comes_out(("unknown", "stopped"), after=done)
    assert c.screen.lines() == [c.names[WHITE]]
    c.scan(c.hand, ROLL)
    c.sells(WHITE, ROLL, after=before)
    c.serial.send(f"{MILK}\r".encode())
    c.sells(WHITE, ROLL, MILK, after=before)
    c.scan(c.left, RYE)
    c.sells(WHITE, ROLL, MILK, RYE, after=before)
    receipt = c.pay()
    c.comes_out(("unknown", "stopped"), ("printed", ""), after=done)
    assert [on_paper(each.text) for each in again.receipts] == [expected(receipt)]
    again.pull()
    for each in (c.hand, c.serial, c.left):
        each.unplug()


def the_services_user_may_open_them(c: Counter) -> None:
    """By the shipped udev rules: whoever is in the device's group, and nobody else."""
    c.hand.plug(2)
    c.serial.plug(1)
    printer = c.plug_printer(3)
    c.plug_pins()
    c.wait_for("hand", "counter")
    node = os.path.realpath("/dev/input/by-id/usb-Kasse_hand_S1-event-kbd")
    for path, group, flags in (
        (node, "input", os.O_RDONLY),
        ("/dev/ttyACM0", "dialout", os.O_RDWR),
        ("/dev/usb/lp0", "lp", os.O_RDWR),
        (printer.node, "lp", os.O_RDWR),
        (str(PATH), "gpio", os.O_RDWR),
    ):
        assert services_user_may(path, group, flags), path
        assert not services_user_may(path, "games", flags), path
    # Who prints without the kernel's driver may not have every other device.
    assert not services_user_may(c.hand.node, "lp", os.O_RDWR)
    c.pull_pins()
    printer.pull()
    c.hand.unplug()
    c.serial.unplug()
    c.wait_for("printer", "hand", "counter", state="down")


def a_drawer_on_a_pin_opens(c: Counter) -> None:
    """A key, a pulse, and `kill -9` while the coil is on: the line goes off all the same, before the coil burns."""
    pins = c.plug_pins()
    c.wait_for("drawer")
    before = len(c.drawer_news())
    _stands(c, pins, is_open=True)
    _stands(c, pins, is_open=False)
    by_hand, shut = c.drawer_news()[before:]
    # The till may have had no time to see it shut before.
    assert by_hand in ("by-hand", "while-off")
    assert shut == "shut"
    assert pins.pulses() == []

    before = len(c.drawer_news())
    pins.when_on = lambda: pins.drawer(is_open=True)
    c.screen.touch("/till/drawer", reason="Kontrol")
    until(lambda: len(c.drawer_news()) >= before + 2, "it was never told that it opened")
    _stands(c, pins, is_open=False)
    assert c.drawer_news()[before:] == ["Kontrol", "opened", "shut"]
    (pulse,) = pins.pulses()
    assert pulse <= BEARABLE_MS

    pins.when_on = lambda: os.kill(c.pid, signal.SIGKILL)
    with suppress(ConnectionError, HTTPException):
        c.screen.touch("/till/drawer", reason="Kontrol")
    until(lambda: len(pins.pulses()) > 1, "the coil burns")
    c.kill()
    until(_is_free, "the guard never ended")
    (_, pulse) = pins.pulses()
    assert pulse <= BEARABLE_MS
    assert not pins.is_on
    c.pull_pins()


def _stands(c: Counter, pins: Pins, *, is_open: bool) -> None:
    """Open or shut the drawer, until the till has written it down."""
    before = len(c.drawer_news())
    pins.drawer(is_open=is_open)
    until(lambda: len(c.drawer_news()) > before, f"nobody saw the drawer {'open' if is_open else 'shut'}")


def _is_free() -> bool:
    """Whether the next till would get the coil's line."""
    try:
        OutputLine(str(PATH), COIL, active_high=True).close()
    except LineError:
        return False
    return True


def a_printer_without_the_kernels_driver(c: Counter) -> None:
    """Taken from usblp and given back; a whole receipt, once; another socket; pulled out in a job."""
    printer = c.plug_printer(3)
    assert printer.driver == "usbfs"
    done = len(c.outcomes())
    receipt = c.sell_one(RYE)
    c.comes_out(("printed", ""), after=done)
    assert [on_paper(each.text) for each in printer.receipts] == [expected(receipt)]
    assert len(printer.jobs) > 8192
    printer.pull()
    c.wait_for("printer", state="down", problem="not-found")

    printer = c.plug_printer(5)
    printer.stick()
    done = len(c.outcomes())
    c.sell_one(ROLL)
    until(lambda: printer.is_stuck, "nothing of the job ever came")
    printer.pull()
    c.comes_out(("unknown", "lost"), after=done)
    c.wait_for("printer", state="down")

    again = c.plug_printer(4)
    receipt = c.sell_one(MILK)
    c.comes_out(("unknown", "lost"), ("printed", ""), after=done)
    assert [on_paper(each.text) for each in again.receipts] == [expected(receipt)]
    c.close()
    # It is given back because it was usblp's: that had found each of them first.
    until(lambda: again.driver == "usblp", lambda: f"not given back, but of {again.driver}")
    again.pull()


_BARE = (a_drawer_on_a_pin_opens, a_printer_without_the_kernels_driver)
SCENARIOS: tuple[Callable[[Counter], None], ...] = (
    a_wedge_sells,
    two_of_a_kind_stay_two,
    a_serial_port_sells,
    a_hid_pos_scanner_sells,
    a_receipt_is_printed_whole_and_once,
    a_printer_comes_back_in_another_socket,
    a_printer_pulled_out_in_a_job_prints_it_not_twice,
    the_services_user_may_open_them,
    killed_with_everything_plugged_in,
    *_BARE,
)
SETTINGS = {each.__name__: "bare.toml" if each in _BARE else "kasse.toml" for each in SCENARIOS}
"""What the till runs with in each of them (till.py), by its name."""
