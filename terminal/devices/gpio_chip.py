"""The GPIO chip of the 40-pin header, found by its label: its number has moved between kernels.

lgpio is used with gpiozero's LGPIOFactory and nothing else: gpiozero's own choice would quietly take another
library, or none that moves a pin.
"""

import atexit
import contextlib
import errno
import importlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from terminal.app.ports.device import DeviceError, Problem

HEADER_LABELS = ("pinctrl-rp1", "pinctrl-bcm2711", "pinctrl-bcm2835")
"""Pi 5; Pi 4; earlier ones and the Zeros."""

_WORK_FOLDER = "LG_WD"


def header_factory() -> Any:
    """gpiozero's LGPIOFactory on the header's chip. Raises DeviceError."""
    try:
        lgpio = load_lgpio()
    except (ImportError, OSError) as error:
        raise DeviceError(Problem.MISSING_LIBRARY, f"lgpio cannot be loaded: {error}") from error
    chip = choose(_labels(lgpio))
    try:
        return importlib.import_module("gpiozero.pins.lgpio").LGPIOFactory(chip=chip)
    except lgpio.error as error:
        raise DeviceError(Problem.FAULT, f"/dev/gpiochip{chip}: {error}") from error


def choose(labels: Mapping[int, str]) -> int:
    """The number of the header's chip among chips by number and label. Raises DeviceError."""
    for wanted in HEADER_LABELS:
        for number, label in sorted(labels.items()):
            if label == wanted:
                return number
    seen = ", ".join(sorted(set(labels.values()))) or "none"
    raise DeviceError(Problem.NOT_FOUND, f"no GPIO chip of a 40-pin header ({', '.join(HEADER_LABELS)}); seen: {seen}")


def _labels(lgpio: Any) -> dict[int, str]:
    labels: dict[int, str] = {}
    for path in Path("/dev").glob("gpiochip*"):
        number = re.fullmatch(r"gpiochip([0-9]+)", path.name)
        if number is None:
            continue
        if not os.access(path, os.R_OK | os.W_OK):
            raise DeviceError(Problem.NO_PERMISSION, f"{path}: {os.strerror(errno.EACCES)}")
        try:
            handle = lgpio.gpiochip_open(int(number[1]))
            try:
                labels[int(number[1])] = lgpio.gpio_get_chip_info(handle)[3]
            finally:
                lgpio.gpiochip_close(handle)
        except lgpio.error as error:
            raise DeviceError(Problem.FAULT, f"{path}: {error}") from error
    return labels


def load_lgpio() -> Any:
    """Import lgpio. It makes a named pipe in a folder when it is imported, and changes to that folder for good.

    Under a service manager the current folder is / and cannot be written; so it gets a folder of its own, and
    the current one stays what it was. Seen with lgpio 0.2.2.
    """
    with _same_working_folder():
        if _WORK_FOLDER not in os.environ:
            folder = tempfile.mkdtemp(prefix="kasse-lgpio-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            os.environ[_WORK_FOLDER] = folder
        return importlib.import_module("lgpio")


@contextlib.contextmanager
def _same_working_folder() -> Iterator[None]:
    before = Path.cwd()
    try:
        yield
    finally:
        os.chdir(before)
