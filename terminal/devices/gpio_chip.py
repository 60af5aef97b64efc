"""The GPIO chip of the 40-pin header, found by its label: its number has moved between kernels."""

import re
from collections.abc import Mapping
from pathlib import Path

from terminal.app.ports.device import DeviceError, Problem

from .gpio_line import LineError, label
from .open_errors import cannot_open

HEADER_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Pi 5; Pi 4; earlier ones and the Zeros."""


def header_chip() -> str:
    """The path of the header's chip. Raises DeviceError."""
    return f"/dev/gpiochip{choose(_labels())}"


def choose(labels: Mapping[int, str]) -> int:
    """The number of the header's chip among chips by number and label. Raises DeviceError."""
    for wanted in HEADER_LABELS:
        for number, found in sorted(labels.items()):
            if found == wanted:
                return number
    seen = ", ".join(sorted(set(labels.values()))) or "none"
    raise DeviceError(Problem.NOT_FOUND, f"no GPIO chip of a 40-pin header ({', '.join(HEADER_LABELS)}); seen: {seen}")


def _labels() -> dict[int, str]:
    labels: dict[int, str] = {}
    for path in Path("/dev").glob("gpiochip*"):
        number = re.fullmatch(r"gpiochip([0-9]+)", path.name)
        if number is None:
            continue
        try:
            labels[int(number[1])] = label(str(path))
        except LineError as error:
            raise cannot_open(str(path), error) from error
    return labels
