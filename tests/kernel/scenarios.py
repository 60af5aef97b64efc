"""What happens in the small machine, in this order. Each begins with the till running and may find things plugged in.

They may be chosen (ARGS="-k …"), so none relies on another.
"""

import os
from collections.abc import Callable

from tests.devices.hid_pos_reports import reports
from tests.e2e.paper import expected, on_paper

from .counter import Counter, services_user_may
from .patience import until

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
    c.wait_for("hand", "counter")
    node = os.path.realpath("/dev/input/by-id/usb-Kasse_hand_S1-event-kbd")
    for path, group, flags in (
        (node, "input", os.O_RDONLY),
        ("/dev/ttyACM0", "dialout", os.O_RDWR),
        ("/dev/usb/lp0", "lp", os.O_RDWR),
    ):
        assert services_user_may(path, group, flags), path
        assert not services_user_may(path, "games", flags), path
    printer.pull()
    c.hand.unplug()
    c.serial.unplug()
    c.wait_for("printer", "hand", "counter", state="down")


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
)
NAMES = tuple(scenario.__name__ for scenario in SCENARIOS)
