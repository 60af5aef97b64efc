"""A barcode scanner that is a keyboard (USB HID, Bluetooth), read through the kernel's evdev, by nothing else.

All its nodes are grabbed, so that no key reaches a console or a browser. Each node has a decoder of its own, made anew
with every life: no state is shared between scanners, and none survives a plug that was pulled with a key down.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from types import ModuleType
from typing import TYPE_CHECKING, NoReturn

import anyio
import anyio.to_thread
import msgspec

from terminal.app.ports.device import DeviceError, Health, Problem, State, Tell
from terminal.app.ports.scanner import Ear, OnScan
from terminal.config.settings import ScannerEvdev
from terminal.protocols.keymap import KeyDecoder
from terminal.protocols.wedge import Event, Typing

from .event_reader import EventReader
from .hotplug import appears
from .input_nodes import InputDevice, find
from .open_errors import cannot_open
from .scanner_claims import LOOK_EVERY, Standing, held, is_free
from .scanner_wire import lost, tell_scans

if TYPE_CHECKING:
    import evdev


SETTLE = 0.25
"""Seconds in which the nodes of a scanner that is plugged in come, one after the other: all are to be grabbed."""


class Node(msgspec.Struct):
    """An event node that is open and grabbed."""

    path: str
    device: "evdev.InputDevice[str]"
    typing: Typing
    decoder: KeyDecoder


class EvdevScanner:
    """Implements the port Driver: one scanner. See the module's text."""

    def __init__(self, settings: ScannerEvdev, on_scan: OnScan, ear: Ear) -> None:
        self._settings = settings
        self._on_scan = on_scan
        self._ear = ear
        self._was_open = False

    async def live(self, tell: Tell) -> NoReturn:
        """See Driver. A scanner that is not there is waited for, so that it works as soon as it is plugged in."""
        devices = self._look()
        if devices is None or self._was_open:
            devices = await self._plugged_in(tell)
        # In a thread: 2 MB and 50 ms here, several times that on a board. A serial scanner's till needs none of it.
        evdev = await anyio.to_thread.run_sync(_load)
        with ExitStack() as open_nodes:
            device, nodes = self._open_one(evdev, devices, open_nodes)
            standing = Standing(device.name, ", ".join(device.nodes), tell, folder="/dev/input", others=self._others)
            self._was_open = True
            await self._listen(nodes, standing)

    async def _plugged_in(self, tell: Tell) -> tuple[InputDevice, ...]:
        """Wait until it is there, whole. Raises DeviceError NOT_FOUND."""
        missing = DeviceError(Problem.NOT_FOUND, f"{self._settings.name} is not plugged in")
        if self._look() is None:
            tell(Health(State.DOWN, missing.problem, missing.detail))
            if await appears("input", self._look) is None:
                raise missing
        await anyio.sleep(SETTLE)
        devices = self._look()
        if devices is None:
            raise missing
        return devices

    def _look(self) -> tuple[InputDevice, ...] | None:
        """What matches and is not ours already; None when that is nothing."""
        return tuple(device for device in find(self._settings) if is_free(device.nodes)) or None

    def _others(self) -> bool:
        return not self._settings.path and self._look() is not None

    def _open_one(
        self, evdev: ModuleType, devices: tuple[InputDevice, ...], stack: ExitStack
    ) -> tuple[InputDevice, list[Node]]:
        """The first that no other program holds: two of a kind serve two scanners of the settings."""
        for device in devices[:-1]:
            try:
                return device, self._open(evdev, device, stack)
            except DeviceError as error:
                if error.problem is not Problem.IN_USE:
                    raise
        return devices[-1], self._open(evdev, devices[-1], stack)

    def _open(self, evdev: ModuleType, device: InputDevice, stack: ExitStack) -> list[Node]:
        """Open and grab all nodes, or none."""
        with ExitStack() as opened:
            nodes = []
            for path in device.nodes:
                try:
                    node = evdev.InputDevice(path)
                    opened.callback(node.close)
                    node.grab()
                except OSError as error:
                    raise cannot_open(path, error) from error
                except SystemError as error:
                    # evdev's word for a device that was pulled out between two of its questions.
                    raise lost(path) from error
                nodes.append(Node(path, node, self._ear.typing, _decoder(self._ear.typing)))
            opened.enter_context(held(device.nodes))
            stack.push(opened.pop_all())
            return nodes

    async def _listen(self, nodes: list[Node], standing: Standing) -> NoReturn:
        with EventReader([node.device for node in nodes]) as reader:
            while True:
                patience = _shortest(node.decoder.patience for node in nodes)
                with anyio.move_on_after(LOOK_EVERY if patience is None else patience) as silence:
                    await anyio.wait_readable(reader.fileno())
                came = False
                for place, events in reader.taken():
                    came = True
                    self._hear(nodes[place], events)
                if silence.cancelled_caught and not came and patience is not None:
                    for node in (node for node in nodes if node.decoder.patience == patience):
                        tell_scans(node.decoder.flush(), self._settings.name, self._on_scan)
                standing.note(Problem.STUCK, any(node.decoder.stuck for node in nodes))
                standing.note(Problem.LAYOUT, any(node.decoder.untyped for node in nodes))
                standing.look()

    def _hear(self, node: Node, events: list[Event] | OSError) -> None:
        """Decode what was read. Raises DeviceError LOST."""
        if isinstance(events, OSError):
            raise lost(node.path, events) from events
        if not events:
            raise lost(node.path)
        if self._ear.listening:
            # What was coming in is no scan any more, and a key that comes up meanwhile is not seen.
            node.decoder.reset()
            self._ear.hear(events)
            return
        if node.typing is not self._ear.typing:
            node.typing = self._ear.typing
            node.decoder = _decoder(node.typing)
        for event in events:
            tell_scans(node.decoder.feed(*event), self._settings.name, self._on_scan)


def _decoder(typing: Typing) -> KeyDecoder:
    return KeyDecoder(typing.layout, typing.suffix, lock=typing.lock)


def _load() -> ModuleType:
    try:
        import evdev
    except ImportError as error:
        raise DeviceError(Problem.MISSING_LIBRARY, f"evdev cannot be loaded: {error}") from error
    return evdev


def _shortest(seconds: Iterable[float | None]) -> float | None:
    return min((each for each in seconds if each is not None), default=None)
