"""Input devices for a till that runs under umockdev: the kernel's side of /dev/input, /dev/hidraw*, /sys and udev.

The till (evdev_till.py) is a process under `umockdev-wrapper`, whose preloaded library sends what it does with /dev,
/sys and udev's socket here, into a folder of this process: sysfs is files, a node is a FIFO, ioctl() and read() come
as requests over a socket. Unlike `umockdev-run` this knows a grab from a second one (EBUSY) and a device that is gone
(ENODEV), and no event is torn in two, as happens on the ptys that it gives to recordings. The requests are
libumockdev-preload's, the same since 0.16.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import struct
import tempfile
import termios
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.abc

from terminal.protocols.keymap import keycodes as k
from terminal.protocols.keymap import keystrokes
from terminal.protocols.wedge import LayoutName, Lock

Event = tuple[int, int, int]

_EVENT = struct.Struct("@llHHi")
_REQUEST = struct.Struct("@Lll")
_IOCTL, _RESULT, _DONE, _RUN, _WRITE_MEMORY, _READ = 1, 2, 3, 4, 6, 7
_GRAB = 0x90
KEYS = bytes([0xFE]) + b"\xff" * 15


class Bed:
    """Where input devices are plugged in. `folder` is short: paths of sockets have at most 107 bytes."""

    def __init__(self, folder: Path, tasks: anyio.abc.TaskGroup) -> None:
        self.folder = folder
        self._tasks = tasks
        (folder / "sys/class/input").mkdir(parents=True)
        (folder / "sys/class/hidraw").mkdir(parents=True)
        (folder / "dev/.node").mkdir(parents=True)

    async def plug(self, event: int, *, port: str = "1-2", interface: int = 0, unique: str = "") -> "Node":
        """A scanner's node `/dev/input/event<n>` on a USB port, with news to udev's listeners."""
        node = Node(self, event, port, interface, unique)
        self._tasks.start_soon(node.serve)
        await node.ready.wait()
        return node

    async def plug_hidraw(self, number: int, descriptor: bytes, *, port: str = "1-2", unique: str = "") -> "HidrawNode":
        """A HID device's node `/dev/hidraw<n>` on a USB port."""
        node = HidrawNode(self, number, descriptor, port, unique)
        self._tasks.start_soon(node.serve)
        await node.ready.wait()
        return node

    async def say_added(self, node: "Node | HidrawNode") -> None:
        """What udev tells when a device was plugged in, to all who listen; waits until somebody does."""
        with anyio.fail_after(10):
            while not (listeners := list(self.folder.glob("event[0-9]*"))):  # noqa: ASYNC110 (another process makes it)
                await anyio.sleep(0.01)
        for listener in listeners:
            # Refused by one that has found what it looked for, and listens no more.
            with (
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
                contextlib.suppress(ConnectionRefusedError),
            ):
                sender.connect(str(listener))
                sender.send(_uevent(node.sysfs.relative_to(self.folder / "sys"), node.subsystem, node.name))

    def environment(self) -> dict[str, str]:
        """For the till."""
        return {**os.environ, "UMOCKDEV_DIR": str(self.folder), "PYTHONPATH": os.getcwd()}  # noqa: PTH109


class Served:
    """A node under /dev whose ioctl() and read() are answered here."""

    name: str
    """Under /dev."""
    ready: anyio.Event
    holder: object = None
    """Who has grabbed it."""
    _bed: Bed
    _end: int
    """The device's end of the FIFO."""
    _gone = False

    async def serve(self) -> None:
        """Answer for whoever opens it."""
        path = self._bed.folder / "ioctl/dev" / self.name
        path.parent.mkdir(parents=True, exist_ok=True)
        async with await anyio.create_unix_listener(path) as listener:
            self.ready.set()
            try:
                await listener.serve(self._answer)
            finally:
                os.close(self._end)

    async def _answer(self, client: anyio.abc.SocketStream) -> None:
        try:
            while True:
                command, first, second = _REQUEST.unpack(await _exactly(client, _REQUEST.size))
                if command == _IOCTL:
                    result, error = await self._ioctl(client, first & 0xFFFFFFFF, second)
                elif command == _READ and self._gone:
                    result, error = -1, errno.ENODEV
                else:
                    await client.send(_REQUEST.pack(_RUN, 0, 0))
                    _, result, error = _REQUEST.unpack(await _exactly(client, _REQUEST.size))
                await client.send(_REQUEST.pack(_DONE, result, error))
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            self.holder = None if self.holder is client else self.holder
            await client.aclose()

    async def _ioctl(self, client: anyio.abc.SocketStream, request: int, argument: int) -> tuple[int, int]:
        """None is known."""
        return -1, errno.ENOTTY


class HidrawNode(Served):
    """One hidraw node: a FIFO in packet mode, so that a report stays a report."""

    subsystem = "hidraw"

    def __init__(self, bed: Bed, number: int, descriptor: bytes, port: str, unique: str) -> None:
        self.name = f"hidraw{number}"
        self.ready = anyio.Event()
        self._bed = bed
        hid = bed.folder / "sys/devices/pci0000:00/usb1" / port / f"{port}:1.0" / f"0003:1EAB:1503.{number:04X}"
        self.sysfs = hid / "hidraw" / self.name
        self.sysfs.mkdir(parents=True)
        (hid / "report_descriptor").write_bytes(descriptor)
        (hid / "uevent").write_text(f"HID_ID=0003:00001EAB:00001503\nHID_NAME=A scanner\nHID_UNIQ={unique}\n")
        (self.sysfs / "dev").write_text(f"240:{number}\n")
        (self.sysfs / "uevent").write_text(f"MAJOR=240\nMINOR={number}\nDEVNAME={self.name}\n")
        (self.sysfs / "device").symlink_to("../..")
        (self.sysfs / "subsystem").symlink_to(os.path.relpath(bed.folder / "sys/class/hidraw", self.sysfs))
        self._entries = [
            bed.folder / "sys/class/hidraw" / self.name,
            bed.folder / "dev" / self.name,
            bed.folder / "dev/.node" / self.name,
        ]
        entry, fifo, node = self._entries
        entry.symlink_to(os.path.relpath(self.sysfs, entry.parent))
        os.mkfifo(fifo)
        self._end = os.open(fifo, os.O_RDWR | os.O_NONBLOCK)
        fcntl.fcntl(self._end, fcntl.F_SETFL, os.O_NONBLOCK | os.O_DIRECT)
        node.symlink_to(f"240:{number}")
        self._hid = hid

    def send(self, *reports: bytes) -> None:
        """Reports, as the device sends them."""
        for report in reports:
            os.write(self._end, report)

    def unplug(self) -> None:
        """It is gone: from /dev, from /sys, and for whoever has it open."""
        self._gone = True
        for entry in self._entries:
            entry.unlink()
        shutil.rmtree(self._hid)
        # Wakes whoever waits for it, to be told ENODEV.
        self.send(b"gone")


class Node(Served):
    """One event node."""

    subsystem = "input"

    def __init__(self, bed: Bed, event: int, port: str, interface: int, unique: str) -> None:
        self.event, self.unique = event, unique
        self.name = f"input/event{event}"
        self.ready = anyio.Event()
        self._bed = bed
        usb = bed.folder / "sys/devices/pci0000:00/usb1" / port
        input_ = usb / f"{port}:1.{interface}" / f"0003:1EAB:1503.{event:04X}" / "input" / f"input{event}"
        self.sysfs = input_ / f"event{event}"
        self._entries = [
            bed.folder / f"sys/class/input/event{event}",
            bed.folder / f"dev/input/event{event}",
            bed.folder / f"dev/.node/input_event{event}",
        ]
        (input_ / "id").mkdir(parents=True)
        self.sysfs.mkdir()
        for path, text in (
            (usb / "idVendor", "1eab"),
            (usb / "serial", unique),
            (input_ / "name", "A scanner"),
            (input_ / "uniq", unique),
            (input_ / "id/vendor", "1eab"),
            (input_ / "id/product", "1503"),
            (self.sysfs / "dev", self._number),
            (self.sysfs / "uevent", f"DEVNAME=input/event{event}\nMAJOR=13\nMINOR={64 + event}"),
        ):
            path.write_text(text + "\n")
        (self.sysfs / "device").symlink_to(f"../../input{event}")
        (self.sysfs / "subsystem").symlink_to(os.path.relpath(bed.folder / "sys/class/input", self.sysfs))
        entry, self._fifo, number = self._entries
        entry.symlink_to(os.path.relpath(self.sysfs, entry.parent))
        self._fifo.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(self._fifo)
        self._end = os.open(self._fifo, os.O_RDWR | os.O_NONBLOCK)
        number.symlink_to(self._number)

    @property
    def _number(self) -> str:
        return f"13:{64 + self.event}"

    def also(self, path: str) -> None:
        """Another name under /dev, as udev makes them."""
        link = self._bed.folder / "dev" / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(self._fifo, link.parent))
        (self._bed.folder / "dev/.node" / path.replace("/", "_")).symlink_to(self._number)

    def type(self, text: str, layout: LayoutName = "us", lock: Lock = "none") -> None:
        """As the scanner types it."""
        self.send(keystrokes(text, layout, lock=lock))

    def play(self, recording: Path) -> None:
        """A recording in evemu's format, as fast as it is read."""
        lines = [line.split() for line in recording.read_text().splitlines() if line.startswith("E:")]
        self.send((int(kind, 16), int(code, 16), int(value)) for _, _, kind, code, value in lines)

    def send(self, events: Iterable[Event]) -> None:
        """Events, one write each, as the kernel may wake the till at any of them."""
        for event in events:
            os.write(self._end, _EVENT.pack(0, 0, *event))

    def _unread(self) -> int:
        """Events."""
        waiting: int = struct.unpack("@i", fcntl.ioctl(self._end, termios.FIONREAD, b"\0" * 4))[0]
        return waiting // _EVENT.size

    async def type_as_read(self, text: str) -> None:
        """The same, never more ahead of whoever reads it than the kernel's buffer holds."""
        for event in keystrokes(text):
            while self._unread() >= 63:  # noqa: ASYNC110 (the reader is another process)
                await anyio.sleep(0.001)
            self.send([event])

    def unplug(self) -> None:
        """It is gone: from /dev, from /sys, and for whoever has it open."""
        self._gone = True
        for entry in self._entries:
            entry.unlink()
        shutil.rmtree(self.sysfs.parent)
        # Wakes whoever waits for it, to be told ENODEV.
        self.send([(k.EV_SYN, k.SYN_REPORT, 0)])

    async def _ioctl(self, client: anyio.abc.SocketStream, request: int, argument: int) -> tuple[int, int]:
        """What the kernel's evdev answers: result and errno (Linux: drivers/input/evdev.c)."""
        number, size = request & 0xFF, request >> 16 & 0x3FFF
        if self._gone:
            return -1, errno.ENODEV
        if number == _GRAB:
            if argument and self.holder not in (None, client):
                return -1, errno.EBUSY
            self.holder = client if argument else None
            return 0, 0
        types = bytes([1 << 0 | 1 << 1 | 1 << 4, 0, 1 << 1 | 1 << 4, 0])
        answers = {
            0x01: struct.pack("@i", 0x010001),
            0x02: struct.pack("@HHHH", 3, 0x1EAB, 0x1503, 0x0110),
            0x06: b"A scanner\0",
            0x07: b"usb-0000:00:14.0-2/input0\0",
            0x08: self.unique.encode() + b"\0",
            0x20: types,
            0x21: KEYS,
            0x84: struct.pack("@i", 0),
        }
        answer = answers.get(number, b"\0")[:size]
        await client.send(_REQUEST.pack(_WRITE_MEMORY, argument, len(answer)) + answer)
        return len(answer) if number in (0x06, 0x07, 0x08, 0x20, 0x21) else 0, 0


@asynccontextmanager
async def bed() -> AsyncIterator[Bed]:
    """An empty one."""
    folder = tempfile.mkdtemp(prefix="bed-")
    try:
        async with anyio.create_task_group() as tasks:
            yield Bed(Path(folder), tasks)
            tasks.cancel_scope.cancel()
    finally:
        shutil.rmtree(folder)


async def _exactly(client: anyio.abc.SocketStream, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += await client.receive(size - len(data))
    return data


def _uevent(device: Path, subsystem: str, name: str) -> bytes:
    """udev's message (systemd: src/libsystemd/sd-device/device-monitor.c)."""
    properties = "".join(
        f"{each}\0"
        for each in (
            "ACTION=add",
            f"DEVPATH=/{device}",
            f"SUBSYSTEM={subsystem}",
            f"DEVNAME=/dev/{name}",
            "SEQNUM=1",
        )
    ).encode()
    size = 40
    header = struct.pack("=8sIIIIIIII", b"libudev", 0, size, size, len(properties), 0, 0, 0, 0)
    header = (
        header[:8] + struct.pack("!I", 0xFEEDCAFE) + header[12:24] + struct.pack("!I", _hash(subsystem)) + header[28:]
    )
    return header + properties


def _hash(text: str) -> int:
    """MurmurHash2 of 32 bits, by which the kernel picks a listener's messages."""
    data, mask, m = text.encode(), 0xFFFFFFFF, 0x5BD1E995
    h = len(data)
    while len(data) >= 4:
        k = int.from_bytes(data[:4], "little") * m & mask
        k = (k ^ k >> 24) * m & mask
        h = h * m & mask ^ k
        data = data[4:]
    if data:
        h = (h ^ int.from_bytes(data, "little")) * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15
