"""From a simulator's view and controls to what the page draws.

The page knows no device. It knows a few words of a view and draws them as what they are (`display`: lines on a small
screen; `receipts`: paper; `drawer_open`, `drawer_pulses`: a cash drawer; `waiting`: payments on customers' phones);
everything else is a name and a value. What can be spoilt (PaymentSim) gets lists of points and faults.
"""

import time
from collections.abc import Callable
from typing import Any

import msgspec
from markupsafe import Markup

from terminal.sim.payment_faults import POINT_AND_FAULT, PaymentSim
from terminal.sim.simulator import Control, Simulator

from .symbols import qr

_TITLES = {
    "printer": "Receipt printer",
    "scale": "Scale on the counter",
    "display": "Customer display",
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


class Phone(msgspec.Struct, frozen=True):
    """A payment that waits for its customer."""

    reference: str
    amount: str
    """In kroner."""
    picture: Markup
    """Of the QR code that the till shows; empty when the service knew the customer."""
    code: str
    """What the QR code says."""
    customer: str


class Faults(msgspec.Struct, frozen=True):
    """What can be spoilt where, and what is armed."""

    points: tuple[str, ...]
    faults: tuple[str, ...]
    armed: tuple[str, ...]
    struck: int


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
    phones: tuple[Phone, ...] | None
    """Newest first."""
    faults: Faults | None
    gauges: tuple[Gauge, ...]
    registers: tuple[Register, ...]


def device(simulator: Simulator) -> Device:
    """What there is to see of a simulator now."""
    view = dict(simulator.view())
    display = _take(view, "display", _display)
    drawer = _drawer(view)
    papers = _take(view, "receipts", _papers)
    phones = _take(view, "waiting", _phones)
    faults = _faults(simulator, view)
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
        keys=tuple(_key(control) for control in simulator.controls() if not _is_elsewhere(control, phones, faults)),
        display=display,
        drawer=drawer,
        papers=papers,
        phones=phones,
        faults=faults,
        gauges=tuple(gauges),
        registers=tuple(registers),
    )


def _is_elsewhere(control: Control, phones: tuple[Phone, ...] | None, faults: Faults | None) -> bool:
    """Whether the page has it in another shape: on the shelf, beside a phone, among the faults."""
    if control.name in ("approve", "reject"):
        return phones is not None
    if control.name == "heal" or control.argument == POINT_AND_FAULT:
        return faults is not None
    return control.name == "scan"


def _phones(value: Any) -> tuple[Phone, ...]:
    return tuple(
        Phone(
            each["reference"],
            f"{each['amount'] / 100:.2f}",
            Markup(qr(each["qr"]) if each["qr"] else ""),  # noqa: S704 (drawn, not written)
            each["qr"],
            each["customer"],
        )
        for each in reversed(value)
    )


def _faults(simulator: Simulator, view: dict[str, Any]) -> Faults | None:
    if not isinstance(simulator, PaymentSim):
        return None
    for name in ("armed", "faults", "struck"):
        view.pop(name, None)
    armed = tuple(f"{fault} at {point}" for point, fault in simulator.armed.items())
    return Faults(simulator.points, simulator.faults, armed, simulator.struck)


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
