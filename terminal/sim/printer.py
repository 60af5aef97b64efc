"""The simulated receipt printer: one of the bench's Simulators, on TCP or on a pty."""

from pathlib import Path
from typing import Literal

import anyio
from anyio.abc import TaskStatus

from terminal.protocols.escpos.realtime import RealTimeScanner, StatusRequest

from .gate import Gate
from .paper import Paper
from .printer_machine import DrawerPulse, Machine
from .printer_wires import FarEnd, PtyFarEnd, TcpFarEnd
from .receipt import Receipt
from .simulator import Control, UnknownControl

_TICK = 0.02
SLOW_RATE = 400
"""Bytes a second that a slow printer prints, unless the control says otherwise."""
_VIEWED = 20
"""Receipts in the view."""


class SimPrinter:
    """See Simulator. An Epson TM-T88 by its code tables; `receipts` and `drawer_pulses` hold what came out of it.

    `host` and `port` (0: any free one) are for TCP, `link` is where the pty is found; None: in a folder of its own.
    `dots` is the width of the paper; `power_on_set` the international character set that its switches choose
    (4 = Denmark, where [ prints as Æ).
    """

    def __init__(
        self,
        name: str = "printer",
        *,
        wire: Literal["tcp", "pty"] = "tcp",
        host: str = "127.0.0.1",
        port: int = 0,
        link: Path | None = None,
        dots: int = 512,
        power_on_set: int = 0,
    ) -> None:
        self.name = name
        self.version = 0
        self._machine = Machine(Paper(dots, power_on_set=power_on_set), self._changed)
        self._far_end: FarEnd = (
            TcpFarEnd(host, port, self._room, self._feed)
            if wire == "tcp"
            else PtyFarEnd(name, link, self._room, self._feed)
        )
        self.address = self._far_end.address
        self._work = Gate(is_open=False)
        self._cable_out = False
        self._rate = 0
        self._cut_after: int | None = None
        self._hangs_up = False
        self._asked = RealTimeScanner()
        self._scanner = RealTimeScanner()

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Oldest first; the last one, when its `cut` is false, hangs in the printer."""
        return self._machine.paper.all_receipts()

    @property
    def drawer_pulses(self) -> tuple[DrawerPulse, ...]:
        """Every pulse on the drawer's socket, oldest first."""
        return tuple(self._machine.pulses)

    @property
    def drawer_open(self) -> bool:
        """Whether the drawer on its socket stands open."""
        return self._machine.drawer_open

    @property
    def logos_stored(self) -> int:
        """How often a picture was stored in its memory."""
        return self._machine.paper.stored_times

    async def serve(self, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """See Simulator."""

        def started() -> None:
            self.address = self._far_end.address
            task_status.started()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._motor)
            await self._far_end.serve(started)

    async def _motor(self) -> None:
        """Prints on when something was in the way, and slowly when it is slow."""
        while True:
            await self._work.wait()
            await anyio.sleep(_TICK)
            self._print(max(int(self._rate * _TICK), 1) if self._rate else None)

    def _print(self, budget: int | None = None) -> None:
        self._machine.print(budget)
        said = self._machine.take_said()
        if said:
            self._far_end.say(said)
        self._work.set(self._machine.waiting > 0)

    def _room(self) -> int:
        return self._machine.free

    async def _feed(self, data: bytes) -> bytes | None:
        taken, drop = self._until_cut(data)
        if self._hangs_up and any(isinstance(each, StatusRequest) for each in self._asked.feed(data)):
            return None
        answer = self._machine.receive(taken)
        if self._rate:
            self._work.set(True)
        else:
            self._print()
        return None if drop else answer

    def _until_cut(self, data: bytes) -> tuple[bytes, bool]:
        """How much of `data` still comes through, and whether the connection is dropped after it."""
        if self._cut_after is None:
            return data, False
        for end in range(1, len(data) + 1):
            questions = self._scanner.feed(data[end - 1 : end])
            self._cut_after -= 1 - 3 * sum(isinstance(found, StatusRequest) for found in questions)
            if self._cut_after <= 0 and not data[:end].endswith((b"\x10", b"\x10\x04")):
                self._cut_after = None
                self._changed()
                return data[:end], True
        return data, False

    # --- the bench

    def _changed(self) -> None:
        self.version += 1

    def view(self) -> dict[str, object]:
        """See Simulator."""
        machine = self._machine
        return {
            "power": machine.power,
            "online": machine.able,
            "paper": machine.paper_state,
            "lines_left": machine.lines_left,
            "cover_open": machine.cover_open,
            "cable": not self._cable_out,
            "silent": machine.silent,
            "garbage": machine.garbles,
            "hangs_up": self._hangs_up,
            "slow": bool(self._rate),
            "waiting_bytes": machine.waiting,
            "drawer_open": machine.drawer_open,
            "drawer_pulses": [{"at": p.at, "pin": p.pin, "on_ms": p.on_ms} for p in machine.pulses[-_VIEWED:]],
            "receipts": [
                {"number": r.number, "cut": r.cut, "text": r.text, "codes": [list(code) for code in r.codes]}
                for r in self.receipts[-_VIEWED:]
            ],
        }

    def controls(self) -> tuple[Control, ...]:
        """See Simulator. The switches turn over when pressed, or go where the argument 'on' or 'off' says."""
        m = self._machine
        return (
            Control("tear-off", "Tear off the receipts"),
            Control("close-drawer", "Close the drawer"),
            Control("open-drawer", "Open the drawer with its key"),
            Control("lock-drawer", "Lock the drawer: no pulse opens it", argument="on/off", pressed=m.drawer_locked),
            Control("paper-out", "Take the paper out", pressed=m.paper_state == "out"),
            Control("paper-low", "Paper nearly out", pressed=m.paper_state == "low"),
            Control("paper-ok", "Put a new roll in"),
            Control("paper-left", "Paper ends after … lines", argument="lines", pressed=m.lines_left is not None),
            Control("open-cover", "Open the cover", pressed=m.cover_open),
            Control("close-cover", "Close the cover"),
            Control("power-off", "Power off", pressed=not m.power),
            Control("power-on", "Power on"),
            Control("pull-cable", "Pull the cable", argument="on/off", pressed=self._cable_out),
            Control("silence", "Answer no status", argument="on/off", pressed=m.silent),
            Control("garbage", "Answer nonsense", argument="on/off", pressed=m.garbles),
            Control("hang-up", "Hang up when asked for the status", argument="on/off", pressed=self._hangs_up),
            Control("forget", "Forget the rest of the next job", argument="bytes", pressed=m.forget_after is not None),
            Control("slow", "Print slowly", argument="bytes/s", pressed=bool(self._rate)),
            Control(
                "cut-mid-job", "Drop the connection in the next job", argument="bytes", pressed=bool(self._cut_after)
            ),
            Control("cutter-error", "Jam the cutter", argument="on/off", pressed=m.cutter_stuck),
            Control("overheat", "Overheat the head", argument="on/off", pressed=m.overheated),
            Control("offline", "Press the printer's offline button", argument="on/off", pressed=m.offline),
        )

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        m = self._machine
        match control:
            case "tear-off":
                m.paper.tear_off()
            case "close-drawer":
                m.drawer_open = False
            case "open-drawer":
                m.drawer_open = True
            case "paper-out" | "paper-low" | "paper-ok":
                m.paper_state = "out" if control == "paper-out" else "low" if control == "paper-low" else "ok"
                m.lines_left = None
            case "paper-left":
                m.lines_left = _number(control, argument, 1, 100_000)
                m.paper_state = "low"
            case "open-cover" | "close-cover":
                m.cover_open = control == "open-cover"
            case "power-off":
                m.power_off()
                self._far_end.power(False)
            case "power-on":
                m.power = True
                self._far_end.power(True)
            case "cut-mid-job":
                self._cut_after = _number(control, argument or "100", 1, 1 << 20)
                self._scanner = RealTimeScanner()
            case "forget":
                off = argument in ("off", "0") or (m.forget_after is not None and not argument)
                m.forget_after = None if off else _number(control, argument or "100", 1, 1 << 20)
            case "slow":
                self._rate = (
                    0
                    if argument in ("off", "0") or (self._rate and not argument)
                    else (SLOW_RATE if argument in ("", "on") else _number(control, argument, 1, 1 << 20))
                )
            case _:
                self._switch(control, argument)
        self._changed()
        self._work.set(True)

    def _switch(self, control: str, argument: str) -> None:
        m = self._machine
        match control:
            case "pull-cable":
                self._cable_out = _on(argument, self._cable_out)
                self._far_end.plug(not self._cable_out)
            case "silence":
                m.silent = _on(argument, m.silent)
            case "garbage":
                m.garbles = _on(argument, m.garbles)
            case "hang-up":
                self._hangs_up = _on(argument, self._hangs_up)
            case "lock-drawer":
                m.drawer_locked = _on(argument, m.drawer_locked)
            case "cutter-error":
                m.cutter_stuck = _on(argument, m.cutter_stuck)
            case "overheat":
                m.overheated = _on(argument, m.overheated)
            case "offline":
                m.offline = _on(argument, m.offline)
            case _:
                raise UnknownControl(f"the printer has no control {control!r}")


def _on(argument: str, now: bool) -> bool:
    """Where a switch goes."""
    if argument not in ("", "on", "off"):
        raise UnknownControl(f"a switch goes 'on' or 'off', not {argument!r}")
    return not now if not argument else argument == "on"


def _number(control: str, argument: str, low: int, high: int) -> int:
    if not (argument.isascii() and argument.isdigit() and len(argument) < 9 and low <= int(argument) <= high):
        raise UnknownControl(f"{control} wants a number from {low} to {high}, not {argument!r}")
    return int(argument)
