"""What the use case would do around a driver of a means of payment: note, and journal."""

from collections.abc import Callable

import anyio
import anyio.lowlevel

from terminal.app.ports.payment_method import PaymentMethod
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
    TerminalMessage,
)


class PaymentTill:
    """Notes everything that a driver tells."""

    def __init__(self) -> None:
        self.sent = 0
        self.recorded: list[Approved | CardSlip | Acknowledged] = []
        self.said: list[TerminalMessage] = []
        self.on_record: Callable[[Approved | CardSlip | Acknowledged], None] = lambda _: None
        """Looks, or raises, before the record is durable."""

    @property
    def approved(self) -> Approved | None:
        """The recorded approval."""
        found = [each for each in self.recorded if isinstance(each, Approved)]
        assert len(found) < 2, "a journal takes one approval"
        return found[0] if found else None

    @property
    def slips(self) -> list[CardSlip]:
        """The recorded slips."""
        return [each for each in self.recorded if isinstance(each, CardSlip)]

    async def carry(self, method: PaymentMethod, intent: PaymentIntent) -> PaymentResult:
        """Carry an intent out."""

        async def sent() -> None:
            self.sent += 1

        async def record(news: Approved | CardSlip | Acknowledged) -> None:
            self.on_record(news)
            await anyio.lowlevel.checkpoint()
            self.recorded.append(news)

        return await method.carry(intent, sent=sent, record=record, say=self.said.append)

    async def settled(self, method: PaymentMethod, intent: PaymentIntent) -> PaymentResult:
        """Ask until the other side says, as the till does at a start."""
        while True:
            result = await method.lookup(intent, known=self.approved, before=None)
            if not isinstance(result, OutcomeUnknown):
                return result
            await anyio.sleep(0.02)
