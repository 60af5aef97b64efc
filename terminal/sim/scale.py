"""The simulated scale: one of the bench's Simulators, on a pty that is found under a link, as the scanner's is."""

import os
import pty
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import anyio
from anyio.abc import TaskStatus

from .gate import Gate
from .pty_port import link_for, open_port
from .scale_machine import CAPACITY, SPEAKERS, Pan, with_parity
from .simulator import Control, UnknownControl

SLOW_MS = 50
"""Between two bytes of a slow scale, unless the control says otherwise."""
_GARBAGE = 12


class SimScale:
    """See Simulator. `protocol` as in the till's settings; `link` is where the till finds it, None: in a folder of its
    own; `settle_ms`: how long it moves after its load has changed.
    """

    def __init__(
        self,
        name: str = "scale",
        *,
        protocol: str = "toledo-8217",
        link: Path | None = None,
        settle_ms: int = 0,
        seed: int = 0,
    ) -> None:
        self.name = name
        self.version = 0
        self.address = str(link or "")
        self.pan = Pan(settle_ms)
        self.questions = 0
        """Bytes that the till has sent."""
        self._protocol = protocol
        self._given = link
        self._silent = self._garbage = self._half = self._parity = False
        self._slow_ms = 0
        self._random = random.Random(seed)
        self._plugged = Gate()
        self._elsewhere = False
        self._session: anyio.CancelScope | None = None
        self._showed = _shown(self.pan)
        """On the bench, last."""

    async def serve(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """See Simulator. Raises OSError when the link cannot be made."""
        with link_for(self.name, self._given) as link:
            self.address = str(link)
            with open_port(link) as port:
                task_status.started()
                await self._answer_all(port)
            while True:
                await self._plugged.wait()
                with _number_taken(self._elsewhere), open_port(link) as port:
                    self._elsewhere = False
                    self._changed()
                    await self._answer_all(port)

    async def _answer_all(self, port: int) -> None:
        """Until it is unplugged."""
        speaker = SPEAKERS[self._protocol]()
        with anyio.CancelScope() as self._session:
            while True:
                await anyio.wait_readable(port)
                if _shown(self.pan) != self._showed:
                    # It has come to rest by itself.
                    self._changed()
                for byte in os.read(port, 4096):
                    self.questions += 1
                    if not self._silent:
                        await self._send(port, self._spoilt(speaker.hear(byte, self.pan)))

    def _spoilt(self, answer: bytes) -> bytes:
        if not answer:
            return answer
        if self._garbage:
            return self._random.randbytes(_GARBAGE)
        if self._half:
            return answer[: len(answer) // 2]
        return with_parity(answer) if self._parity else answer

    async def _send(self, port: int, data: bytes) -> None:
        for byte in data:
            if self._slow_ms:
                await anyio.sleep(self._slow_ms / 1000)
            # A till that does not read loses what it is told, as on a line without flow control.
            with suppress(BlockingIOError):
                os.write(port, bytes((byte,)))

    # --- the bench

    def _changed(self) -> None:
        self.version += 1
        self._showed = _shown(self.pan)

    def view(self) -> dict[str, object]:
        """See Simulator."""
        return {
            "display": (_shown(self.pan),),
            "protocol": self._protocol,
            "plugged": self._plugged.is_open,
            "tare": self.pan.tare,
            "slow_ms": self._slow_ms,
        }

    def controls(self) -> tuple[Control, ...]:
        """See Simulator."""
        return (
            Control("load", "Put on it", argument="grams"),
            Control("empty", "Empty it"),
            Control("tare", "Tare", argument="grams", pressed=bool(self.pan.tare)),
            Control("motion", "In motion", argument="on/off", pressed=self.pan.shaken),
            Control("over", "Overloaded", argument="on/off", pressed=self.pan.over),
            Control("not-zero", "Zero lost", argument="on/off", pressed=self.pan.not_zero),
            Control("silence", "Silent", argument="on/off", pressed=self._silent),
            Control("garbage", "Garbage", argument="on/off", pressed=self._garbage),
            Control("half", "Half an answer", argument="on/off", pressed=self._half),
            Control("parity", "Wrong parity", argument="on/off", pressed=self._parity),
            Control("slow", "Answer slowly", argument="ms", pressed=bool(self._slow_ms)),
            Control("unplug", "Unplug", pressed=not self._plugged.is_open),
            Control("plug", "Plug in"),
            Control("replug-elsewhere", "Plug into another port"),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator. Below zero is a load too: a part of the scale was taken off."""
        match control:
            case "load":
                self.pan.put(_grams(argument, -CAPACITY))
            case "empty":
                self.pan.put(0)
            case "tare":
                self.pan.tare = _grams(argument, 0) if argument else 0
            case "motion":
                self.pan.shaken = _switch(argument, self.pan.shaken)
            case "over":
                self.pan.over = _switch(argument, self.pan.over)
            case "not-zero":
                self.pan.not_zero = _switch(argument, self.pan.not_zero)
            case "silence":
                self._silent = _switch(argument, self._silent)
            case "garbage":
                self._garbage = _switch(argument, self._garbage)
            case "half":
                self._half = _switch(argument, self._half)
            case "parity":
                self._parity = _switch(argument, self._parity)
            case "slow":
                self._slow_ms = 0 if argument == "off" or (self._slow_ms and not argument) else _milliseconds(argument)
            case "unplug":
                self._unplug()
            case "plug":
                self._plugged.set(True)
            case "replug-elsewhere":
                self._elsewhere = True
                self._unplug()
                self._plugged.set(True)
            case _:
                raise UnknownControl(f"the scale has no control {control!r}")
        self._changed()

    def _unplug(self) -> None:
        self._plugged.set(False)
        if self._session is not None:
            self._session.cancel()


@contextmanager
def _number_taken(wanted: bool) -> Iterator[None]:
    """Hold the kernel's next number of a pty, so that the port comes back under another one."""
    if not wanted:
        yield
        return
    held = pty.openpty()
    try:
        yield
    finally:
        for fd in held:
            os.close(fd)


def _shown(pan: Pan) -> str:
    if pan.is_over:
        return "------"
    sign, size = "-" if pan.net < 0 else "", abs(pan.net)
    return f"{sign}{size // 1000}.{size % 1000:03} kg{'  net' if pan.tare else ''}{'  ~' if pan.in_motion else ''}"


def _switch(argument: str, now: bool) -> bool:
    if argument not in ("", "on", "off"):
        raise UnknownControl(f"a switch is on or off, not {argument!r}")
    return not now if not argument else argument == "on"


def _grams(argument: str, least: int) -> int:
    digits = argument.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and least <= int(argument) <= 99_999):
        raise UnknownControl(f"grams are a whole number from {least} to 99999, not {argument!r}")
    return int(argument)


def _milliseconds(argument: str) -> int:
    argument = argument if argument not in ("", "on") else str(SLOW_MS)
    if not (argument.isascii() and argument.isdigit() and len(argument) < 6 and 0 < int(argument) <= 10_000):
        raise UnknownControl(f"slow wants milliseconds from 1 to 10000, not {argument!r}")
    return int(argument)
