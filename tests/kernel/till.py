"""The settings and the catalogue of the till in the small machine, made before it is booted."""

from pathlib import Path

from terminal.bench.daemon import write_settings
from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue_import import import_items

HOME = Path("/run/till")
"""Where it lies in the small machine."""

ADDRESS = tuple(f"Gade {number:03} ........................... her" for number in range(220))
"""Makes a receipt longer than the 8 KiB that a USB printer takes before it reads the first byte."""

DEVICES = """
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


def prepare(folder: Path) -> None:
    """Make `folder`, for a till that will lie in HOME."""
    (folder / "data").mkdir(parents=True)
    import_items(DEMO_ITEMS, folder / "data")
    settings = write_settings(folder, port=8080, devices=DEVICES)
    text = settings.read_text().replace('"1234 Eksempelby"', ", ".join(f'"{line}"' for line in ADDRESS))
    settings.write_text(text.replace(str(folder), str(HOME)))
