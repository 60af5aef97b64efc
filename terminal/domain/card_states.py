"""The states of a card payment, as one table.

The picture in terminal/README.md is drawn from TRANSITIONS by tests/test_docs.py's rule; a payment that is not
final at start is IN_DOUBT and is asked about at the terminal (app/card.py). There is no way from IN_DOUBT to a second
payment command.
"""

from enum import StrEnum

from . import events


class CardState(StrEnum):
    """Where a card payment stands."""

    INTENT = "intent"
    """Journalled, not sent."""
    SENT = "sent"
    """The command left, or may have."""
    APPROVED_UNACKED = "approved-unacked"
    """Approved and durable here; the terminal has not heard so."""
    IN_DOUBT = "in-doubt"
    """Only the terminal, or a person, can tell."""
    DONE = "done"
    FAILED = "failed"


FINAL = frozenset({CardState.DONE, CardState.FAILED})

TRANSITIONS: dict[tuple[CardState, type[events.Event]], CardState] = {
    (CardState.INTENT, events.CardSent): CardState.SENT,
    (CardState.INTENT, events.CardFailed): CardState.FAILED,
    (CardState.INTENT, events.CardInDoubt): CardState.IN_DOUBT,
    (CardState.SENT, events.CardApproved): CardState.APPROVED_UNACKED,
    (CardState.SENT, events.CardFailed): CardState.FAILED,
    (CardState.SENT, events.CardInDoubt): CardState.IN_DOUBT,
    (CardState.APPROVED_UNACKED, events.CardDone): CardState.DONE,
    (CardState.APPROVED_UNACKED, events.CardFailed): CardState.FAILED,
    (CardState.APPROVED_UNACKED, events.CardInDoubt): CardState.IN_DOUBT,
    (CardState.IN_DOUBT, events.CardInDoubt): CardState.IN_DOUBT,
    (CardState.IN_DOUBT, events.CardDone): CardState.DONE,
    (CardState.IN_DOUBT, events.CardFailed): CardState.FAILED,
}
