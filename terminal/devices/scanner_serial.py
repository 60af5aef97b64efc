"""A barcode scanner on a serial port (CDC-ACM, RS-232) or a pty."""

import os
from pathlib import Path
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.scanner import OnScan
from terminal.config.settings import ScannerSerial
from terminal.protocols.serial_scan import SerialDecoder

from .hotplug import appears
from .scanner_wire import lost, tell_scans
from .serial_port import close_port, open_port

_PIECE = 4096


class SerialScanner:
    """Implements the port Driver: one scanner, 8N1, no flow control."""

    def __init__(self, settings: ScannerSerial, on_scan: OnScan) -> None:
        self._settings = settings
        self._on_scan = on_scan

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver. A port that is not there is waited for, so that a scanner works as soon as it is plugged in."""
        port = self._settings.port
        if not self._present():
            missing = DeviceError(Problem.NOT_FOUND, f"{port} is not there")
            tell(Health(State.DOWN, missing.problem, missing.detail))
            if not await appears("tty", self._present):
                raise missing
        # What was scanned before the till listened is not sold now: the port comes empty.
        line = open_port(port, self._settings.baud, hang_up=True)
        try:
            tell(Health(State.OK, detail=f"listening on {port}"))
            await self._listen(line.fileno())
        finally:
            close_port(line, discard=False)

    def _present(self) -> bool | None:
        """None when the port is not there; what else is wrong with it, opening it tells."""
        try:
            Path(self._settings.port).stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return True
        return True

    async def _listen(self, fd: int) -> NoReturn:
        settings = self._settings
        decoder = SerialDecoder(settings.encoding)
        while True:
            silent = False
            if decoder.patience is None:
                await anyio.wait_readable(fd)
            else:
                with anyio.move_on_after(decoder.patience) as silence:
                    await anyio.wait_readable(fd)
                silent = silence.cancelled_caught
            # Read in any case: what came in the same moment as the time ran out still belongs to the scan.
            data = _read(fd, settings.port)
            if data is not None:
                await tell_scans(decoder.feed(data), settings.name, self._on_scan)
            elif silent:
                await tell_scans(decoder.flush(), settings.name, self._on_scan)


def _read(fd: int, port: str) -> bytes | None:
    """What is there; None: nothing. Raises DeviceError LOST."""
    try:
        data = os.read(fd, _PIECE)
    except BlockingIOError:
        return None
    except OSError as error:
        raise lost(port, error) from error
    if not data:
        raise lost(port)
    return data
