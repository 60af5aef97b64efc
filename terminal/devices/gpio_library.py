"""gpiozero on one GPIO chip, by lgpio: that pin factory and no other.

gpiozero's own choice would quietly take another library when lgpio fails, and another chip when the kernel numbers them
anew. Loaded when a drawer has a switch on a pin, and not before: 3 MB and 0.2 s on a PC.
"""

import contextlib
import functools
import os
import re
import tempfile
from typing import Any

from terminal.app.ports.device import DeviceError, Problem

from .gpio_line import LineError, label
from .open_errors import cannot_open

_WORK_FOLDER = "LG_WD"
_ANY_HEADER = 0x902120
"""The revision of a Zero 2 W: its header is the one that every board with 40 pins copies."""


def chip_factory(chip: str) -> Any:
    """gpiozero's LGPIOFactory on the chip of this path; a link will do. Blocks; whoever asked closes it.

    Raises DeviceError.
    """
    number = re.fullmatch(r"/dev/gpiochip([0-9]+)", os.path.realpath(chip))
    if number is None:
        raise DeviceError(Problem.NOT_FOUND, f"{chip} is no GPIO chip")
    try:
        # lgpio would say no more than that it cannot open it.
        label(chip)
    except LineError as error:
        raise cannot_open(chip, error) from error
    try:
        load_lgpio()
        from gpiozero.exc import PinUnknownPi  # type: ignore[import-untyped]
        from gpiozero.pins.lgpio import LGPIOFactory  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:
        raise DeviceError(Problem.MISSING_LIBRARY, f"gpiozero with lgpio cannot be loaded: {error}") from error

    class AnyBoardsFactory(LGPIOFactory):  # type: ignore[misc]
        """On a board that is no Raspberry Pi, a pin's number is the line's on the chip that the settings name."""

        def _get_revision(self) -> Any:
            try:
                return super()._get_revision()
            except PinUnknownPi:
                return _ANY_HEADER

    try:
        return AnyBoardsFactory(chip=int(number[1]))
    except Exception as error:
        # lgpio.error, which is an Exception and no more.
        raise DeviceError(Problem.FAULT, f"{chip}: {error}") from error


@functools.cache
def load_lgpio() -> Any:
    """Import lgpio. Raises ImportError and OSError.

    When it is imported it makes a named pipe, in LG_WD if that is set (the unit sets it; lgpio then changes to that
    folder for good) or else in the current folder, which under a service manager is / and cannot be written. Nobody
    opens the pipe by its name afterwards: without LG_WD it gets a folder for the time of the import. The current folder
    is the same afterwards.
    """
    with contextlib.ExitStack() as afterwards:
        folder = os.environ.get(_WORK_FOLDER) or afterwards.enter_context(
            tempfile.TemporaryDirectory(prefix="kasse-lgpio-")
        )
        afterwards.enter_context(contextlib.chdir(folder))
        import lgpio  # type: ignore[import-untyped]
    return lgpio
