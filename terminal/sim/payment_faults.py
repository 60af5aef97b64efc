"""What every simulator of a means of payment offers, so that one generated test can drive them all.

A fault is armed at a point, strikes once when the dialogue comes there next, and then all is well again. One that does
not apply there (a wrong amount in a message without one) does nothing visible, and counts as struck all the same.

silence         the message is never sent; the connection stays
delay           the message is sent after `delay_s`
cut-before      the connection is cut when the message is about to be sent (what it tells of has happened)
cut-after       the connection is cut right after the message was sent
duplicate       the message is sent twice
garbage         random bytes are sent in its place
wrong-amount    the result tells of another amount than was moved
wrong-currency  the result tells of another currency
power-off       everything stops, the connections die; what the protocol has not committed is taken back at power-on,
                which comes after `off_s`
late-answer     the message is sent after `late_s`: the other side's patience has ended
clock-jump      the device's clock jumps a day back, and stays there
"""

from typing import Literal, Protocol, get_args, runtime_checkable

import msgspec

Point = str
"""A place of the dialogue, by name: for ZVT 'registration', 'status-information'; for a service the call: 'capture'."""

Fault = Literal[
    "silence",
    "delay",
    "cut-before",
    "cut-after",
    "duplicate",
    "garbage",
    "wrong-amount",
    "wrong-currency",
    "power-off",
    "late-answer",
    "clock-jump",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)

POINT_AND_FAULT = "point fault"
"""The hint of a control that arms a fault by words; the bench page has lists to choose from instead."""

MoveKind = Literal["sale", "refund", "reversal"]


class BadFault(ValueError):
    """No such point or no such fault. The message is one English sentence."""


class Move(msgspec.Struct, frozen=True):
    """Money that has really moved. Their sum is what the customer has lost."""

    amount: int
    """Signed minor units: a sale (with its tip) is positive, a refund and a reversal negative."""
    key: str
    """The intent's key; where a protocol has none, the device's trace."""
    kind: MoveKind


@runtime_checkable
class PaymentSim(Protocol):
    """The part of a simulator that a test of faults uses."""

    delay_s: float
    """Of 'delay'. 0.3 unless set."""
    late_s: float
    """Of 'late-answer'; to be set above the other side's patience."""
    off_s: float
    """From 'power-off' to power on again."""

    @property
    def points(self) -> tuple[Point, ...]:
        """Every place where a fault can strike, in the order of the dialogue."""

    @property
    def faults(self) -> tuple[str, ...]:
        """Every fault, by name: FAULTS."""

    @property
    def armed(self) -> dict[Point, Fault]:
        """What waits for its point."""

    @property
    def struck(self) -> int:
        """How many armed faults have struck."""

    @property
    def ledger(self) -> tuple[Move, ...]:
        """Money that really moved, oldest first."""

    def arm(self, point: str, fault: str) -> None:
        """Strike at the next time the dialogue comes to the point, once. Raises BadFault."""

    def heal(self) -> None:
        """Forget what is armed; serve normally: switched on, plugged in, not hanging."""


class Armed:
    """The faults that wait, at most one a point, and how many have struck."""

    def __init__(self, points: tuple[Point, ...]) -> None:
        self.points = points
        self.struck = 0
        self._waiting: dict[Point, Fault] = {}

    @property
    def waiting(self) -> dict[Point, Fault]:
        """What is armed, for the bench."""
        return dict(self._waiting)

    def arm(self, point: str, fault: str) -> None:
        """See PaymentSim."""
        if point not in self.points:
            raise BadFault(f"a point is one of {', '.join(self.points)}, not {point!r}")
        for each in FAULTS:
            if each == fault:
                self._waiting[point] = each
                return
        raise BadFault(f"a fault is one of {', '.join(FAULTS)}, not {fault!r}")

    def heal(self) -> None:
        """Forget what is armed."""
        self._waiting.clear()

    def strike(self, point: Point) -> Fault | None:
        """The dialogue has come to a point: what strikes there now. It is counted, and never comes again."""
        fault = self._waiting.pop(point, None)
        if fault is not None:
            self.struck += 1
        return fault


class WithArmed:
    """The part of a PaymentSim that is nothing but its armed faults."""

    _armed: Armed

    @property
    def points(self) -> tuple[Point, ...]:
        """See PaymentSim."""
        return self._armed.points

    @property
    def faults(self) -> tuple[str, ...]:
        """See PaymentSim."""
        return FAULTS

    @property
    def armed(self) -> dict[Point, Fault]:
        """See PaymentSim."""
        return self._armed.waiting

    @property
    def struck(self) -> int:
        """See PaymentSim."""
        return self._armed.struck
