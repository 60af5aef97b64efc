"""The simulated customer display: one of the bench's Simulators, on a pty that is found under a link."""

import os
import random
from pathlib import Path

import anyio
from anyio.abc import TaskStatus

from terminal.protocols.customer_display import CODECS, TABLES, Glass

from .gate import Gate
from .pty_port import link_for, open_port
from .simulator import Control, UnknownControl

_BUILT_IN = {"cd5220": "CP437", "escpos-display": "CP437"}
"""The code page it has until it is told another one."""
_GARBAGE = 40


class SimDisplay:
    """See Simulator. `protocol` as in the till's settings; `codepage`: what its switches are set to."""

    def __init__(
        self,
        name: str = "display",
        *,
        protocol: str = "cd5220",
        link: Path | None = None,
        codepage: str = "",
        seed: int = 0,
    ) -> None:
        self.name = name
        self.version = 0
        self.address = str(link or "")
        self.glass = Glass(protocol)
        self._protocol = protocol
        self._codepage = codepage or _BUILT_IN[protocol]
        self._given = link
        self._powered = True
        self._random = random.Random(seed)
        self._plugged = Gate()
        self._hears = Gate()
        self._session: anyio.CancelScope | None = None

    async def serve(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """See Simulator. Raises OSError when the link cannot be made."""
        with link_for(self.name, self._given) as link:
            self.address = str(link)
            with open_port(link) as port:
                task_status.started()
                await self._show_all(port)
            while True:
                await self._plugged.wait()
                with open_port(link) as port:
                    self._changed()
                    await self._show_all(port)

    async def _show_all(self, port: int) -> None:
        """Until it is unplugged."""
        with anyio.CancelScope() as self._session:
            while True:
                await self._hears.wait()
                await anyio.wait_readable(port)
                data = os.read(port, 4096)
                # What a display without power is sent is gone: nobody on the line can tell.
                if self._powered and self.glass.feed(data):
                    self._changed()

    @property
    def text(self) -> tuple[str, str]:
        """What it shows, whole; dark: blanks."""
        if not self._powered:
            return " " * 20, " " * 20
        told = {number: page for page, number in TABLES.items()}.get(self.glass.table) if self.glass.table else None
        return self.glass.text(CODECS[told or self._codepage])

    # --- the bench

    def _changed(self) -> None:
        self.version += 1

    def view(self) -> dict[str, object]:
        """See Simulator."""
        return {
            "display": self.text,
            "protocol": self._protocol,
            "plugged": self._plugged.is_open,
            "power": self._powered,
            "unknown_bytes": self.glass.unknown,
        }

    def controls(self) -> tuple[Control, ...]:
        """See Simulator."""
        return (
            Control("power-off", "Power off", pressed=not self._powered),
            Control("power-on", "Power on"),
            Control("garbage", "Garbage on the glass"),
            Control("silence", "Take no bytes", argument="on/off", pressed=not self._hears.is_open),
            Control("unplug", "Unplug", pressed=not self._plugged.is_open),
            Control("plug", "Plug in"),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        match control:
            case "power-off":
                self._powered = False
                self.glass.reset()
            case "power-on":
                self._powered = True
            case "garbage":
                noise = bytes(self._random.randrange(0x20, 0x7F) for _ in range(_GARBAGE))
                self.glass.lines = [noise[:20], noise[20:]]
            case "silence":
                if argument not in ("", "on", "off"):
                    raise UnknownControl(f"a switch is on or off, not {argument!r}")
                self._hears.set(not self._hears.is_open if not argument else argument == "off")
            case "unplug":
                self._plugged.set(False)
                self.glass.reset()
                if self._session is not None:
                    self._session.cancel()
            case "plug":
                self._plugged.set(True)
            case _:
                raise UnknownControl(f"the display has no control {control!r}")
        self._changed()
