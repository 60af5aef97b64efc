"""A barcode scanner set to USB HID-POS: whole barcodes as bytes, with their symbology, over /dev/hidraw*.

To be preferred where a scanner can do it: no keyboard layout, no keys to be lost, and nothing that another program
could take for typing.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.scanner import OnScan
from terminal.config.settings import ScannerHidPos
from terminal.protocols.hid_pos import HidPosDecoder

from .hidraw_nodes import HidPosDevice, find
from .hotplug import appears
from .open_errors import cannot_open
from .scanner_claims import LOOK_EVERY, Standing, held, is_free
from .scanner_wire import lost, tell_scans

_LONGEST_REPORT = 65536


class HidPosScanner:
    """Implements the port Driver: one scanner. See the module's text."""

    def __init__(self, settings: ScannerHidPos, on_scan: OnScan) -> None:
        self._settings = settings
        self._on_scan = on_scan

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver. A scanner that is not there is waited for, so that it works as soon as it is plugged in."""
        devices = self._look() or await self._plugged_in(tell)
        with self._open_one(devices) as (fd, device), held([device.node]):
            standing = Standing(device.name, device.node, tell, folder="/dev", others=self._others)
            await self._listen(fd, device, standing)

    async def _plugged_in(self, tell: Tell) -> tuple[HidPosDevice, ...]:
        """Wait until it is there. Raises DeviceError NOT_FOUND."""
        missing = DeviceError(Problem.NOT_FOUND, f"{self._settings.name} is not plugged in")
        tell(Health(State.DOWN, missing.problem, missing.detail))
        devices = await appears("hidraw", self._look)
        if devices is None:
            raise missing
        return devices

    def _look(self) -> tuple[HidPosDevice, ...] | None:
        """What matches and is not ours already; None when that is nothing."""
        return tuple(device for device in find(self._settings) if is_free([device.node])) or None

    def _others(self) -> bool:
        return not self._settings.path and self._look() is not None

    @contextmanager
    def _open_one(self, devices: tuple[HidPosDevice, ...]) -> Iterator[tuple[int, HidPosDevice]]:
        """The first that no other till holds: two of a kind serve two scanners of the settings."""
        for device in devices:
            try:
                fd = _open(device.node)
            except DeviceError as error:
                if error.problem is not Problem.IN_USE or device is devices[-1]:
                    raise
                continue
            try:
                yield fd, device
            finally:
                os.close(fd)
            return

    async def _listen(self, fd: int, device: HidPosDevice, standing: Standing) -> NoReturn:
        decoder = HidPosDecoder(device.report, self._settings.encoding)
        while True:
            patience = decoder.patience
            with anyio.move_on_after(LOOK_EVERY if patience is None else patience) as silence:
                await anyio.wait_readable(fd)
            came = False
            while (report := _read(fd, device.node)) is not None:
                came = True
                tell_scans(decoder.feed(report), self._settings.name, self._on_scan)
            if silence.cancelled_caught and not came and patience is not None:
                tell_scans(decoder.flush(), self._settings.name, self._on_scan)
            standing.note(Problem.STUCK, decoder.stuck)
            standing.note(Problem.GARBAGE, decoder.garbled)
            standing.look()


def _open(node: str) -> int:
    """Open and lock: hidraw itself gives every reader every report. Raises DeviceError."""
    try:
        fd = os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise cannot_open(node, error) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # What was scanned before the till listened is not sold now.
        while _read(fd, node) is not None:
            pass
    except OSError as error:
        os.close(fd)
        raise cannot_open(node, error) from error
    except DeviceError:
        os.close(fd)
        raise
    return fd


def _read(fd: int, node: str) -> bytes | None:
    """One report; None: nothing is there. Raises DeviceError LOST."""
    try:
        report = os.read(fd, _LONGEST_REPORT)
    except BlockingIOError:
        return None
    except OSError as error:
        raise lost(node, error) from error
    if not report:
        raise lost(node)
    return report
