"""A card terminal: takes a payment once, and can be asked later what became of it."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from terminal.domain.payment import Approved, CardSlip, PaymentIntent, PaymentResult, TerminalMessage

Record = Callable[[Approved | CardSlip], Awaitable[None]]
"""Makes it durable in the journal. The driver acknowledges to the terminal only after this has returned; if it
raises, the driver refuses to the terminal (so that the terminal reverses) and lets the exception go on."""

Sent = Callable[[], Awaitable[None]]
"""Called (and awaited) just before the first byte of the payment command leaves."""

Say = Callable[[TerminalMessage], None]
"""Shows the terminal's intermediate status to the cashier."""


class CardTerminal(Protocol):
    """One terminal, one command at a time (the driver serialises). None raises for what the device does."""

    async def pay(self, intent: PaymentIntent, *, sent: Sent, record: Record, say: Say) -> PaymentResult:
        """Take `intent.amount`. Approved only when the result was recorded and acknowledged. Never sent twice.

        Any doubt (cut, time-out, nonsense after the command went out) is OutcomeUnknown: the caller asks with
        `lookup`. Cancelling the coroutine leaves the outcome unknown.
        """

    async def lookup(self, intent: PaymentIntent, *, known: Approved | None, before: Approved | None) -> PaymentResult:
        """Ask the terminal what its last transaction was, and match it with the intent.

        `known` is what was recorded before the cut, if anything; `before` the last payment that this terminal had
        taken before this one, if that is known: customers pay the same amount one after the other.
        Declined(reason="not-found") means that the terminal answered and certainly holds no such payment;
        OutcomeUnknown that it did not say.
        """

    async def abort(self) -> None:
        """Ask the running payment to stop (ZVT 06 B0). The result still comes from `pay`."""
