"""What is plugged into the small machine: USB devices that Linux makes of itself (configfs, dummy_hcd).

One side is the device, whose files are written and read here (/dev/hidg*, /dev/ttyGS*, /dev/g_printer*); the other is
plugged into the same kernel, which finds it on its USB bus as it finds any other and loads it with the driver it has
for it. Nothing between the two is ours. See the kernel's Documentation/usb/gadget_configfs.rst.
"""

import os
import select
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .patience import until

_GADGETS = Path("/sys/kernel/config/usb_gadget")
_STALL = 20.0
"""Seconds that the till may take to fetch one report."""


class Gadget:
    """A USB device with one function, not plugged in yet."""

    function = ""

    def __init__(self, name: str, *, vendor: int, product: int, serial: str = "", settings: dict[str, bytes]) -> None:
        self.name = name
        self._folder = _GADGETS / name
        self._write("idVendor", hex(vendor).encode())
        self._write("idProduct", hex(product).encode())
        self._write("strings/0x409/manufacturer", b"Kasse")
        self._write("strings/0x409/product", name.encode())
        if serial:
            self._write("strings/0x409/serialnumber", serial.encode())
        self._function = self._folder / "functions" / f"{self.function}.{name}"
        self._function.mkdir(parents=True)
        for key, value in settings.items():
            (self._function / key).write_bytes(value)
        (self._folder / "configs/c.1").mkdir(parents=True)
        (self._folder / "configs/c.1" / self.function).symlink_to(self._function)

    def _write(self, path: str, value: bytes) -> None:
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(value)

    @property
    def is_in(self) -> bool:
        """Whether it is plugged in."""
        return bool((self._folder / "UDC").read_text().strip())

    def plug(self, port: int) -> None:
        """Into a free socket: 0 to 5. Each is a bus of its own; the script `init` makes as many."""
        self._write("UDC", f"dummy_udc.{port}".encode())

    def unplug(self) -> None:
        """Pull it out."""
        self._write("UDC", b"\n")

    def _on_its_bus(self) -> Path:
        """Where the kernel that it is plugged into has it."""
        found = [p for p in Path("/sys/bus/usb/devices").glob("*/product") if p.read_text().strip() == self.name]
        assert len(found) == 1, found
        return found[0].parent

    @property
    def driver(self) -> str:
        """Whose it is now: the kernel's driver's, or `usbfs`, a program's; empty: nobody's."""
        driver = next(self._on_its_bus().glob("*:1.0")) / "driver"
        return driver.resolve().name if driver.exists() else ""

    @property
    def node(self) -> str:
        """What a program opens that wants it without the kernel's driver."""
        bus, number = (int((self._on_its_bus() / name).read_text()) for name in ("busnum", "devnum"))
        return f"/dev/bus/usb/{bus:03}/{number:03}"


class Hid(Gadget):
    """A device that sends reports, each of `length` bytes."""

    function = "hid"

    def __init__(
        self,
        name: str,
        *,
        vendor: int,
        product: int,
        serial: str = "",
        descriptor: bytes,
        length: int,
        boot: bool = False,
    ) -> None:
        settings = {
            "protocol": b"%d" % boot,
            "subclass": b"%d" % boot,
            "report_length": b"%d" % length,
            "report_desc": descriptor,
        }
        super().__init__(name, vendor=vendor, product=product, serial=serial, settings=settings)

    @contextmanager
    def opened(self) -> Iterator[int]:
        """The device's own side."""
        minor = (self._function / "dev").read_text().split(":")[1].strip()
        wire = os.open(f"/dev/hidg{minor}", os.O_RDWR | os.O_NONBLOCK)
        try:
            yield wire
        finally:
            os.close(wire)

    def send(self, *its: bytes) -> None:
        """Send reports, each fetched before the next goes out."""
        with self.opened() as wire:
            for report in its:
                send(wire, report)


def send(wire: int, data: bytes = b"") -> None:
    """Write all of it to a device's file. Raises TimeoutError when nobody fetches it."""
    ready = select.poll()
    ready.register(wire, select.POLLOUT)
    left = time.monotonic() + _STALL
    while data:
        try:
            data = data[os.write(wire, data) :]
        except BlockingIOError:
            if time.monotonic() > left:
                raise TimeoutError("nobody fetches what the device sends") from None
            ready.poll(50)


_LETTERS = {chr(ord("a") + i): 0x04 + i for i in range(26)} | {str((i + 1) % 10): 0x1E + i for i in range(10)}
_PLAIN = _LETTERS | {"\r": 0x28, "\t": 0x2B, " ": 0x2C} | dict(zip("-=[]\\", range(0x2D, 0x32), strict=True))
_PLAIN |= dict(zip(";'`,./", range(0x33, 0x39), strict=True))
_SHIFTED = dict(zip('!@#$%^&*()_+{}|:"~<>?', "1234567890-=[]\\;'`,./", strict=True))
_CONTROL, _SHIFT = 0x01, 0x02


def keyboard_reports(text: str) -> list[bytes]:
    """What a keyboard with a US layout sends: each key down and up (HID usage tables, chapter 10, Keyboard page)."""
    reports = []
    for character in text:
        modifiers, key = 0, character
        if character == "\x1d":
            modifiers, key = _CONTROL, "]"
        elif character.isupper() or character in _SHIFTED:
            modifiers, key = _SHIFT, _SHIFTED.get(character, character.lower())
        reports += [bytes([modifiers, 0, _PLAIN[key], 0, 0, 0, 0, 0]), bytes(8)]
    return reports


KEYBOARD = bytes.fromhex(
    "05 01 09 06 a1 01 05 07 19 e0 29 e7 15 00 25 01 75 01 95 08 81 02 95 01 75 08 81 03"
    "95 06 75 08 15 00 25 65 05 07 19 00 29 65 81 00 c0"
)
"""A boot keyboard's report descriptor without lights (HID 1.11, appendix B)."""


class Wedge(Hid):
    """A barcode scanner that is a keyboard."""

    def __init__(self, name: str, *, vendor: int = 0x1EAB, product: int = 0x1503, serial: str = "") -> None:
        super().__init__(name, vendor=vendor, product=product, serial=serial, descriptor=KEYBOARD, length=8, boot=True)


class SerialPort(Gadget):
    """A serial port on USB (CDC-ACM)."""

    function = "acm"

    def __init__(self, name: str, *, vendor: int = 0x05F9, product: int = 0x4204, serial: str = "") -> None:
        super().__init__(name, vendor=vendor, product=product, serial=serial, settings={})

    def plug(self, port: int) -> None:
        """Into a free socket; the device's own side is open as long as it is in."""
        super().plug(port)
        path = Path(f"/dev/ttyGS{(self._function / 'port_num').read_text().strip()}")
        until(path.exists, f"{path} never came")
        self._wire = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        tty.setraw(self._wire)

    def send(self, data: bytes) -> None:
        """Send it as it is."""
        send(self._wire, data)

    def unplug(self) -> None:
        """Pull it out."""
        super().unplug()
        os.close(self._wire)


class UsbPrinter(Gadget):
    """A printer on USB. What it does with what it gets: paper.py."""

    function = "printer"
    path = Path("/dev/g_printer0")

    def __init__(self, name: str, *, vendor: int = 0x04B8, product: int = 0x0E15, serial: str = "") -> None:
        # One transfer at a time, at most 8 KiB of it: what the printer does not read is felt at the till.
        settings = {"pnp_string": b"MFG:Kasse;MDL:Printer;CMD:ESC/POS;CLS:PRINTER;", "q_len": b"1"}
        super().__init__(name, vendor=vendor, product=product, serial=serial, settings=settings)
