"""`kasse bench memory`: resident size when idle after a sale, against a bare interpreter with the big libraries.

The till has every kind of device, at the far end of real wires (`kasse sim`), and the sale uses them: a GTIN, a weighed
code and a GS1 Digital Link are scanned, a card pays, the receipt is printed, the screen is open.
"""

import time
from pathlib import Path

from . import Figures
from .daemon import Daemon, bare_interpreter
from .shop import Screen, Shop, far_ends

SETTLE = 12.0
"""Seconds of idling before the size is read: projections follow and freed memory goes back."""


def measure(folder: Path, settle: float = SETTLE) -> Figures:
    """One sale, then rest."""
    with far_ends(folder) as shop:
        # The first start of all makes the journal's file, with libraries that no later start loads.
        with Daemon(shop.settings):
            pass
        return _measure(shop, settle)


def _measure(shop: Shop, settle: float) -> Figures:
    with Daemon(shop.settings) as daemon, Screen(shop) as screen:
        started = daemon.resident_mb
        for code in shop.codes:
            shop.press("scanner", "scan", code)
            screen.wait_for(b"event: lines")
        screen.pay_by_card()
        time.sleep(settle)
        ours = daemon.resident_mb
    _, bare = bare_interpreter()
    return {
        "name": "memory",
        "ratio": round(ours / bare, 3),
        "mb": round(ours, 1),
        "bare_mb": round(bare, 1),
        "mb_at_start": round(started, 1),
    }
