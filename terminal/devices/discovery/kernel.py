"""What the kernel knows of. Files of sysfs are read; of all nodes only a GPIO chip is opened, for its label."""

import fcntl
import os
import struct
from collections.abc import Iterator
from pathlib import Path

from terminal.app.ports.device import Problem
from terminal.app.ports.discovery import Found
from terminal.config.settings import Settings
from terminal.devices.gpio_chip import HEADER_LABELS
from terminal.protocols.hid_descriptor import DescriptorError
from terminal.protocols.hid_pos import scan_report

from . import lines
from .named import Claims
from .tree import Tree, Usb, number, text, usb_above, usb_at
from .vendors import ADAPTERS, PRINTERS, is_scanner

_KEYBOARD = 0b11_1111_1111 << 2 | 1 << 28 | 1 << 30
"""Keys 1 to 0, Enter and A (linux/input-event-codes.h): what a keyboard has, and no mouse, button or remote."""
_GPIO_CHIPINFO, _CHIPINFO = 0x8044B401, struct.Struct("32s32sI")
"""GPIO_GET_CHIPINFO_IOCTL (linux/gpio.h)."""
_HUB, _PRINTER_CLASS = 0x09, 0x07


def plugged_in(settings: Settings | None, tree: Tree | None = None) -> tuple[Found, ...]:
    """Everything, each thing once for each way it can be used. `settings` None: they could not be read."""
    tree, claims = tree or Tree(), Claims(settings)
    usb: set[Path] = set()
    found = [
        *_keyboards(tree, claims, usb),
        *_hid_scanners(tree, claims, usb),
        *_serial_ports(tree, claims, usb),
        *_usb_printers(tree, claims, usb),
        *_pins(tree, claims),
    ]
    return (*found, *_other_usb(tree, claims, usb))


def _keyboards(tree: Tree, claims: Claims, usb: set[Path]) -> Iterator[Found]:
    owners: dict[Path, list[Path]] = {}
    for event in tree.listed("class/input", "event"):
        keys = text(event / "device/capabilities/key").rpartition(" ")[2]
        if keys and int(keys, 16) & _KEYBOARD == _KEYBOARD:
            device = usb_above(event)
            owner = device.folder if device else Path(os.path.realpath(event / "device"))
            owners.setdefault(owner, []).append(event)
    kinds = [_numbers(usb_above(events[0])) for events in owners.values()]
    by_id, by_path = tree.links("input/by-id"), tree.links("input/by-path")
    for events in owners.values():
        device = usb_above(events[0])
        nodes = tuple(str(tree.dev / "input" / event.name) for event in events)
        name = text(events[0] / "device/name")
        title = name if device is None else f"{device.name or name} ({device.vendor:04x}:{device.product:04x})"
        vendor, product, serial = _numbers(device)
        link = _link(nodes, by_path if kinds.count((vendor, product, serial)) > 1 else by_id) or _link(nodes, by_path)
        if device is not None:
            usb.add(device.folder)
        scanner = is_scanner(vendor, title)
        where: list[tuple[str, lines.Value]] = [("path", link)]
        if not link:
            where = [("vendor", vendor), ("product", product)] if vendor else [("path", nodes[0])]
            where += [("unique", serial)] if vendor and serial else []
        remark = "" if scanner else "Only if it is a scanner: a keyboard types nothing any more."
        yield Found(
            "scanner" if scanner else "keyboard",
            title,
            link or nodes[0],
            "input",
            lines.scanner(claims, "evdev", *where, remark=remark),
            claims.by_nodes("input", nodes, vendor, product, serial),
            _problem(tree, nodes[0], write=False),
        )


def _hid_scanners(tree: Tree, claims: Claims, usb: set[Path]) -> Iterator[Found]:
    for hidraw in tree.listed("class/hidraw", "hidraw"):
        try:
            # As the driver looks: what it would not take is not proposed, however its usage page is written.
            if scan_report((hidraw / "device/report_descriptor").read_bytes()) is None:
                continue
        except (OSError, DescriptorError):
            continue  # just pulled out, or another kind of device
        device, node = usb_above(hidraw), str(tree.dev / hidraw.name)
        vendor, product, serial = _numbers(device)
        where: list[tuple[str, lines.Value]] = (
            [("vendor", vendor), ("product", product)] if vendor else [("path", node)]
        )
        where += [("unique", serial)] if vendor and serial else []
        if device is not None:
            usb.add(device.folder)
        yield Found(
            "scanner",
            device.title if device else "HID scanner",
            node,
            "hidraw",
            lines.scanner(claims, "hid-pos", *where),
            claims.by_nodes("hidraw", (node,), vendor, product, serial),
            _problem(tree, node, write=False),
        )


def _serial_ports(tree: Tree, claims: Claims, usb: set[Path]) -> Iterator[Found]:
    by_id, by_path = tree.links("serial/by-id"), tree.links("serial/by-path")
    ports = [tty for tty in tree.listed("class/tty", "tty") if _is_port(tty)]
    kinds = [_numbers(usb_above(tty / "device")) for tty in ports]
    for tty in ports:
        device, node = usb_above(tty / "device"), str(tree.dev / tty.name)
        vendor, product, serial = _numbers(device)
        twins = device is not None and kinds.count((vendor, product, serial)) > 1 and not serial
        link = (
            _link((node,), by_path if twins else by_id)
            or _link((node,), by_path)
            or _as_configured(claims, node)
            or node
        )
        if device is not None:
            usb.add(device.folder)
        if device is not None and vendor not in ADAPTERS and is_scanner(vendor, device.name):
            kind, proposal = "scanner", lines.scanner(claims, "serial", ("port", link))
        elif vendor in PRINTERS:
            kind, proposal = "printer", lines.printer(claims, "escpos-serial", ("port", link))
        else:
            remark = "If it is a scanner. For another device put the port into its own table."
            kind, proposal = "serial", lines.scanner(claims, "serial", ("port", link), remark=remark)
        title = device.title if device else f"serial port {tty.name}"
        used = claims.by_nodes("serial", (node,), vendor, product, serial)
        yield Found(kind, title, link, "serial", proposal, used, _problem(tree, node))


def _as_configured(claims: Claims, node: str) -> str:
    """The name by which the settings call a node already (/dev/serial0)."""
    real = os.path.realpath(node)
    return next((each.path for each in claims.named if each.path and os.path.realpath(each.path) == real), "")


def _is_port(tty: Path) -> bool:
    """Whether hardware is behind it: consoles have no device, and a PC's four ttyS often no chip (type 0)."""
    return (tty / "device").exists() and text(tty / "type") != "0"


def _usb_printers(tree: Tree, claims: Claims, usb: set[Path]) -> Iterator[Found]:
    for entry in tree.listed("class/usbmisc", "lp"):
        device, node = usb_above(entry), str(tree.dev / "usb" / entry.name)
        vendor, product, serial = _numbers(device)
        if device is not None:
            usb.add(device.folder)
        yield Found(
            "printer",
            device.title if device else "USB printer",
            node,
            "lp",
            lines.printer(claims, "escpos-lp", ("path", node)),
            claims.by_nodes("lp", (node,), vendor, product, serial),
            _problem(tree, node),
        )


def _pins(tree: Tree, claims: Claims) -> Iterator[Found]:
    for entry in sorted(tree.dev.glob("gpiochip*")):
        label = _chip_label(entry)
        if label in HEADER_LABELS or (label is None and not tree.may_use(str(entry))):
            yield Found(
                "drawer",
                f"40-pin header ({label})" if label else f"GPIO chip {entry.name}",
                str(entry),
                "gpio",
                "" if any(each.table == "drawer" for each in claims.named) else lines.gpio_drawer(),
                claims.by_driver("gpio"),
                _problem(tree, str(entry)),
            )


def _chip_label(node: Path) -> str | None:
    """What the chip calls itself; None when it does not say."""
    try:
        handle = os.open(node, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        answer = fcntl.ioctl(handle, _GPIO_CHIPINFO, bytes(_CHIPINFO.size))
    except OSError:
        return ""  # no GPIO chip, whatever its name
    finally:
        os.close(handle)
    _, label, _ = _CHIPINFO.unpack(answer)
    return str(label.rstrip(b"\0").decode("ascii", "replace"))


def _other_usb(tree: Tree, claims: Claims, known: set[Path]) -> Iterator[Found]:
    """USB devices that nothing above has named: what is plugged in is shown, even where it is of no use."""
    for entry in tree.listed("bus/usb/devices", ""):
        folder = Path(os.path.realpath(entry))
        if folder in known or not (folder / "idVendor").exists() or number(folder / "bDeviceClass") == _HUB:
            continue
        device = usb_at(folder)
        used = claims.by_nodes("usb", (), device.vendor, device.product, device.serial)
        if _has_printer(folder):
            # A printer without the kernel's usblp: reached by its numbers alone.
            where: list[tuple[str, lines.Value]] = [("vendor", device.vendor), ("product", device.product)]
            yield Found(
                "printer", device.title, f"usb {entry.name}", "usb", lines.printer(claims, "escpos-usb", *where), used
            )
        else:
            yield Found("usb", device.title, f"usb {entry.name}", "usb", "", used)


def _has_printer(folder: Path) -> bool:
    return any(number(each / "bInterfaceClass") == _PRINTER_CLASS for each in folder.glob(f"{folder.name}:*"))


def _numbers(device: Usb | None) -> tuple[int, int, str]:
    return (0, 0, "") if device is None else (device.vendor, device.product, device.serial)


def _link(nodes: tuple[str, ...], links: dict[str, str]) -> str:
    """udev's name of the first of these nodes that has one; a keyboard's keys before its other nodes."""
    named = [links[real] for real in (os.path.realpath(node) for node in nodes) if real in links]
    return min(named, key=lambda link: (not link.endswith("-kbd"), link), default="")


def _problem(tree: Tree, node: str, *, write: bool = True) -> Problem:
    return Problem.NONE if tree.may_use(node, write=write) else Problem.NO_PERMISSION
