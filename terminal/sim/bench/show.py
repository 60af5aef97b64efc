"""From a simulator's view and controls to what the page draws.

The page knows no device. It knows a few words of a view and draws them as what they are (`display`: lines on a small
screen; `receipts`: paper; `drawer_open`, `drawer_pulses`: a cash drawer); everything else is a name and a value.
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec

from terminal.sim.simulator import Control, Simulator

_TITLES = {
    "printer": "Receipt printer",
    "card": "Card terminal",
    "card-nexo": "Card terminal (nexo)",
    "mobilepay": "Vipps MobilePay",
}
_GREEN = ("insert", "present", "tap", "approve", "pin-ok", "confirm")
_RED = ("cancel", "decline", "abort", "stop", "reject", "remove")
_SWITCH = "on/off"
"""The hint of a control that turns over when it is pressed without argument."""
_LAST = 6
"""Rows of a list that are shown, newest first."""


class Key(msgspec.Struct, frozen=True):
    """A control as a button. `ask` is what stands in the field beside it; `choices` can be chosen there instead."""

    name: str
    label: str
    ask: str
    choices: tuple[str, ...]
    pressed: bool
    tone: str
    """'green', 'red' or ''."""


class Gauge(msgspec.Struct, frozen=True):
    """A name and a value."""

    label: str
    text: str


class Register(msgspec.Struct, frozen=True):
    """A list that the simulator keeps, newest first."""

    label: str
    rows: tuple[str, ...]


class Paper(msgspec.Struct, frozen=True):
    """A receipt. `version` changes when more of it is printed."""

    number: int
    cut: bool
    text: str
    version: int


class Drawer(msgspec.Struct, frozen=True):
    """A cash drawer. `pulse` says what opened it."""

    is_open: bool
    pulse: str


class Device(msgspec.Struct, frozen=True):
    """One simulator, ready to be drawn."""

    name: str
    title: str
    address: str
    keys: tuple[Key, ...]
    display: tuple[str, ...] | None
    drawer: Drawer | None
    papers: tuple[Paper, ...] | None
    """Newest first."""
    gauges: tuple[Gauge, ...]
    registers: tuple[Register, ...]


def device(simulator: Simulator) -> Device:
    """What there is to see of a simulator now."""
    view = dict(simulator.view())
    display = _take(view, "display", _display)
    drawer = _drawer(view)
    papers = _take(view, "receipts", _papers)
    gauges: list[Gauge] = []
    registers: list[Register] = []
    for name, value in view.items():
        if isinstance(value, list | tuple):
            registers.append(Register(_words(name), tuple(_row(row) for row in value[: -_LAST - 1 : -1])))
        else:
            gauges.append(Gauge(_words(name), _row(value)))
    return Device(
        name=simulator.name,
        title=_TITLES.get(simulator.name, simulator.name.capitalize()),
        address=simulator.address,
        keys=tuple(_key(control) for control in simulator.controls() if control.name != "scan"),
        display=display,
        drawer=drawer,
        papers=papers,
        gauges=tuple(gauges),
        registers=tuple(registers),
    )


def _take(view: dict[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return read(view.pop(name)) if name in view else None


def _key(control: Control) -> Key:
    tone = "green" if control.name.startswith(_GREEN) else "red" if control.name.startswith(_RED) else ""
    ask = "" if control.argument == _SWITCH else control.argument
    # 'cr/lf/tab' is a choice, 'bytes/s' is a rate.
    choices = tuple(ask.split("/")) if ask.count("/") > 1 else ()
    return Key(control.name, control.label, ask, choices, control.pressed, tone)


def _display(value: Any) -> tuple[str, ...]:
    return tuple(value.splitlines() if isinstance(value, str) else (str(line) for line in value))


def _drawer(view: dict[str, Any]) -> Drawer | None:
    if "drawer_open" not in view:
        return None
    pulses = view.pop("drawer_pulses", ())
    pulse = ""
    if pulses:
        last = msgspec.convert(pulses[-1], dict[str, float])
        at = time.strftime("%H:%M:%S", time.localtime(last["at"]))
        pulse = f"{last['on_ms']:.0f} ms on pin {last['pin']:.0f} at {at}"
    return Drawer(bool(view.pop("drawer_open")), pulse)


def _papers(value: Any) -> tuple[Paper, ...]:
    return tuple(
        Paper(each["number"], each["cut"], each["text"], len(each["text"]) + each["cut"]) for each in reversed(value)
    )


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _text(value: object) -> str:
    match value:
        case True:
            return "yes"
        case False:
            return "no"
        case None | "":
            return "–"
        case _:
            return visible(str(value))


def _row(row: object) -> str:
    match row:
        case dict():
            return ", ".join(f"{_words(str(name)).lower()} {_text(value)}" for name, value in row.items())
        case list() | tuple():
            return " ".join(_text(value) for value in row)
        case _:
            return _text(row)


def visible(text: str) -> str:
    """The text with its control characters to be seen: GS as the scanner's field takes it, the others as pictures."""
    return "".join(chr(0x2400 + ord(char)) if char < " " else char for char in text.replace("\x1d", "<GS>"))


def _visible_lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.split("\n"))


FILTERS: dict[str, Callable[[str], str]] = {"visible": visible, "visible_lines": _visible_lines}
"""For the templates."""
