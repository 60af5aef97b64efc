"""Measurements a shop can repeat: each beside a bare baseline, both sides taken alternately in the same run."""

from collections.abc import Callable
from pathlib import Path

Figures = dict[str, object]
"""One JSON object: `name`, `ratio`, and what it was made of."""

Measure = Callable[[Path], Figures]
"""Takes an empty folder on the file system to measure."""


def _sale_commit(folder: Path) -> Figures:
    from .sale_commit import measure

    return measure(folder)


def _scan_to_screen(folder: Path) -> Figures:
    from .scan_to_screen import measure

    return measure(folder)


def _start(folder: Path) -> Figures:
    from .start import measure

    return measure(folder)


def _memory(folder: Path) -> Figures:
    from .memory import measure

    return measure(folder)


def _zvt(folder: Path) -> Figures:
    from .zvt import measure

    return measure(folder)


def _payment(folder: Path) -> Figures:
    from .payment import measure

    return measure(folder)


def _receipt(folder: Path) -> Figures:
    from .receipt import measure

    return measure(folder)


MEASURES: dict[str, Measure] = {
    "sale-commit": _sale_commit,
    "scan-to-screen": _scan_to_screen,
    "start": _start,
    "memory": _memory,
    "zvt": _zvt,
    "payment": _payment,
    "receipt": _receipt,
}
