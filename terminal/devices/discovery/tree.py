"""sysfs and /dev as files, and the names by which udev lets a device be found again."""

import os
from pathlib import Path

import msgspec

MOST = 512
"""Entries of one folder that are looked at."""
LONGEST = 120
"""Characters of what a device says of itself."""


class Tree(msgspec.Struct, frozen=True):
    """Where the kernel shows its devices."""

    sys: Path = Path("/sys")
    dev: Path = Path("/dev")

    def listed(self, folder: str, prefix: str) -> list[Path]:
        """Entries of a folder of sysfs whose names begin so, in the kernel's order (lp2 before lp10)."""
        return _listed(self.sys / folder, prefix)

    def links(self, folder: str) -> dict[str, str]:
        """udev's names in a folder of /dev: the real node to the first name, in the alphabet's order."""
        found: dict[str, str] = {}
        for link in _listed(self.dev / folder, ""):
            found.setdefault(os.path.realpath(link), str(link))
        return found

    def may_use(self, node: str, *, write: bool = True) -> bool:
        """Whether this process may read the node, and write to it."""
        return os.access(node, os.R_OK | (os.W_OK if write else 0))


def _listed(folder: Path, prefix: str) -> list[Path]:
    try:
        found = [folder / name for name in os.listdir(folder)[:MOST] if name.startswith(prefix)]  # noqa: PTH208 (umockdev knows this call)
    except OSError:
        return []  # no such bus or class on this board
    return sorted(found, key=lambda path: (len(path.name), path.name))


def text(path: Path) -> str:
    """A short file of sysfs as printable text; empty when it is not there."""
    try:
        with path.open("rb") as file:
            raw = file.read(4 * LONGEST)
    except OSError:
        return ""
    said = raw.decode("utf-8", "replace").strip()
    return "".join(sign for sign in said if sign.isprintable())[:LONGEST]


def number(path: Path) -> int:
    """Of hexadecimal digits; 0 when there are none."""
    try:
        return int(text(path), 16)
    except ValueError:
        return 0


class Usb(msgspec.Struct, frozen=True):
    """A USB device."""

    folder: Path
    vendor: int
    product: int
    serial: str
    name: str

    @property
    def title(self) -> str:
        """'Newland HR32 (1eab:1503)'."""
        return f"{self.name or 'USB device'} ({self.vendor:04x}:{self.product:04x})"


def usb_above(device: Path) -> Usb | None:
    """The USB device that something in sysfs belongs to."""
    real = Path(os.path.realpath(device))
    for folder in (real, *real.parents):
        if (folder / "idVendor").exists():
            return usb_at(folder)
    return None


def usb_at(folder: Path) -> Usb:
    """The USB device of a folder of sysfs."""
    maker, product = text(folder / "manufacturer"), text(folder / "product")
    name = product if product.lower().startswith(maker.lower()) else f"{maker} {product}"
    return Usb(folder, number(folder / "idVendor"), number(folder / "idProduct"), text(folder / "serial"), name.strip())
