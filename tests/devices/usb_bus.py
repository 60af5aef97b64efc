"""A USB bus at libusb's place: pyusb's own backend interface, with a simulated printer behind its endpoints."""

import errno
import importlib
import struct
import time
from array import array
from types import SimpleNamespace
from typing import Any

from terminal.sim.paper import Paper
from terminal.sim.printer_machine import Machine

_backend: Any = importlib.import_module("usb.backend")
_core: Any = importlib.import_module("usb.core")
OUT, IN = 0x02, 0x81


class Plugged:
    """One printer on the bus."""

    def __init__(self, *, vendor: int = 0x04B8, product: int = 0x0E28, serial: str = "", kind: int = 7) -> None:
        self.vendor, self.product, self.serial, self.kind = vendor, product, serial, kind
        self.machine = Machine(Paper(576), lambda: None)
        self.there = True
        self.readable = True
        """Whether the till may open it."""
        self.stuck = False
        """Takes no data."""
        self.held_by_kernel = True
        self.claimed = False
        self.claims = 0
        self.said = bytearray()


class Bus(_backend.IBackend):  # type: ignore[misc]
    """The devices that are plugged in."""

    def __init__(self, *plugged: Plugged) -> None:
        self.plugged = list(plugged)

    def enumerate_devices(self) -> Any:
        return iter([each for each in self.plugged if each.there])

    def get_device_descriptor(self, dev: Plugged) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=dev.vendor, idProduct=dev.product, bcdDevice=0x100, iManufacturer=0,
            iProduct=0, iSerialNumber=3 if dev.serial else 0, bNumConfigurations=1, address=self.plugged.index(dev) + 2,
            bus=1, port_number=None, port_numbers=None, speed=None,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Plugged, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Plugged, intf: int, alt: int, config: int) -> Any:
        if intf or alt:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=dev.kind, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Plugged, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(OUT, IN)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: Plugged) -> Plugged:
        if not dev.readable:
            raise _core.USBError("Access denied (insufficient permissions)", -3, errno.EACCES)
        return self._there(dev)

    def close_device(self, dev_handle: Plugged) -> None:
        dev_handle.claimed = False

    def get_configuration(self, dev_handle: Plugged) -> int:
        return 1

    def claim_interface(self, dev_handle: Plugged, intf: int) -> None:
        if dev_handle.held_by_kernel or dev_handle.claimed:
            raise _core.USBError("Resource busy", -6, errno.EBUSY)
        dev_handle.claimed = True
        dev_handle.claims += 1

    def release_interface(self, dev_handle: Plugged, intf: int) -> None:
        dev_handle.claimed = False
        self._there(dev_handle)

    def is_kernel_driver_active(self, dev_handle: Plugged, intf: int) -> bool:
        return self._there(dev_handle).held_by_kernel

    def detach_kernel_driver(self, dev_handle: Plugged, intf: int) -> None:
        dev_handle.held_by_kernel = False

    def attach_kernel_driver(self, dev_handle: Plugged, intf: int) -> None:
        dev_handle.held_by_kernel = True

    def bulk_write(self, dev_handle: Plugged, ep: int, intf: int, data: Any, timeout: int) -> int:
        assert (ep, dev_handle.claimed) == (OUT, True)
        self._there(dev_handle)
        if dev_handle.stuck:
            time.sleep(timeout / 1000)
            raise _core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        machine = dev_handle.machine
        dev_handle.said += machine.receive(bytes(data))
        machine.print()
        dev_handle.said += machine.take_said()
        return len(data)

    def bulk_read(self, dev_handle: Plugged, ep: int, intf: int, buff: Any, timeout: int) -> int:
        assert (ep, dev_handle.claimed) == (IN, True)
        self._there(dev_handle)
        if not dev_handle.said:
            time.sleep(timeout / 1000)
            raise _core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        data = bytes(dev_handle.said[: len(buff)])
        del dev_handle.said[: len(data)]
        buff[: len(data)] = array("B", data)
        return len(data)

    def ctrl_transfer(
        self, dev_handle: Plugged, kind: int, request: int, value: int, index: int, data: Any, timeout: int
    ) -> int:
        """The string descriptors: the languages, and the serial number."""
        text = struct.pack("<H", 0x0409) if not value & 0xFF else dev_handle.serial.encode("utf-16-le")
        answer = bytes((len(text) + 2, 3)) + text
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def _there(self, dev: Plugged) -> Plugged:
        if not dev.there:
            raise _core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)
        return dev
