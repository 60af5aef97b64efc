"""What a payment's state and sums say about the money: one value of a closed set.

The state alone does not tell: a capture, a refund and a cancellation after approval all leave it AUTHORIZED (schema
State), and only the sums say which it was.
"""

from enum import Enum

from .messages import Money, Payment


class Standing(Enum):
    """Where a payment stands."""

    WAITING = "waiting"
    """CREATED: the customer has not answered."""
    ABORTED = "aborted"
    """The customer said no."""
    EXPIRED = "expired"
    """The customer said nothing."""
    WITHDRAWN = "withdrawn"
    """TERMINATED: we called it off, before approval or after it; nothing was captured."""
    HELD = "held"
    """Approved: the money is reserved, and nothing more was done."""
    RELEASED = "released"
    """Approved, and then all of it was let go."""
    TAKEN = "taken"
    """Captured, all of it."""
    RETURNED = "returned"
    """Captured, and some or all was given back."""
    ODD = "odd"
    """Sums that do not go together, or are not those that were asked for: a person has to look."""


OVER = frozenset({Standing.ABORTED, Standing.EXPIRED, Standing.WITHDRAWN, Standing.RELEASED})
"""No money has moved, and none will."""


def standing(payment: Payment, asked: Money | None = None) -> Standing:
    """`asked`: what the payment was created with; any other amount or currency is ODD."""
    if asked is not None and payment.amount != asked:
        return Standing.ODD
    whole = payment.amount.value
    sums = payment.aggregate
    held, let_go = sums.authorized_amount.value, sums.cancelled_amount.value
    taken, back = sums.captured_amount.value, sums.refunded_amount.value
    if back > taken or (taken and taken + let_go > held) or held not in (0, whole):
        return Standing.ODD
    match payment.state:
        case "CREATED":
            return Standing.ODD if held or taken or let_go else Standing.WAITING
        case "ABORTED":
            return Standing.ODD if taken else Standing.ABORTED
        case "EXPIRED":
            return Standing.ODD if taken else Standing.EXPIRED
        case "TERMINATED":
            return Standing.ODD if taken else Standing.WITHDRAWN
        case "AUTHORIZED":
            return _authorized(whole, held, let_go, taken, back)


def _authorized(whole: int, held: int, let_go: int, taken: int, back: int) -> Standing:
    if held != whole:
        return Standing.ODD
    if taken == whole:
        return Standing.RETURNED if back else Standing.TAKEN
    if taken == 0 and let_go in (0, whole):
        return Standing.RELEASED if let_go else Standing.HELD
    return Standing.ODD
