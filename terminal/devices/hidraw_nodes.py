"""Which /dev/hidraw* is a HID-POS scanner, by what the kernel says in sysfs: no node is opened to find out."""

import os
import stat
from pathlib import Path

import msgspec

from terminal.app.ports.device import DeviceError, Problem
from terminal.config.settings import ScannerHidPos
from terminal.protocols.hid_descriptor import DescriptorError
from terminal.protocols.hid_pos import ScanReport, scan_report

from .open_errors import cannot_open
from .sysfs import number_of, text_of

_HIDRAWS = Path("/sys/class/hidraw")
_NODES = Path("/dev")


class HidPosDevice(msgspec.Struct, frozen=True):
    """One scanner that is plugged in."""

    name: str
    node: str
    report: ScanReport


def find(settings: ScannerHidPos) -> tuple[HidPosDevice, ...]:
    """What matches the settings, in the kernel's order: none when it is not plugged in.

    Raises DeviceError when the settings name something that is there and is no HID-POS scanner.
    """
    if settings.path:
        return _by_path(settings.path)
    found = (_device(each, str(_NODES / each.name)) for each in _hidraws() if _matches(each, settings))
    return tuple(each for each in found if each is not None)


def _by_path(path: str) -> tuple[HidPosDevice, ...]:
    try:
        node = os.stat(path)  # noqa: PTH116 (umockdev knows this call)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise cannot_open(path, error) from error
    number = f"{os.major(node.st_rdev)}:{os.minor(node.st_rdev)}" if stat.S_ISCHR(node.st_mode) else ""
    entry = next((each for each in _hidraws() if number and text_of(each / "dev") == number), None)
    device = None if entry is None else _device(entry, path)
    if device is None:
        raise DeviceError(Problem.FAULT, f"{path} is no HID-POS scanner: set it to USB HID-POS with its manual")
    return (device,)


def _hidraws() -> list[Path]:
    """hidraw2 before hidraw10."""
    try:
        entries = list(_HIDRAWS.iterdir())
    except FileNotFoundError:
        return []
    return sorted(entries, key=lambda entry: (len(entry.name), entry.name))


def _matches(entry: Path, settings: ScannerHidPos) -> bool:
    """Whether everything that the settings say is so."""
    about = _about(entry)
    _, _, numbers = about.get("HID_ID", "").partition(":")
    vendor, _, product = numbers.partition(":")
    return (
        settings.vendor in (0, number_of(vendor))
        and settings.product in (0, number_of(product))
        and settings.unique in ("", about.get("HID_UNIQ", ""))
    )


def _device(entry: Path, node: str) -> HidPosDevice | None:
    """None: its reports hold no barcodes."""
    try:
        report = scan_report((entry / "device/report_descriptor").read_bytes())
    except (OSError, DescriptorError):
        # Pulled out a moment ago, or another kind of device.
        return None
    return None if report is None else HidPosDevice(_about(entry).get("HID_NAME", entry.name), node, report)


def _about(entry: Path) -> dict[str, str]:
    """The HID device's uevent."""
    lines = (line.partition("=") for line in text_of(entry / "device/uevent").splitlines())
    return {name: value for name, _, value in lines}
