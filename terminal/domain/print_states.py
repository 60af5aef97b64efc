"""The states of a print job, and what leads from one to the other. Nothing but this table decides.

A job is sent by QUEUED → SENDING alone, and nothing leads back from UNKNOWN: what perhaps hangs from a printer is not
sent a second time, by whatever rule. What certainly was not printed (FAILED) may be tried again, there or elsewhere.
"""

from enum import StrEnum
from typing import Literal


class PrintState(StrEnum):
    """Where a job stands. The values stand in the journal and in snapshots."""

    QUEUED = "queued"
    SENDING = "sending"
    """Its bytes are on their way, or were when the till was cut off."""
    UNKNOWN = "unknown"
    """Some bytes went, and then something happened: a person must look."""
    FAILED = "not-printed"
    """Certainly nothing is on paper."""
    PRINTED = "printed"
    DROPPED = "dropped"
    """A person has said that it is not needed, or that it is there."""


Step = Literal["started", "printed", "unconfirmed", "not-printed", "passed-on", "unknown", "dropped"]
"""What happens to a job: `print-started`, or the outcome of `print-ended`. `passed-on`: it was not printed, and another
printer takes over. `unconfirmed`: sent whole, to a printer that says nothing."""

_S = PrintState
TRANSITIONS: dict[tuple[PrintState, Step], PrintState] = {
    (_S.QUEUED, "started"): _S.SENDING,
    (_S.SENDING, "printed"): _S.PRINTED,
    (_S.SENDING, "unconfirmed"): _S.PRINTED,
    (_S.SENDING, "not-printed"): _S.FAILED,
    (_S.SENDING, "passed-on"): _S.QUEUED,
    (_S.SENDING, "unknown"): _S.UNKNOWN,
    (_S.FAILED, "started"): _S.SENDING,
    (_S.FAILED, "dropped"): _S.DROPPED,
    (_S.UNKNOWN, "dropped"): _S.DROPPED,
}
FINAL = frozenset({_S.PRINTED, _S.DROPPED})
