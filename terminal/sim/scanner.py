"""The simulated serial scanner: one of the bench's Simulators, on a pty.

The pty is found under a link whose path stays the same when the scanner is unplugged and comes back, as
/dev/serial/by-id does.
"""

import os
import random
from pathlib import Path

import anyio
import anyio.lowlevel
from anyio.abc import TaskStatus
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from .gate import Gate
from .pty_port import link_for, open_port
from .simulator import Control, UnknownControl

SUFFIXES = {"cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "none": ""}
SLOW_MS = 20
"""Between two bytes of a slow scanner, unless the control says otherwise: as over a bad radio link."""
_GARBAGE = 40
_ENDLESS = 5000
"""Characters of a trigger that sticks: more than any barcode holds, and no end."""
_LONGEST = 64 * 1024
_WAITING = 100
"""Scans that a slow scanner keeps."""


class SimScanner:
    """See Simulator. `link` is where the till finds it; None: in a folder of its own, taken away afterwards."""

    def __init__(self, name: str = "scanner", *, link: Path | None = None, suffix: str = "cr", seed: int = 0) -> None:
        self.name = name
        self.version = 0
        self._given = link
        self.address = str(link or "")
        self._suffix = suffix
        self._prefix = ""
        self._slow_ms = 0
        self._last = ""
        self._scans = 0
        self._random = random.Random(seed)
        self._plugged = Gate()
        self._session: anyio.CancelScope | None = None
        self._send: MemoryObjectSendStream[bytes] | None = None

    async def serve(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """See Simulator. Raises OSError when the link cannot be made."""
        with link_for(self.name, self._given) as link:
            self.address = str(link)
            with open_port(link) as port:
                task_status.started()
                await self._transmit(port)
            while True:
                await self._plugged.wait()
                with open_port(link) as port:
                    self._changed()
                    await self._transmit(port)

    async def _transmit(self, port: int) -> None:
        """Until it is unplugged."""
        self._send, waiting = anyio.create_memory_object_stream[bytes](_WAITING)
        with self._send, waiting, anyio.CancelScope() as self._session:
            await self._write_all(port, waiting)
        self._send = None

    async def _write_all(self, port: int, waiting: MemoryObjectReceiveStream[bytes]) -> None:
        async for data in waiting:
            rest = memoryview(data)
            while rest:
                piece = rest[:1] if self._slow_ms else rest
                try:
                    rest = rest[os.write(port, piece) :]
                except BlockingIOError:
                    # Nobody reads, and the pty is full.
                    await anyio.wait_writable(port)
                    continue
                if self._slow_ms:
                    await anyio.sleep(self._slow_ms / 1000)

    # --- the bench

    def _changed(self) -> None:
        self.version += 1

    def view(self) -> dict[str, object]:
        """See Simulator."""
        return {
            "plugged": self._plugged.is_open,
            "suffix": self._suffix,
            "prefix": self._prefix,
            "slow_ms": self._slow_ms,
            "scans": self._scans,
            "last": self._last,
        }

    def controls(self) -> tuple[Control, ...]:
        """See Simulator. In a scan's text '<GS>' stands for the separator that cannot be typed."""
        return (
            Control("scan", "Scan", argument="text"),
            Control("half", "Half a scan", argument="text"),
            Control("garbage", "Send garbage"),
            Control("stuck", "Trigger stuck"),
            Control("unplug", "Unplug", pressed=not self._plugged.is_open),
            Control("plug", "Plug in"),
            Control("replug", "Plug in elsewhere"),
            Control("slow", "Send slowly", argument="ms", pressed=bool(self._slow_ms)),
            Control("suffix", "Suffix", argument="cr/lf/crlf/tab/none"),
            Control("prefix", "Prefix", argument="text"),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        match control:
            case "scan":
                self._scan(argument.replace("<GS>", "\x1d"))
            case "half":
                text = self._prefix + argument.replace("<GS>", "\x1d")
                self._transmit_soon(text[: len(text) // 2 + 1].encode("utf-8", errors="replace"))
            case "stuck":
                self._transmit_soon(b"0" * _ENDLESS)
            case "garbage":
                self._transmit_soon(self._random.randbytes(_GARBAGE))
            case "unplug":
                self._unplug()
            case "plug":
                self._plugged.set(True)
            case "replug":
                # A new pty, and so another path behind the link.
                self._unplug()
                await anyio.lowlevel.checkpoint()
                self._plugged.set(True)
            case "prefix":
                self._prefix = argument
            case "slow":
                self._slow_ms = 0 if argument == "off" or (self._slow_ms and not argument) else _milliseconds(argument)
            case "suffix":
                if argument not in SUFFIXES:
                    raise UnknownControl(f"a suffix is one of {', '.join(SUFFIXES)}, not {argument!r}")
                self._suffix = argument
            case _:
                raise UnknownControl(f"the scanner has no control {control!r}")
        self._changed()

    def _unplug(self) -> None:
        self._plugged.set(False)
        self._send = None
        if self._session is not None:
            self._session.cancel()

    def _scan(self, text: str) -> None:
        if not text:
            raise UnknownControl("there is nothing to scan")
        self._transmit_soon((self._prefix + text + SUFFIXES[self._suffix]).encode("utf-8", errors="replace"))
        self._last = text
        self._scans += 1

    def _transmit_soon(self, data: bytes) -> None:
        if len(data) > _LONGEST:
            raise UnknownControl(f"no barcode holds {len(data)} bytes")
        if self._send is None:
            raise UnknownControl("the scanner is not plugged in")
        try:
            self._send.send_nowait(data)
        except anyio.WouldBlock as error:
            raise UnknownControl("the scanner is still sending") from error


def _milliseconds(argument: str) -> int:
    argument = argument if argument not in ("", "on") else str(SLOW_MS)
    if not (argument.isascii() and argument.isdigit() and len(argument) < 6 and 0 < int(argument) <= 10_000):
        raise UnknownControl(f"slow wants milliseconds from 1 to 10000, not {argument!r}")
    return int(argument)
