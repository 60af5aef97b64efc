"""Which /dev/input/event* belong to which scanner, by what the kernel says in sysfs: no node is opened to find out.

One scanner often has several nodes (keys, media keys, a setup channel). They belong together by the USB device they
hang on, or for other buses by the device above the input.
"""

import os
import stat
from pathlib import Path

import msgspec

from terminal.app.ports.device import DeviceError, Problem
from terminal.config.settings import ScannerEvdev

from .open_errors import cannot_open
from .sysfs import number_of, text_of

_INPUTS = Path("/sys/class/input")
_NODES = Path("/dev/input")
_VIRTUAL = Path("/sys/devices/virtual")
"""Above all that programs make (uinput), which have nothing to do with each other."""


class InputDevice(msgspec.Struct, frozen=True):
    """One thing that is plugged in."""

    name: str
    nodes: tuple[str, ...]
    """Paths of its event nodes, all of them."""


def find(settings: ScannerEvdev) -> tuple[InputDevice, ...]:
    """What matches the settings, in the kernel's order: none when it is not plugged in.

    Several when two of a kind are plugged in and no unique number is set. Raises DeviceError when the settings name
    something that is there and can be no scanner.
    """
    if settings.path:
        return _by_path(settings.path)
    if not (settings.vendor or settings.product or settings.unique):
        raise DeviceError(Problem.NOT_FOUND, f"{settings.name}: the settings name no path, vendor, product or unique")
    owners = dict.fromkeys(_owner(event) for event in _events() if _matches(event, settings))
    return tuple(_device(owner) for owner in owners)


def _by_path(path: str) -> tuple[InputDevice, ...]:
    try:
        node = os.stat(path)  # noqa: PTH116 (umockdev knows this call)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise cannot_open(path, error) from error
    if not stat.S_ISCHR(node.st_mode):
        raise DeviceError(Problem.FAULT, f"{path} is no input device")
    number = f"{os.major(node.st_rdev)}:{os.minor(node.st_rdev)}"
    event = next((each for each in _events() if text_of(each / "dev") == number), None)
    if event is None:
        # Without sysfs (a container) the node is all there is.
        return (InputDevice(path, (path,)),)
    return (_device(_owner(event)),)


def _events() -> list[Path]:
    """The event nodes as sysfs knows them, event2 before event10."""
    try:
        events = [entry for entry in _INPUTS.iterdir() if entry.name.startswith("event")]
    except FileNotFoundError:
        return []
    return sorted(events, key=lambda event: (len(event.name), event.name))


def _matches(event: Path, settings: ScannerEvdev) -> bool:
    """Whether everything that the settings say is so."""
    device = event / "device"
    return (
        settings.vendor in (0, number_of(text_of(device / "id/vendor")))
        and settings.product in (0, number_of(text_of(device / "id/product")))
        and settings.unique in ("", text_of(device / "uniq"), text_of(_owner(event) / "serial"))
    )


def _owner(event: Path) -> Path:
    """The USB device that the node belongs to, or else the device above its input."""
    input_ = (event / "device").resolve()
    # …/1-2/1-2:1.0/0003:1EAB:1503.0004/input/input7: the last two are the input's own.
    above = input_.parents
    if above[1] == _VIRTUAL:
        return input_
    return next((folder for folder in above if (folder / "idVendor").exists()), above[1])


def _device(owner: Path) -> InputDevice:
    events = [event for event in _events() if _owner(event) == owner]
    name = text_of(events[0] / "device/name") if events else ""
    return InputDevice(name or owner.name, tuple(str(_NODES / event.name) for event in events))
