"""A means of payment that is asked for money: a card terminal, a service, a ledger of gift cards."""

from collections.abc import Awaitable, Callable
from typing import Protocol, runtime_checkable

from terminal.domain.payment import Acknowledged, Approved, CardSlip, PaymentIntent, PaymentResult, TerminalMessage

Record = Callable[[Approved | CardSlip | Acknowledged], Awaitable[None]]
"""Makes it durable in the journal. An approval and a slip are recorded before they are acknowledged (a service: before
they are captured); if that raises, the driver refuses, so that the money goes back, and lets the exception go on.
Acknowledged is recorded after the acknowledgement has left."""

Sent = Callable[[], Awaitable[None]]
"""Called (and awaited) before the first byte leaves that could move money."""

Say = Callable[[TerminalMessage], None]
"""Shows to the cashier and the customer what goes on."""


class PaymentMethod(Protocol):
    """One device or service, one command at a time (the driver serialises). None raises for what the far end does."""

    async def carry(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """Carry the intent out, by its purpose: take `intent.amount`, give it back, or undo a payment.

        Approved only when the result was recorded and acknowledged. Never sent twice. Any doubt (cut, time-out,
        nonsense after the command went out) is OutcomeUnknown: the caller asks with `lookup`. Cancelling the coroutine
        leaves the outcome unknown.
        """

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """Ask what became of the intent, of whatever purpose. Moves no money that the intent has not moved already
        (but may finish or take back what was begun under it).

        `known` is what was recorded before the cut, if anything; `before` the last payment that this device had
        taken before this one, if that is known: customers pay the same amount one after the other.
        Declined(reason="not-found") means that it answered and certainly holds no such payment; OutcomeUnknown that it
        did not say.
        """

    async def abort(self) -> None:
        """Ask the running intent to stop. The result still comes from `carry`."""


@runtime_checkable
class Wakes(Protocol):
    """A PaymentMethod that has something to do before it can carry an intent, and that moves no money by it."""

    async def wake(self) -> None:
        """An intent is about to come: begin, so that the far end is at work while the intent is made durable.

        Returns when that has begun, or soon when it does not; `carry` does then what is not done yet. Raises nothing
        for what the far end does.
        """

    def rest(self) -> None:
        """No intent came of it."""
