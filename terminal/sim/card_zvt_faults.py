"""Faults to inject: at one message of a dialog, counted from the moment the fault is set, both directions together; and
at a named message of the terminal's (payment_faults), wherever it stands.

cut        the connection breaks (a serial line goes dead until the cable is plugged again)
silence    the terminal hangs: it hears and says nothing more
power-off  the plug is pulled
lose       this one message does not arrive, the connection stays
double     this one message arrives twice (only what the terminal says)
garbage    this one message arrives as nonsense (only what the terminal says)
"""

from collections.abc import Callable
from typing import Literal, get_args

import msgspec

from terminal.protocols.zvt import bitmaps
from terminal.protocols.zvt import messages as m

Kind = Literal["cut", "silence", "power-off", "lose", "double", "garbage"]
When = Literal["before", "after"]


Blow = Literal["cut", "break", "silence", "power-off", "restart", "clock-jump", "lose", "double", "garbage"]
"""What happens to the terminal. `restart` and `break`: as power-off and cut, and well again after a while."""

_INTERMEDIATE = ("intermediate", "intermediate-pin", "intermediate-host")
_RESULT = ("status-information", "print", "print-customer", "completion")
_REGISTRATION = ("registration-ack", "registration")

DIALOGUES: dict[str, tuple[str, ...]] = {
    "pay": (*_REGISTRATION, "authorise-ack", *_INTERMEDIATE, *_RESULT),
    "refund": (*_REGISTRATION, "refund-ack", *_INTERMEDIATE, *_RESULT),
    "reverse": (*_REGISTRATION, "reversal-ack", "intermediate-host", *_RESULT),
    "declined": (*_REGISTRATION, "authorise-ack", *_INTERMEDIATE, "refusal", "abort"),
    "lookup": (*_REGISTRATION, "enquiry-ack", "enquiry", "enquiry-completion"),
    "end-of-day": (
        *_REGISTRATION,
        "end-of-day-ack",
        "intermediate-end-of-day",
        "totals",
        "print-end-of-day",
        "end-of-day-completion",
    ),
    "health": ("health-ack", "health"),
    "stop": ("stop-ack",),
    "log-off": ("log-off-ack",),
}
"""What the terminal says, in its order, by name. The first of each name that comes is struck."""
POINTS: tuple[str, ...] = tuple(dict.fromkeys(point for dialogue in DIALOGUES.values() for point in dialogue))

_WRONG_BY = 100
_EURO, _KRONER = 978, 208


def wrong_amount(message: m.AnyMessage) -> m.AnyMessage:
    """A result that tells of 1.00 more than was moved."""
    return _altered(message, bitmaps.AMOUNT, lambda amount: amount + _WRONG_BY)


def wrong_currency(message: m.AnyMessage) -> m.AnyMessage:
    """A result in the other of the two currencies."""
    return _altered(message, bitmaps.CURRENCY, lambda currency: _KRONER if currency == _EURO else _EURO)


def _altered(message: m.AnyMessage, number: int, change: Callable[[int], int]) -> m.AnyMessage:
    if not isinstance(message, m.StatusInformation):
        return message
    old = message.fields.number(number)
    if old is None:
        return message
    new = bitmaps.packed(number, change(old))
    fields = tuple(new if each.number == number else each for each in message.fields.bitmaps)
    return m.StatusInformation(bitmaps.Fields(fields))


class Fault(msgspec.Struct, frozen=True):
    """`at` 1 is the next message. `before`: it does not come through any more; `after`: it does."""

    kind: Kind
    when: When
    at: int


class BadFault(ValueError):
    """The words do not name a fault."""


def parse(words: str) -> Fault:
    """From 'cut before 3'. Raises BadFault."""
    match words.split():
        case [kind, when, at] if kind in get_args(Kind) and when in get_args(When) and at.isdecimal() and len(at) < 5:
            return msgspec.convert({"kind": kind, "when": when, "at": int(at)}, Fault)
    raise BadFault(f"a fault is one of {', '.join(get_args(Kind))}, then 'before' or 'after', then a number: {words!r}")
