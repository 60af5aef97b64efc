"""A customer display of two lines on a serial port. It never answers: what it was sent is known, not what it shows.

Its text is sent again every few seconds: a display whose power was off, or that has shown noise, shows the present text
again without anybody doing anything.
"""

import os
import unicodedata
from typing import NoReturn

import anyio

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.display import WIDTH
from terminal.config.settings import DisplayCd5220, DisplaySettings
from terminal.protocols.customer_display import CODECS, TABLES, Cd5220, EscposDisplay

from .escpos_charset import nearest
from .open_errors import cannot_open
from .serial_port import close_port, open_port
from .serial_presence import until_present

REFRESH = 3.0
"""Seconds after which the text is sent again. 46 bytes: 50 ms of the line at 9600."""
TAKES = 2.0
"""Seconds that the line may take for one text."""


class SerialDisplay:
    """Implements the ports Driver and Display."""

    def __init__(self, settings: DisplaySettings, refresh: float = REFRESH) -> None:
        self._settings = settings
        self._refresh = refresh
        self._codec = Cd5220() if isinstance(settings, DisplayCd5220) else EscposDisplay()
        self._table = settings.table
        if settings.table < 0 and not isinstance(settings, DisplayCd5220):
            self._table = TABLES[settings.codepage]
        self._lines = (b" " * WIDTH, b" " * WIDTH)
        self._news = anyio.Event()

    def show(self, top: str, bottom: str) -> None:
        """See Display."""
        lines = (self._line(top), self._line(bottom))
        if lines != self._lines:
            self._lines = lines
            self._news.set()

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver."""
        port = self._settings.port
        await until_present(port, tell)
        line = open_port(port, self._settings.baud)
        try:
            await self._serve(line.fileno(), tell)
        finally:
            close_port(line, discard=True)

    async def _serve(self, fd: int, tell: Tell) -> NoReturn:
        await self._send(fd, self._codec.start(self._table))
        # Law 4: a device that says nothing is not known to be well.
        tell(Health(State.UNKNOWN, detail=f"sending to {self._settings.port}; a display does not answer"))
        while True:
            self._news = anyio.Event()
            await self._send(fd, self._codec.lines(*self._lines))
            with anyio.move_on_after(self._refresh) as wait:
                await self._news.wait()
            if wait.cancelled_caught:
                # It may have been off, and has forgotten its characters too.
                await self._send(fd, self._codec.again(self._table))

    async def _send(self, fd: int, data: bytes) -> None:
        """All of it. Raises DeviceError LOST or NO_ANSWER."""
        with anyio.move_on_after(TAKES):
            while data:
                try:
                    data = data[os.write(fd, data) :]
                except BlockingIOError:
                    await anyio.wait_writable(fd)
                except OSError as error:
                    raise DeviceError(Problem.LOST, str(cannot_open(self._settings.port, error))) from error
            return
        raise DeviceError(Problem.NO_ANSWER, f"{self._settings.port} takes no bytes")

    def _line(self, text: str) -> bytes:
        """WIDTH bytes in its code page; what the page does not have as the nearest it has."""
        codec = CODECS[self._settings.codepage]
        stand_ins = [nearest(char, codec) for char in unicodedata.normalize("NFC", text)]
        if sum(map(len, stand_ins)) > WIDTH:
            # A name's ™ is (TM): it would push the amount's last digits off the line.
            stand_ins = [each[:1] for each in stand_ins]
        plain = "".join(stand_ins).replace("\n", " ")
        return plain[:WIDTH].ljust(WIDTH).encode(codec)
