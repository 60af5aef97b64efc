"""A barcode scanner on a serial port (CDC-ACM, RS-232) or a pty."""

import asyncio
import os
from typing import NoReturn

from terminal.app.ports.device import Problem, Tell
from terminal.app.ports.scanner import OnScan
from terminal.config.settings import ScannerSerial
from terminal.protocols.scan import Found
from terminal.protocols.serial_scan import SerialDecoder

from .scanner_claims import Standing
from .scanner_wire import lost, tell_scans
from .serial_port import close_port, open_port
from .serial_presence import until_present

_PIECE = 4096


class SerialScanner:
    """Implements the port Driver: one scanner, 8N1, no flow control."""

    def __init__(self, settings: ScannerSerial, on_scan: OnScan) -> None:
        self._settings = settings
        self._on_scan = on_scan

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver. A port that is not there is waited for, so that a scanner works as soon as it is plugged in."""
        port = self._settings.port
        await until_present(port, tell)
        # What was scanned before the till listened is not sold now: the port comes empty.
        line = open_port(port, self._settings.baud, hang_up=True)
        try:
            await self._listen(line.fileno(), Standing(self._settings.name, port, tell))
        finally:
            close_port(line, discard=False)

    async def _listen(self, fd: int, standing: Standing) -> NoReturn:
        """Sell what is scanned, the moment it can be read; raises what that raises.

        In the loop's own callback and not in a task that waits for it: waking one costs two turns of the loop, which
        is a fifth of the time from a scan to its line on the screen (measured).
        """
        loop = asyncio.get_running_loop()  # noqa: TID251 (for add_reader, which anyio has only for one wait at a time)
        fault: asyncio.Future[None] = loop.create_future()
        decoder, settings = SerialDecoder(self._settings.encoding), self._settings
        silence: asyncio.TimerHandle | None = None

        def hear(found: list[Found]) -> None:
            nonlocal silence
            tell_scans(found, settings.name, self._on_scan)
            standing.note(Problem.STUCK, decoder.stuck)
            standing.note(Problem.GARBAGE, decoder.garbled)
            if silence is not None:
                silence.cancel()
                silence = None
            if decoder.patience is not None:
                silence = loop.call_later(decoder.patience, listen)

        def listen() -> None:
            """The port can be read, or has been silent for long enough. Both at once: what came is read first."""
            if fault.done():
                return
            try:
                data = _read(fd, settings.port)
                if data is not None:
                    hear(decoder.feed(data))
                elif silence is not None and silence.when() <= loop.time():
                    hear(decoder.flush())
            except Exception as error:  # noqa: BLE001 (handed to whoever awaits this driver)
                fault.set_exception(error)

        loop.add_reader(fd, listen)
        try:
            await fault
        finally:
            loop.remove_reader(fd)
            if silence is not None:
                silence.cancel()
        raise AssertionError("the future ends with an error alone")


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
