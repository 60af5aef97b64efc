"""The simulated keyboard wedge: a keyboard that this program makes in the kernel (uinput), as real to the till as USB.

Needs a kernel with uinput and the right to /dev/uinput. Where there is none it says so on the bench and in every
answer, and scans nothing.
"""

import errno
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from anyio.abc import TaskStatus

from terminal.protocols.wedge import Event

from .simulator import Control, UnknownControl
from .wedge_keys import WedgeKeys

if TYPE_CHECKING:
    import evdev

VENDOR, PRODUCT = 0xFFFF, 0x5343
"""Not given to anybody by the USB Implementers Forum."""
_WHY = {
    errno.ENOENT: "this kernel has no uinput (load the module: modprobe uinput)",
    errno.ENODEV: "this kernel has no uinput",
    errno.EACCES: "this user may not use /dev/uinput",
    errno.EPERM: "this user may not use /dev/uinput",
}


class SimWedge:
    """See Simulator. `address` is the event node the kernel gave, or empty; `why_not` says why there is none."""

    def __init__(self, name: str = "wedge", *, device: Path = Path("/dev/uinput")) -> None:
        self.name = name
        self.address = ""
        self.version = 0
        self.why_not = "not plugged in"
        self._device = device
        self._keyboard: evdev.UInput | None = None
        self._keys = WedgeKeys()
        self._last = ""
        self._typing = anyio.Lock()

    async def serve(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """See Simulator. Serves without a keyboard where the kernel makes none."""
        await anyio.to_thread.run_sync(self._plug)
        task_status.started()
        try:
            await anyio.sleep_forever()
        finally:
            self._unplug()

    def _plug(self) -> None:
        """In a thread: evdev waits for the new node to appear."""
        if self._keyboard is not None:
            return
        # Here and not above: 2 MB that the other simulators do not need.
        try:
            import evdev
        except ImportError as error:
            self.why_not = f"the package evdev cannot be loaded: {error}"
            return
        # Asked first, since evdev words every failure the same.
        try:
            self._device.open("r+b", buffering=0).close()
            keyboard = evdev.UInput(
                name="Kasse simulated scanner", vendor=VENDOR, product=PRODUCT, devnode=str(self._device)
            )
        except OSError as error:
            self.why_not = _WHY.get(error.errno or 0, f"{self._device}: {error.strerror}")
            return
        except evdev.UInputError as error:
            self.why_not = str(error)
            return
        self._keyboard = keyboard
        node: evdev.InputDevice[str] | None = keyboard.device
        self.address = node.path if node is not None and isinstance(node.path, str) else ""
        self.why_not = ""

    def _unplug(self) -> None:
        if self._keyboard is not None:
            self._keyboard.close()
        self._keyboard = None
        self.address = ""
        self.why_not = self.why_not or "not plugged in"

    # --- the bench

    def view(self) -> dict[str, object]:
        """See Simulator."""
        own = {"plugged": self._keyboard is not None, "why_not": self.why_not, "last": self._last}
        return {**own, **self._keys.view()}

    def controls(self) -> tuple[Control, ...]:
        """See Simulator. In a scan's text '<GS>' stands for the separator, which is typed as Ctrl+]."""
        return (
            Control("scan", "Scan", argument="text"),
            Control("unplug", "Unplug", pressed=self._keyboard is None),
            Control("plug", "Plug in"),
            Control("replug", "Plug in elsewhere"),
            *self._keys.controls(),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        match control:
            case "scan":
                text = argument.replace("<GS>", "\x1d")
                await self._type(self._keys.scan(text))
                self._last = text
            case "unplug":
                self._unplug()
            case "plug":
                await anyio.to_thread.run_sync(self._plug)
            case "replug":
                # The kernel numbers the new one anew.
                self._unplug()
                await anyio.to_thread.run_sync(self._plug)
            case _:
                await self._type(self._keys.press(control, argument.replace("<GS>", "\x1d")))
        self.version += 1

    async def _type(self, events: list[Event]) -> None:
        async with self._typing:
            for kind, code, value in events:
                if self._keyboard is None:
                    raise UnknownControl(f"there is no keyboard: {self.why_not}")
                self._keyboard.write(kind, code, value)
                if kind == 0:
                    await anyio.sleep(self._keys.ms / 1000)
