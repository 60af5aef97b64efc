"""The settings and the catalogue of the till in the small machine, made before it is booted."""

from pathlib import Path

from terminal.bench.daemon import write_settings
from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue_import import import_items

from .pins import COIL, PATH, SWITCH

HOME = Path("/run/till")
"""Where it lies in the small machine."""

ADDRESS = tuple(f"Gade {number:03} ........................... her" for number in range(220))
"""Makes a receipt longer than the 8 KiB that a USB printer takes before it reads the first byte."""

USUAL = """
[[scanners]]
driver = "evdev"
name = "left"
suffix = "cr"
vendor = 0x1EAB
product = 0x1503

[[scanners]]
driver = "evdev"
name = "right"
suffix = "cr"
vendor = 0x1EAB
product = 0x1503

[[scanners]]
driver = "evdev"
name = "hand"
suffix = "cr"
path = "/dev/input/by-id/usb-Kasse_hand_S1-event-kbd"

[[scanners]]
driver = "serial"
name = "counter"
port = "/dev/ttyACM0"

[[scanners]]
driver = "hid-pos"
name = "pos"
vendor = 0x0C2E
product = 0x0B07

[printer]
driver = "escpos-lp"
path = "/dev/usb/lp0"

[drawer]
driver = "printer"
"""

BARE = f"""
[printer]
driver = "escpos-usb"
vendor = 0x04B8
product = 0x0E15

[drawer]
driver = "gpio"
chip = "{PATH}"
pin = {COIL}
pulse_ms = 200
sense_pin = {SWITCH}
sense_pull = "none"
debounce_ms = 200
"""
"""The printer without the kernel's driver, the drawer on a pin."""

SETTINGS = {"kasse.toml": USUAL, "bare.toml": BARE}
"""By their files' names. They lie in one folder: the same till with other devices."""


def prepare(folder: Path) -> None:
    """Make `folder`, for a till that will lie in HOME."""
    (folder / "data").mkdir(parents=True)
    import_items(DEMO_ITEMS, folder / "data")
    text = write_settings(folder, port=8080).read_text()
    text = text.replace('"1234 Eksempelby"', ", ".join(f'"{line}"' for line in ADDRESS))
    for name, devices in SETTINGS.items():
        (folder / name).write_text(text.replace(str(folder), str(HOME)) + devices)
