"""A simulated ZVT card terminal, over TCP or over a pty with the serial line's frames.

    card_zvt_machine   what it does: card, PIN, host, commit
    card_zvt_ledger    the money it has moved; a file, so that it survives its own restart
    card_zvt_says      its results, totals and receipts as messages
    card_zvt_talk      its side of the protocol, and the faults
    card_zvt_wires     the two wires

Controls: see `controls`. What a person does at the terminal works when the terminal waits for it, as at a real one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import anyio
import msgspec
from anyio.abc import TaskStatus

from . import card_zvt_texts as texts
from . import payment_faults as pf
from .card_zvt_faults import DIALOGUES, POINTS, BadFault, Blow, Fault, parse
from .card_zvt_ledger import Ledger, Move
from .card_zvt_machine import Machine, Pace
from .card_zvt_talk import Talk
from .card_zvt_wires import FarEnd, PtyFarEnd, TcpFarEnd
from .gate import Gate
from .simulator import Control, UnknownControl

_VIEWED = 50
_LONGEST_AUTO = 600_000


def _local_time() -> datetime:
    return datetime.now().astimezone()


class SimCardTerminal:
    """One terminal. A Simulator and a PaymentSim."""

    def __init__(
        self,
        *,
        wire: Literal["tcp", "pty"] = "tcp",
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "card",
        state_file: Path | None = None,
        pace: Pace | None = None,
        auto_ms: int | None = None,
        language: texts.Language = "da",
        now: Callable[[], datetime] = _local_time,
    ) -> None:
        """`port` 0: any free one. `auto_ms`: as if the control 'auto' had been pressed with it."""
        pace = pace or Pace()
        self.name = name
        self.version = 0
        self._language: texts.Language = language
        self._far_end: FarEnd = TcpFarEnd(host, port) if wire == "tcp" else PtyFarEnd(name, t1=0.2, t2=pace.t2)
        self._talk = Talk(self._far_end, t3=pace.t3, strike=self._strike)
        self._ledger = Ledger(state_file)
        self._clock, self._clock_behind = now, timedelta()
        self._machine = Machine(self._talk, self._ledger, pace=pace, now=self._now, changed=self._changed)
        self._machine.auto = None if auto_ms is None else auto_ms / 1000
        self._on = Gate()
        self._life: anyio.CancelScope | None = None
        self.off_s = 0.5
        self._mend = anyio.Event()
        self._cable_out = False
        self._silent = False
        self._noise = 0

    @property
    def address(self) -> str:
        """See Simulator."""
        return self._far_end.address

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every payment that the host approved, and what became of it, oldest first."""
        return self._ledger.moves

    @property
    def moved(self) -> int:
        """Minor units that have gone to the shop for good."""
        return self._ledger.moved

    async def serve(self, *, task_status: TaskStatus[None]) -> None:
        """See Simulator."""
        running = False

        def started() -> None:
            nonlocal running
            if not running:
                running = True
                task_status.started()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._live)
            tasks.start_soon(self._mends)
            await self._far_end.serve(self._talk, started)

    async def _live(self) -> None:
        """Power on to power off, again and again."""
        while True:
            await self._on.wait()
            self._ledger.reverse_pending()
            self._talk.forget()
            self._machine.forget()
            with anyio.CancelScope() as self._life:
                await self._machine.run()

    async def _mends(self) -> None:
        """Somebody switches it on again and puts the cable back, after a fault that strikes once."""
        while True:
            await self._mend.wait()
            self._mend = anyio.Event()
            await anyio.sleep(self.off_s)
            self._well_again()

    def _well_again(self) -> None:
        if self._cable_out:
            self._plug(in_=True)
        if not self._on.is_open:
            self._power_on()
        self._changed()

    def _now(self) -> datetime:
        return self._clock() - self._clock_behind

    def switch(self, *, on: bool) -> None:
        """The power."""
        if on:
            self._power_on()
        else:
            self._power_off()

    def _power_off(self) -> None:
        self._on.set(is_open=False)
        self._far_end.power(on=False)
        self._machine.shown, self._machine.state, self._machine.amount = "off", "idle", 0
        if self._life is not None:
            self._life.cancel()
        self._changed()

    def _power_on(self) -> None:
        self._silence(on=False)
        self._far_end.power(on=True)
        self._on.set(is_open=True)

    def _silence(self, *, on: bool) -> None:
        self._silent = on
        self._far_end.mute(on=on)

    def _plug(self, *, in_: bool) -> None:
        self._cable_out = not in_
        self._far_end.plug(in_=in_)

    def _strike(self, kind: Blow) -> None:
        """A fault's moment has come. Those that are not here strike the message, not the terminal."""
        if kind in ("power-off", "restart"):
            self._power_off()
        elif kind == "clock-jump":
            self._clock_behind += timedelta(days=1)
        elif kind == "silence":
            self._silence(on=True)
        elif kind in ("cut", "break"):
            if isinstance(self._far_end, TcpFarEnd):
                self._far_end.cut()
            else:
                self._plug(in_=False)
        if kind in ("restart", "break"):
            self._mend.set()
        self._changed()

    # --- faults

    @property
    def points(self) -> tuple[pf.Point, ...]:
        """See PaymentSim. Which of them a dialogue passes: `points_of`."""
        return POINTS

    def points_of(self, dialogue: str) -> tuple[pf.Point, ...]:
        """The points of one dialogue in their order: 'pay', 'refund', 'reverse', 'declined', 'lookup', …"""
        return DIALOGUES[dialogue]

    @property
    def faults(self) -> tuple[str, ...]:
        """See PaymentSim."""
        return pf.FAULTS

    @property
    def armed(self) -> dict[pf.Point, pf.Fault]:
        """See PaymentSim."""
        return self._talk.armed.waiting

    @property
    def struck(self) -> int:
        """See PaymentSim."""
        return self._talk.armed.struck

    @property
    def ledger(self) -> tuple[pf.Move, ...]:
        """See PaymentSim. The key is the terminal's trace."""
        return tuple(
            pf.Move(move.signed, f"{move.trace:06d}", move.kind) for move in self.moves if move.state == "moved"
        )

    @property
    def delay_s(self) -> float:
        """See PaymentSim."""
        return self._talk.delay_s

    @delay_s.setter
    def delay_s(self, seconds: float) -> None:
        self._talk.delay_s = seconds

    @property
    def late_s(self) -> float:
        """See PaymentSim."""
        return self._talk.late_s

    @late_s.setter
    def late_s(self, seconds: float) -> None:
        self._talk.late_s = seconds

    def arm(self, point: str, fault: str) -> None:
        """See PaymentSim."""
        self._talk.armed.arm(point, fault)
        self._changed()

    def heal(self) -> None:
        """See PaymentSim. The clock is right again, too."""
        self._talk.armed.heal()
        self._talk.arm(None)
        self._clock_behind = timedelta()
        self._silence(on=False)
        self._well_again()

    # --- the bench

    def _changed(self) -> None:
        self.version += 1

    def view(self) -> dict[str, object]:
        """See Simulator."""
        machine = self._machine
        return {
            "power": self._on.is_open,
            "cable": not self._cable_out,
            "silent": self._silent,
            "state": machine.state,
            "display": texts.shown("hung" if self._silent else machine.shown, self._language, machine.amount),
            "amount": machine.amount,
            "auto_ms": None if machine.auto is None else round(machine.auto * 1000),
            "partial": machine.partial,
            "tip": machine.tip,
            "armed": dict(self._talk.armed.waiting),
            "struck": self.struck,
            "fault": msgspec.to_builtins(self._talk.fault),
            "moved": self.moved,
            "payments": [msgspec.to_builtins(move) for move in self.moves[-_VIEWED:]],
        }

    def controls(self) -> tuple[Control, ...]:
        """See Simulator. Switches turn over when pressed, or go where the argument 'on' or 'off' says."""
        machine = self._machine
        return (
            Control("insert-card", "Insert card"),
            Control("decline", "Insert a card that the bank declines"),
            Control("cancel", "Press the red key"),
            Control("partial", "Approve only … øre, once", argument="øre", pressed=machine.partial is not None),
            Control("tip", "The customer adds … øre, once", argument="øre", pressed=machine.tip is not None),
            Control(
                "receipt-wrong",
                "Receipts say 1.00 more than was moved",
                argument="on/off",
                pressed=machine.receipt_says_more > 0,
            ),
            Control("auto", "Approve by itself after … ms", argument="ms", pressed=machine.auto is not None),
            Control("pull-cable", "Pull the cable", pressed=self._cable_out),
            Control("plug-cable", "Put the cable back"),
            Control("power-off", "Power off", pressed=not self._on.is_open),
            Control("power-on", "Power on"),
            Control("silence", "Hang", argument="on/off", pressed=self._silent),
            Control("noise", "Disturb the next … frames of a serial line", argument="frames"),
            Control("fault", "Fault at a message", argument="text", pressed=self._talk.fault is not None),
            Control(
                "strike",
                "Fault at a point, once",
                argument=pf.POINT_AND_FAULT,
                pressed=bool(self._talk.armed.waiting),
            ),
            Control("heal", "Take all faults away"),
        )

    def _arm(self, words: str) -> None:
        point, _, fault = words.partition(" ")
        try:
            self.arm(point, fault)
        except pf.BadFault as error:
            raise UnknownControl(str(error)) from error

    async def press(self, control: str, argument: str = "") -> None:
        """See Simulator."""
        match control:
            case "insert-card":
                self._talk.press("card")
            case "decline" | "cancel":
                self._talk.press(control)
            case "partial":
                self._machine.partial = None if argument == "off" else _number(control, argument, 1, 10**12 - 1)
            case "tip":
                self._machine.tip = None if argument == "off" else _number(control, argument, 1, 10**9)
            case "receipt-wrong":
                on = _switch(argument, self._machine.receipt_says_more > 0)
                self._machine.receipt_says_more = 100 if on else 0
            case "strike":
                self._arm(argument)
            case "heal":
                self.heal()
            case "auto":
                off = argument == "off" or (not argument and self._machine.auto is not None)
                self._machine.auto = None if off else _number(control, argument or "500", 0, _LONGEST_AUTO) / 1000
            case "pull-cable" | "plug-cable":
                self._plug(in_=control == "plug-cable")
            case "power-off":
                self._power_off()
            case "power-on":
                self._power_on()
            case "silence":
                self._silence(on=_switch(argument, self._silent))
            case "noise":
                self._far_end.spoil(_number(control, argument or "1", 0, 1000))
            case "fault":
                self._talk.arm(_fault(argument))
            case _:
                raise UnknownControl(f"the card terminal has no control {control!r}")
        self._changed()


def _switch(argument: str, now: bool) -> bool:
    """Where a switch goes."""
    if argument not in ("", "on", "off"):
        raise UnknownControl(f"a switch goes 'on' or 'off', not {argument!r}")
    return not now if not argument else argument == "on"


def _number(control: str, argument: str, low: int, high: int) -> int:
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 14 and low <= int(argument) <= high):
        raise UnknownControl(f"{control} wants a number from {low} to {high}, not {argument!r}")
    return int(argument)


def _fault(argument: str) -> Fault | None:
    try:
        return None if argument == "off" else parse(argument)
    except BadFault as error:
        raise UnknownControl(str(error)) from error
