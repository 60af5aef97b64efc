"""A GPIO chip in the small machine: a CP2112, a bridge from USB to eight pins, that lives in this process (/dev/uhid).

Debian's kernel has no gpio-sim. It has the driver of this chip (hid-cp2112), which knows no difference: a report for
each line that is set or looked at. What the reports hold: Silicon Labs, AN495.
"""

import os
import select
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

from .patience import until

PATH = Path("/dev/gpiochip0")
COIL, SWITCH = 3, 4
"""Lines."""
_DESCRIPTOR = bytes.fromhex("0600ff0901a1018501150026ff007508953f0901b10209018102c0")
_FEATURES = {2: bytes((2, 0, 0, 0, 0)), 5: bytes((5, 0x0C, 1)), 6: bytes((6, *bytes(13)))}
"""Its pins' directions, its version, its other bus, as the driver asks for them when it is plugged in."""
_LEVELS, _SET = 3, 4
_USB, _VENDOR, _PRODUCT = 3, 0x10C4, 0xEA90
_EVENT = 4380
"""Bytes of the longest (struct uhid_event, kernel: include/uapi/linux/uhid.h)."""
_DESTROY, _GET_REPORT, _REPORT, _CREATE, _SET_REPORT, _DONE = 1, 9, 10, 11, 13, 14


class Pins:
    """The chip, plugged in, until it is pulled out; nobody may hold a line then."""

    def __init__(self) -> None:
        self.changes: list[tuple[float, bool]] = []
        """When the coil's line was set, by time.monotonic(), and to what."""
        self.when_on: Callable[[], None] = lambda: None
        """Called when it has been set on."""
        self._driven = 0
        self._switch = 0
        self._wire = os.open("/dev/uhid", os.O_RDWR)
        head = struct.pack("=I128s64s64sHH", _CREATE, b"pins", b"", b"", len(_DESCRIPTOR), _USB)
        os.write(self._wire, head + struct.pack("=IIII4096s", _VENDOR, _PRODUCT, 0, 0, _DESCRIPTOR))
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        until(PATH.exists, f"{PATH} never came")

    @property
    def is_on(self) -> bool:
        """Whether the coil is."""
        return bool(self._driven >> COIL & 1)

    def pulses(self) -> list[float]:
        """How long the coil was on each time, in ms; while it is on, that time is missing."""
        pulses, on = list[float](), 0.0
        for at, is_on in self.changes:
            if is_on:
                on = on or at
            elif on:
                pulses.append(1000 * (at - on))
                on = 0.0
        return pulses

    def drawer(self, *, is_open: bool) -> None:
        """Its switch."""
        self._switch = is_open << SWITCH

    def pull(self) -> None:
        """Pull the plug out."""
        self._end.set()
        self._thread.join(10)
        os.write(self._wire, struct.pack("=I", _DESTROY))
        os.close(self._wire)
        until(lambda: not PATH.exists(), f"{PATH} never went")

    def _work(self) -> None:
        # What is late here makes a pulse look longer than it is.
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        ready = select.poll()
        ready.register(self._wire, select.POLLIN)
        while not self._end.is_set():
            if ready.poll(50):
                self._answer(os.read(self._wire, _EVENT))

    def _answer(self, event: bytes) -> None:
        kind, number, report = struct.unpack_from("=IIB", event)
        if kind == _GET_REPORT:
            levels = bytes((_LEVELS, self._driven | self._switch))
            data = levels if report == _LEVELS else _FEATURES.get(report, bytes((report, *bytes(8))))
            os.write(self._wire, struct.pack("=IIHH", _REPORT, number, 0, len(data)) + data.ljust(4096, b"\0"))
        elif kind == _SET_REPORT:
            value, mask = event[13:15]
            if report == _SET:
                self._driven = self._driven & ~mask | value & mask
                if mask >> COIL & 1:
                    self.changes.append((time.monotonic(), self.is_on))
            os.write(self._wire, struct.pack("=IIH", _DONE, number, 0))
            if report == _SET and mask >> COIL & 1 and self.is_on:
                self.when_on()
