"""The states of a payment, as one table: card, MobilePay, gift card; paying, refunding and reversing alike.

The picture in terminal/README.md is drawn from TRANSITIONS. A payment that is not final at a start becomes IN_DOUBT and
is asked about (app/paying.py). There is no way from IN_DOUBT to a second command that moves money, and none by force: a
person who settles it says what has happened, and is named.
"""

from enum import StrEnum

from . import events
from .payment import Declined, IntentId


class PaymentState(StrEnum):
    """Where a payment stands."""

    INTENT = "intent"
    """Journalled, not sent."""
    SENT = "sent"
    """The command left, or may have."""
    APPROVED_UNACKED = "approved-unacked"
    """Approved and durable here; the other side has not heard so."""
    ACKED = "acked"
    """The acknowledgement has left; that it arrived is not known yet."""
    IN_DOUBT = "in-doubt"
    """Only the other side, or a person, can tell."""
    DONE = "done"
    """The money has moved."""
    DECLINED = "declined"
    """The terminal, the host or the service said no."""
    CANCELLED = "cancelled"
    """It did not come to it: stopped, timed out, never sent, or not known to the other side."""
    REVERSED = "reversed"
    """It had been approved, and the other side has taken it back."""


FINAL = frozenset({PaymentState.DONE, PaymentState.DECLINED, PaymentState.CANCELLED, PaymentState.REVERSED})

_S = PaymentState

TRANSITIONS: dict[tuple[PaymentState, type[events.Event]], PaymentState] = {
    (_S.INTENT, events.PaymentSent): _S.SENT,
    (_S.INTENT, events.PaymentDeclined): _S.DECLINED,
    (_S.INTENT, events.PaymentCancelled): _S.CANCELLED,
    (_S.INTENT, events.PaymentInDoubt): _S.IN_DOUBT,
    (_S.SENT, events.PaymentApproved): _S.APPROVED_UNACKED,
    (_S.SENT, events.PaymentDeclined): _S.DECLINED,
    (_S.SENT, events.PaymentCancelled): _S.CANCELLED,
    (_S.SENT, events.PaymentInDoubt): _S.IN_DOUBT,
    (_S.APPROVED_UNACKED, events.PaymentAcked): _S.ACKED,
    (_S.APPROVED_UNACKED, events.PaymentReversed): _S.REVERSED,
    (_S.APPROVED_UNACKED, events.PaymentInDoubt): _S.IN_DOUBT,
    (_S.ACKED, events.PaymentDone): _S.DONE,
    (_S.ACKED, events.PaymentReversed): _S.REVERSED,
    (_S.ACKED, events.PaymentInDoubt): _S.IN_DOUBT,
    (_S.IN_DOUBT, events.PaymentInDoubt): _S.IN_DOUBT,
    (_S.IN_DOUBT, events.PaymentDone): _S.DONE,
    (_S.IN_DOUBT, events.PaymentDeclined): _S.DECLINED,
    (_S.IN_DOUBT, events.PaymentCancelled): _S.CANCELLED,
    (_S.IN_DOUBT, events.PaymentReversed): _S.REVERSED,
}


def failure(
    state: PaymentState, intent: IntentId, declined: Declined, by: str = "", cashier: str = ""
) -> events.Failure:
    """The event that says why no money moved. What had been approved and acknowledged can only have been reversed."""
    if state in (_S.APPROVED_UNACKED, _S.ACKED) or declined.reason == "reversed":
        return events.PaymentReversed(intent, declined, by, cashier)
    if declined.reason == "declined":
        return events.PaymentDeclined(intent, declined, by, cashier)
    return events.PaymentCancelled(intent, declined, by, cashier)
