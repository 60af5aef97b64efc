"""A USB printer without the kernel's usblp driver: its bulk endpoints through libusb (pyusb).

For a board whose kernel has no usblp, and for printers that call themselves something else than a printer. The
interface is taken once and kept while all is well, since each taking and giving back makes the kernel look at the
device anew; it is given back, and the kernel's driver with it, when the device fails or the till stops.

Every call that can wait runs in a thread. pyusb's time-outs are milliseconds. What a write that timed out has sent is
not known, so it ends the job (NO_ANSWER); nothing is written a second time.
"""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

import anyio
import anyio.to_thread

from terminal.app.ports.device import DeviceError, Problem
from terminal.config.settings import PrinterUsb

from .open_errors import cannot_open
from .printer_wire import Wire

_PRINTER_CLASS = 0x07
_READ_MS = 100
_DRAIN_MS = 5
_READ_BYTES = 64
_CHUNK = 512

Backend = Callable[[], Any]
"""Gives pyusb's backend. Raises DeviceError MISSING_LIBRARY."""


class UsbPort:
    """The printer that the settings mean, taken when it is first opened."""

    def __init__(self, settings: PrinterUsb, *, backend: Backend | None = None) -> None:
        """`backend`: what pyusb works with, when it is not libusb."""
        self._settings = settings
        self._backend = backend or libusb
        self._taken: _Interface | None = None

    async def open(self) -> "UsbWire":
        """A wire for one job or question. Raises DeviceError."""
        if self._taken is None:
            self._taken = await anyio.to_thread.run_sync(self._take)
        return UsbWire(self, self._taken)

    async def let_go(self) -> None:
        """Give the interface back, and the kernel its driver. Not put off by a cancellation."""
        taken, self._taken = self._taken, None
        if taken is not None:
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(taken.give_back)

    def _take(self) -> "_Interface":
        """In a thread."""
        core, util = _pyusb("core"), _pyusb("util")
        found = core.find(find_all=True, backend=self._backend(), custom_match=self._fits)
        printers = [(device, interface) for device in found for interface in self._interface(device)]
        if self._settings.serial:
            printers = [each for each in printers if _serial(each[0], util) == self._settings.serial]
        if not printers:
            raise DeviceError(Problem.NOT_FOUND, f"no USB printer {self._what()} is plugged in")
        if len(printers) > 1:
            where = ", ".join(f"{d.idVendor:04x}:{d.idProduct:04x} at {d.bus}-{d.address}" for d, _ in printers)
            raise DeviceError(Problem.ALIKE, f"several USB printers fit {self._what()}: {where}")
        device, interface = printers[0]
        return _Interface(device, interface, util)

    def _fits(self, device: Any) -> bool:
        vendor, product = self._settings.vendor, self._settings.product
        return (not vendor or device.idVendor == vendor) and (not product or device.idProduct == product)

    def _interface(self, device: Any) -> Iterable[Any]:
        """The one that is a printer's; of a device that the settings name by its numbers, else any that takes data."""
        interfaces = [each for configuration in device for each in configuration if _endpoints(each)[0] is not None]
        printer = [each for each in interfaces if each.bInterfaceClass == _PRINTER_CLASS]
        named = bool(self._settings.vendor and self._settings.product)
        return (printer or (interfaces if named else []))[:1]

    def _what(self) -> str:
        s = self._settings
        numbers = f"{s.vendor:04x}:{s.product:04x}" if s.vendor or s.product else "of any make"
        return f"{numbers} {s.serial}".strip()


class UsbWire(Wire):
    """A taken interface."""

    def __init__(self, port: UsbPort, interface: "_Interface") -> None:
        super().__init__(-1, interface.where)
        self._port = port
        self._interface = interface
        self._stale = False
        self.answers = interface.answers

    async def send(self, data: bytes, *, stall: float) -> None:
        """See Wire. A write that comes back has been taken by the printer."""
        if self._stale:
            self._stale = False
            await anyio.to_thread.run_sync(self._interface.drain)
        for at in range(0, len(data), _CHUNK):
            await anyio.to_thread.run_sync(self._interface.write, data[at : at + _CHUNK], stall)

    async def receive(self) -> bytes:
        """See Wire."""
        while True:
            data = await anyio.to_thread.run_sync(self._interface.read, _READ_MS)
            if data:
                return data

    def discard_input(self) -> None:
        """Done in a thread, before the next thing is sent."""
        self._stale = self.answers

    def queued(self) -> int:
        """Nothing: see `send`."""
        return 0

    def close(self, *, broken: bool) -> None:
        """The interface stays taken; see `let_go`."""

    async def let_go(self, *, broken: bool) -> None:
        """Taken anew after something went wrong: the device may be another one by then."""
        if broken:
            await self._port.let_go()


class _Interface:
    """A claimed interface; its methods block, for at most the time they are given."""

    def __init__(self, device: Any, interface: Any, util: Any) -> None:
        self.where = f"USB {device.idVendor:04x}:{device.idProduct:04x}"
        self._device, self._util = device, util
        self._number: int = interface.bInterfaceNumber
        self._out, self._in = _endpoints(interface)
        self.answers = self._in is not None
        self._had_driver = False
        try:
            self._had_driver = bool(device.is_kernel_driver_active(self._number))
            if self._had_driver:
                device.detach_kernel_driver(self._number)
            _configure(device)
            util.claim_interface(device, self._number)
        except NotImplementedError as error:
            # Opened by the question, and nothing is claimed yet: each further try would keep another descriptor.
            util.dispose_resources(device)
            raise DeviceError(Problem.FAULT, f"{self.where}: this libusb cannot take it from the kernel") from error
        except OSError as error:
            failed = cannot_open(self.where, error)
            self.give_back()
            raise failed from error

    def write(self, data: bytes, stall: float) -> None:
        """All of it. Raises DeviceError."""
        try:
            written = self._device.write(self._out.bEndpointAddress, data, max(1, round(stall * 1000)))
        except OSError as error:
            raise self._failed(error, stall) from error
        if written != len(data):
            raise DeviceError(Problem.NO_ANSWER, f"{self.where} took {written} of {len(data)} bytes")

    def read(self, wait_ms: int) -> bytes:
        """What comes within the time; empty when nothing does. Raises DeviceError."""
        try:
            return bytes(self._device.read(self._in.bEndpointAddress, _READ_BYTES, wait_ms))
        except OSError as error:
            if _timed_out(error):
                return b""
            raise self._failed(error, 0) from error

    def drain(self) -> None:
        """Throw away what nobody asked for."""
        for _ in range(16):
            if not self.read(_DRAIN_MS):
                return

    def give_back(self) -> None:
        """The device may be gone by now: then there is nothing to give back."""
        try:
            self._util.release_interface(self._device, self._number)
            if self._had_driver:
                self._device.attach_kernel_driver(self._number)
        except OSError:
            return
        finally:
            self._util.dispose_resources(self._device)

    def _failed(self, error: OSError, stall: float) -> DeviceError:
        if _timed_out(error):
            return DeviceError(Problem.NO_ANSWER, f"{self.where} took no data for {stall:g} s")
        return DeviceError(Problem.LOST, f"{self.where}: {error.strerror or error}")


def _configure(device: Any) -> None:
    """The kernel has done it for whatever it knows; not where no driver took the device."""
    try:
        device.get_active_configuration()
    except OSError:
        device.set_configuration()


def _timed_out(error: OSError) -> bool:
    return type(error).__name__ == "USBTimeoutError"


def _endpoints(interface: Any) -> tuple[Any, Any]:
    """Bulk out and bulk in; None where there is none."""
    bulk = [each for each in interface if each.bmAttributes & 0x03 == 0x02]
    out = next((each for each in bulk if not each.bEndpointAddress & 0x80), None)
    return out, next((each for each in bulk if each.bEndpointAddress & 0x80), None)


def _serial(device: Any, util: Any) -> str:
    """A device that may not be opened has a number that nobody can read. Raises DeviceError."""
    try:
        return str(util.get_string(device, device.iSerialNumber) or "") if device.iSerialNumber else ""
    except ValueError as error:
        # pyusb's word for: not even the languages could be read.
        where = f"USB {device.idVendor:04x}:{device.idProduct:04x}"
        raise DeviceError(Problem.NO_PERMISSION, f"{where}: its serial number cannot be read") from error
    except OSError as error:
        raise cannot_open(f"USB {device.idVendor:04x}:{device.idProduct:04x}", error) from error


def _pyusb(module: str) -> Any:
    """Loaded when a till has such a printer, and not before. Raises DeviceError MISSING_LIBRARY."""
    try:
        return importlib.import_module(f"usb.{module}")
    except ImportError as error:
        raise DeviceError(Problem.MISSING_LIBRARY, f"pyusb cannot be loaded: {error}") from error


def libusb(find_library: Callable[[str], str | None] | None = None) -> Any:
    """pyusb's libusb, found as ctypes.util.find_library finds it. Raises DeviceError MISSING_LIBRARY."""
    backend = _pyusb("backend.libusb1").get_backend(find_library=find_library)
    if backend is None:
        raise DeviceError(Problem.MISSING_LIBRARY, "libusb cannot be used: install Debian's libusb-1.0-0")
    return backend
