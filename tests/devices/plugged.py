"""A board with things plugged in, as files: sysfs and /dev under one folder, laid out as the kernel and udev do."""

import os
from pathlib import Path

from terminal.devices.discovery.tree import Tree

KEYBOARD = "10000 0 0 7ff febeffdff3cfffff fffffffffffffffe"
MOUSE = "70000 0 0 0 0"


class Board:
    """Where devices are plugged in. With umockdev the folder is the one it shows to a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tree = Tree(folder / "sys", folder / "dev")
        for each in ("sys/class", "sys/bus/usb/devices", "dev"):
            (folder / each).mkdir(parents=True, exist_ok=True)

    def usb(self, port: str, vendor: int, product: int, name: str = "", maker: str = "", serial: str = "") -> Path:
        """A USB device."""
        device = self.folder / "sys/devices/pci0000:00/usb1" / port
        device.mkdir(parents=True, exist_ok=True)
        for file, text in (
            ("idVendor", f"{vendor:04x}"),
            ("idProduct", f"{product:04x}"),
            ("product", name),
            ("manufacturer", maker),
            ("serial", serial),
            ("bDeviceClass", "00"),
        ):
            if text:
                (device / file).write_text(text + "\n")
        self._link(self.folder / "sys/bus/usb/devices" / port, device)
        return device

    def keyboard(self, usb: Path, event: int, keys: str = KEYBOARD, links: tuple[str, ...] = ()) -> Path:
        """A keyboard (or what `keys` make it), with udev's names below /dev/input."""
        above = usb / f"{usb.name}:1.0/0003:0000:0000.{event:04X}/input/input{event}"
        above.mkdir(parents=True, exist_ok=True)
        (above / "capabilities").mkdir()
        (above / "capabilities/key").write_text(keys + "\n")
        (above / "name").write_text((usb / "product").read_text() if (usb / "product").exists() else "gpio-keys\n")
        node = above / f"event{event}"
        node.mkdir()
        self._link(node / "device", above)
        self._link(self.folder / f"sys/class/input/event{event}", node)
        return self._node(f"input/event{event}", *(f"input/{link}" for link in links))

    def hidraw(self, usb: Path, number: int, descriptor: bytes) -> Path:
        """A HID interface."""
        above = usb / f"{usb.name}:1.{number}/0003:0000:0000.A{number:03X}"
        (above / f"hidraw/hidraw{number}").mkdir(parents=True)
        (above / "report_descriptor").write_bytes(descriptor)
        self._link(above / f"hidraw/hidraw{number}/device", above)
        self._link(self.folder / f"sys/class/hidraw/hidraw{number}", above / f"hidraw/hidraw{number}")
        return self._node(f"hidraw{number}")

    def serial(self, above: Path, name: str, kind: str = "", links: tuple[str, ...] = ()) -> Path:
        """A serial port of a USB device or of the board. `kind`: its UART's number, 0 where there is no chip."""
        interface = above / f"{above.name}:1.0" if (above / "idVendor").exists() else above
        tty = interface / "tty" / name
        tty.mkdir(parents=True)
        self._link(tty / "device", interface)
        if kind:
            (tty / "type").write_text(kind + "\n")
        self._link(self.folder / f"sys/class/tty/{name}", tty)
        return self._node(name, *links)

    def usblp(self, usb: Path, number: int) -> Path:
        """A USB printer with the kernel's driver."""
        interface = usb / f"{usb.name}:1.0"
        (interface / f"usbmisc/lp{number}").mkdir(parents=True)
        (interface / "bInterfaceClass").write_text("07\n")
        self._link(interface / f"usbmisc/lp{number}/device", interface)
        self._link(self.folder / f"sys/class/usbmisc/lp{number}", interface / f"usbmisc/lp{number}")
        return self._node(f"usb/lp{number}")

    def _node(self, name: str, *links: str) -> Path:
        node = self.folder / "dev" / name
        node.parent.mkdir(parents=True, exist_ok=True)
        node.touch()
        for link in links:
            self._link(self.folder / "dev" / link, node)
        return node

    def _link(self, link: Path, target: Path) -> None:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(target, link.parent))
