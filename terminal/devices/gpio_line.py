"""A driven line of a Linux GPIO chip by the kernel's own interface, for the guard (drawer_guard.py) and its stand-in.

No library, so that a process of 5 MB can hold the line: lgpio starts threads and makes files where it is imported, and
gpiozero needs 3 MB more. What is read goes through gpiozero (gpio_library.py).

    LineError   the chip or the line cannot be had or moved; `errno` says why

Source: Linux, include/uapi/linux/gpio.h, GPIO character device, version 2 (since Linux 5.10). Of the standard library
nothing is imported here that drawer_guard.py would not need itself.
"""

import errno
import fcntl
import os
import struct
from typing import Final

_CONSUMER = b"kasse"
_GET_CHIPINFO: Final = 0x8044B401
_GET_LINE: Final = 0xC250B407
_SET_VALUES: Final = 0xC010B40F

_ACTIVE_LOW: Final = 1 << 1
_OUTPUT: Final = 1 << 3
_OUTPUT_VALUES: Final = 2
"""gpio_v2_line_attribute.id: the values that output lines begin with."""

_CHIPINFO = struct.Struct("=32s32sI")
_CONFIG = struct.Struct("=Q I 20x II Q Q 216x")
"""gpio_v2_line_config: flags, number of attributes, and the first of ten (id, padding, values, mask)."""
_REQUEST = struct.Struct("=256s 32s 272s II 20x i")
"""gpio_v2_line_request: offsets, consumer, config, number of lines, event buffer, the line's descriptor."""
_VALUES = struct.Struct("=QQ")


class LineError(OSError):
    """See OSError: `errno` and `strerror`, with the chip and the line in `filename`."""


def label(chip: str) -> str:
    """The chip's label, like pinctrl-rp1. Raises LineError."""
    try:
        descriptor = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
        try:
            info = fcntl.ioctl(descriptor, _GET_CHIPINFO, bytes(_CHIPINFO.size))
        finally:
            os.close(descriptor)
    except OSError as error:
        raise LineError(error.errno, os.strerror(error.errno or errno.EIO), chip) from error
    return bytes(_CHIPINFO.unpack(info)[1]).split(b"\0", 1)[0].decode("utf-8", "replace")


class OutputLine:
    """A line that is driven, off at first. Nobody else gets it before `close`, or before this process has died."""

    def __init__(self, chip: str, offset: int, *, active_high: bool) -> None:
        flags = _OUTPUT | (0 if active_high else _ACTIVE_LOW)
        self._where = f"{chip} line {offset}"
        self._descriptor = _request(chip, offset, _CONFIG.pack(flags, 1, _OUTPUT_VALUES, 0, 0, 1))

    def set(self, on: bool) -> None:
        """Drive it. Raises LineError."""
        try:
            fcntl.ioctl(self._descriptor, _SET_VALUES, _VALUES.pack(int(on), 1))
        except OSError as error:
            raise LineError(error.errno, os.strerror(error.errno or errno.EIO), self._where) from error

    def close(self) -> None:
        """Let it go."""
        os.close(self._descriptor)


def _request(chip: str, offset: int, config: bytes) -> int:
    where = f"{chip} line {offset}"
    request = _REQUEST.pack(struct.pack("=I", offset), _CONSUMER, config, 1, 0, 0)
    try:
        descriptor = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
        try:
            answer = fcntl.ioctl(descriptor, _GET_LINE, request)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise LineError(error.errno, os.strerror(error.errno or errno.EIO), where) from error
    return int(_REQUEST.unpack(answer)[-1])
