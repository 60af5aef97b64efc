"""Faults to inject at one message of a dialog, counted from the moment the fault is set, both directions together.

cut        the connection breaks (a serial line goes dead until the cable is plugged again)
silence    the terminal hangs: it hears and says nothing more
power-off  the plug is pulled
lose       this one message does not arrive, the connection stays
double     this one message arrives twice (only what the terminal says)
garbage    this one message arrives as nonsense (only what the terminal says)
"""

from typing import Literal, get_args

import msgspec

Kind = Literal["cut", "silence", "power-off", "lose", "double", "garbage"]
When = Literal["before", "after"]


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
