"""What is plugged in is found, told by a name that stays, and the lines that are proposed work as settings."""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from terminal.app.ports.discovery import Found
from terminal.config.load import load
from terminal.config.settings import Settings
from terminal.devices.discovery.kernel import plugged_in
from terminal.devices.discovery.named import Claims, Named
from tests.devices.hid_pos_reports import DESCRIPTOR, KEYBOARD
from tests.devices.plugged import MOUSE, Board

SHOP = '[shop]\nname = "Torvets Købmand"\ncvr = "12345674"\n'


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def settings_of(board: Board, lines: str = "") -> Settings:
    file = board.folder / "kasse.toml"
    file.write_text(SHOP + lines, encoding="utf-8")
    return load(file)


def found_on(board: Board, lines: str = "") -> tuple[Found, ...]:
    return plugged_in(settings_of(board, lines), board.tree)


def read(found: Found) -> dict[str, Any]:
    """The one table of the proposal, without its driver's neighbours."""
    (value,) = tomllib.loads(found.lines).values()
    return dict(value[0] if isinstance(value, list) else value)


def test_a_board_with_nothing_has_nothing(board: Board) -> None:
    assert found_on(board) == ()
    assert plugged_in(None, board.tree) == ()


def test_a_scanner_is_proposed_by_the_name_that_stays(board: Board) -> None:
    usb = board.usb("1-2", 0x1EAB, 0x1503, "HR32", "Newland", "A7")
    board.keyboard(usb, 3, links=("by-id/usb-Newland_HR32_A7-event-kbd", "by-path/pci-usb-0:2:1.0-event-kbd"))
    (found,) = found_on(board)
    link = str(board.folder / "dev/input/by-id/usb-Newland_HR32_A7-event-kbd")
    assert (found.kind, found.what, found.where, found.used_by) == ("scanner", "Newland HR32 (1eab:1503)", link, "")
    assert read(found) == {"driver": "evdev", "name": "scanner", "path": link}


def test_a_keyboard_is_no_scanner_and_a_mouse_neither(board: Board) -> None:
    board.keyboard(board.usb("1-1", 0x046D, 0xC31C, "USB Keyboard", "Logitech"), 0)
    board.keyboard(board.usb("1-2", 0x046D, 0xC077, "USB Mouse", "Logitech"), 1, MOUSE)
    keyboard, mouse = found_on(board)
    assert (keyboard.kind, mouse.kind, mouse.lines) == ("keyboard", "usb", "")
    assert keyboard.lines.startswith("# Only if it is a scanner")


def test_two_of_a_kind_are_told_by_their_places(board: Board) -> None:
    for port, event in (("1-1", 4), ("1-2", 5)):
        usb = board.usb(port, 0x0C2E, 0x0200, "Voyager 1450g", "Honeywell")
        # udev gives the one name by-id to whichever came last.
        ids = ("by-id/usb-Honeywell_Voyager_1450g-event-kbd",) if event == 5 else ()
        board.keyboard(usb, event, links=(*ids, f"by-path/platform-usb-{port}-event-kbd"))
    assert [Path(found.where).name for found in found_on(board)] == [
        "platform-usb-1-1-event-kbd",
        "platform-usb-1-2-event-kbd",
    ]


def test_without_udev_it_is_told_by_its_numbers(board: Board) -> None:
    board.keyboard(board.usb("1-2", 0x1EAB, 0x1503, "HR32", "Newland", "A7"), 3)
    (found,) = found_on(board)
    assert read(found) == {"driver": "evdev", "name": "scanner", "vendor": 0x1EAB, "product": 0x1503, "unique": "A7"}
    assert "vendor = 0x1eab" in found.lines


@pytest.mark.parametrize("where", ["path", "numbers"])
def test_what_is_configured_is_known(board: Board, where: str) -> None:
    node = board.keyboard(board.usb("1-2", 0x1EAB, 0x1503, "HR32"), 3, links=("by-id/usb-HR32-event-kbd",))
    lines = f'path = "{node}"' if where == "path" else "vendor = 0x1eab\nproduct = 0x1503"
    (found,) = found_on(board, f'[[scanners]]\ndriver = "evdev"\nname = "counter"\n{lines}\n')
    assert found.used_by == "counter"
    assert read(found)["name"] == "scanner"


def test_settings_that_fit_two_claim_one(board: Board) -> None:
    for port, event in (("1-1", 4), ("1-2", 5)):
        board.keyboard(board.usb(port, 0x1EAB, 0x1503, "HR32"), event)
    lines = '[[scanners]]\ndriver = "evdev"\nvendor = 0x1eab\n'
    first, second = found_on(board, lines)
    assert (first.used_by, second.used_by) == ("scanner", "")
    assert read(second)["name"] == "scanner-2"


def test_a_scanner_of_the_pos_page_is_told_from_other_hid(board: Board) -> None:
    usb = board.usb("1-2", 0x05E0, 0x1900, "Symbol Bar Code Scanner", "Symbol", "S1")
    board.hidraw(usb, 0, DESCRIPTOR)
    board.hidraw(board.usb("1-3", 0x046D, 0xC31C, "USB Keyboard"), 1, KEYBOARD)
    scanner, keyboard = found_on(board)
    assert (scanner.kind, scanner.wire, keyboard.wire) == ("scanner", "hidraw", "usb")
    assert read(scanner) == {
        "driver": "hid-pos", "name": "scanner", "vendor": 0x05E0, "product": 0x1900, "unique": "S1",
    }  # fmt: skip


def test_a_pos_page_written_in_two_bytes_is_the_same_page(board: Board) -> None:
    board.hidraw(
        board.usb("1-2", 0x05E0, 0x1900, "Symbol"), 0, bytes.fromhex("068C00") + DESCRIPTOR.removeprefix(b"\5\x8c")
    )
    (scanner,) = found_on(board)
    assert (scanner.kind, scanner.wire) == ("scanner", "hidraw")


def test_what_only_mentions_the_page_is_no_scanner(board: Board) -> None:
    # The two bytes as a constant of a keyboard's.
    board.hidraw(board.usb("1-2", 0x046D, 0xC31C, "Keyboard"), 0, bytes.fromhex("26058C") + KEYBOARD)
    (keyboard,) = found_on(board)
    assert keyboard.kind == "usb"


def test_serial_ports(board: Board) -> None:
    scanner = board.usb("1-1", 0x05F9, 0x4204, "Handheld Barcode Scanner", "Datalogic", "D5")
    board.serial(scanner, "ttyACM0", links=("serial/by-id/usb-Datalogic_D5-if00",))
    board.serial(board.usb("1-2", 0x0403, 0x6001, "FT232R USB UART", "FTDI", "F9"), "ttyUSB0")
    onboard = board.folder / "sys/devices/platform/serial8250"
    onboard.mkdir(parents=True)
    board.serial(onboard, "ttyS0", "4")
    board.serial(onboard, "ttyS1", "0")  # no chip
    one, two, three = sorted(found_on(board), key=lambda found: found.what)
    assert (one.kind, Path(one.where).name, read(one)["driver"]) == ("scanner", "usb-Datalogic_D5-if00", "serial")
    assert (two.kind, Path(two.where).name) == ("serial", "ttyUSB0")
    assert three.what == "serial port ttyS0"


def test_usb_printers_with_and_without_the_kernels_driver(board: Board) -> None:
    board.usblp(board.usb("1-1", 0x04B8, 0x0E28, "TM-T20III", "EPSON", "X5"), 0)
    raw = board.usb("1-2", 0x0519, 0x0003, "TSP143", "Star")
    (raw / "1-2:1.0").mkdir()
    (raw / "1-2:1.0/bInterfaceClass").write_text("07\n")
    kernel, own = found_on(board)
    assert (kernel.kind, kernel.what, kernel.wire) == ("printer", "EPSON TM-T20III (04b8:0e28)", "lp")
    assert read(kernel) == {"driver": "escpos-lp", "path": kernel.where}
    assert read(own) == {"driver": "escpos-usb", "vendor": 0x0519, "product": 0x0003}
    (kernel, _) = found_on(board, kernel.lines)
    assert kernel.used_by == "printer"


def test_hubs_are_not_shown(board: Board) -> None:
    hub = board.usb("usb1", 0x1D6B, 0x0002, "xHCI Host Controller")
    (hub / "bDeviceClass").write_text("09\n")
    assert found_on(board) == ()


def everything(board: Board) -> None:
    """One of each that can be used."""
    board.keyboard(board.usb("1-1", 0x1EAB, 0x1503, 'HR32 "plus" \\ Æ'), 3, links=("by-id/usb-HR32-event-kbd",))
    board.serial(board.usb("1-2", 0x05F9, 0x4204, "Scanner"), "ttyACM0")
    board.hidraw(board.usb("1-3", 0x05E0, 0x1900, "Scanner", "Symbol", "S1"), 0, DESCRIPTOR)
    board.serial(board.usb("1-4", 0x04B8, 0x0202, "UB-U03"), "ttyUSB0")
    board.usblp(board.usb("1-5", 0x04B8, 0x0E28, "TM-T20III"), 0)
    raw = board.usb("1-6", 0x0519, 0x0003, "TSP143", "Star", "X1")
    (raw / "1-6:1.0").mkdir()
    (raw / "1-6:1.0/bInterfaceClass").write_text("07\n")


@pytest.mark.parametrize("before", ["", '[printer]\ndriver = "escpos-tcp"\nhost = "10.0.0.9"\n'], ids=["", "another"])
def test_the_proposed_lines_are_settings_as_they_stand(board: Board, before: str) -> None:
    everything(board)
    drivers = set()
    for found in found_on(board, before):
        drivers.add(read(found)["driver"])
        settings = settings_of(board, before + found.lines)
        (again,) = [each for each in plugged_in(settings, board.tree) if each.where == found.where]
        assert again.used_by == read(found).get("name", "printer")
    assert drivers == {"evdev", "serial", "hid-pos", "escpos-serial", "escpos-lp", "escpos-usb"}


@pytest.mark.parametrize(
    ("driver", "wire", "used"),
    [("hid-pos", "hidraw", "it"), ("escpos-usb", "usb", "it"), ("escpos-usb", "lp", "it"), ("evdev", "input", "")],
)
def test_a_device_without_numbers_is_the_one_there_is_but_for_keyboards(driver: str, wire: str, used: str) -> None:
    claims = Claims(None, (Named("any", "it", driver),))
    assert claims.by_nodes(wire, ("/dev/nothing",), 1, 2, "") == used
    assert claims.by_nodes(wire, ("/dev/nothing",), 1, 2, "") == ""


def test_what_may_not_be_opened_says_so() -> None:
    with tempfile.TemporaryDirectory() as name:
        board = Board(Path(name))
        board.keyboard(board.usb("1-2", 0x1EAB, 0x1503, "HR32"), 3).chmod(0)
        board.folder.chmod(0o755)
        command = [sys.executable, "-c", AS_NOBODY, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.stdout, done.stderr) == ("no-permission\n", "")


AS_NOBODY = """
import os, sys
from pathlib import Path
from terminal.devices.discovery.kernel import plugged_in
from terminal.devices.discovery.tree import Tree
if os.geteuid() == 0:  # root may open everything
    os.setuid(65534)
(found,) = plugged_in(None, Tree(Path(sys.argv[1]) / "sys", Path(sys.argv[1]) / "dev"))
print(found.problem)
"""
