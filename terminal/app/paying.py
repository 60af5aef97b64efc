"""Paying by what is asked for the money: carries an intent out and brings the outcome home, also after a power cut.

What is in the journal decides what happens next:
    intent                         the command never left: cancelled, for certain
    sent, approved, acked, doubt   money may have moved: the other side is asked until it says; nothing is sent again
"""

import logging
from typing import NoReturn

import anyio
import msgspec

from terminal.domain import commands, events
from terminal.domain.decide_pay import due_of
from terminal.domain.errors import Reason, SaleError
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    Means,
    OutcomeUnknown,
    PaymentResult,
    TerminalMessage,
)
from terminal.domain.payment_states import TRANSITIONS, PaymentState, failure
from terminal.domain.till import Payment

from .changes import Changes
from .customer_codes import CustomerCodes
from .ports.payment_method import PaymentMethod, Wakes
from .till import Till

log = logging.getLogger(__name__)

ASK_AGAIN = 5.0
"""Seconds between two enquiries on our own; a person may ask at once."""


class PaymentDesk:
    """Carries the payments of one means, one at a time."""

    def __init__(
        self,
        till: Till,
        method: PaymentMethod,
        changes: Changes,
        means: Means = "card",
        customer_codes: CustomerCodes | None = None,
    ) -> None:
        self.means: Means = means
        self._customer_codes = customer_codes or CustomerCodes()
        self._till = till
        self._method = method
        self._wakes = method if isinstance(method, Wakes) else None
        self._changes = changes
        self._ask_now = anyio.Event()
        self.message: TerminalMessage | None = None
        """What the terminal shows, while a payment runs."""
        self.asking = False
        """Whether the other side is being asked right now about a payment in doubt."""

    async def run(self) -> NoReturn:
        """Follow the till's state for ever. The first thing it finds at start is what a cut left behind."""
        self._recover()
        seen = -1
        while True:
            payment = self._payment
            if payment is None:
                seen = await self._changes.wait(seen)
            elif payment.state is PaymentState.INTENT:
                await self._carry(payment)
            else:
                await self._settle(payment)

    async def pay(self, command: commands.PayBy) -> None:
        """Journal the intent, while the far end wakes up. Raises SaleError."""
        # Measured: the intent's commit and the screen that it changes are over before the far end has answered.
        current = self._till.state.current
        if self._wakes is not None:
            await self._wakes.wake()
        try:
            self._do(command, current)
        except SaleError:
            if self._wakes is not None:
                self._wakes.rest()
            raise

    def _do(self, command: commands.PayBy, sale: int) -> None:
        """Something else may have happened meanwhile: at the worst another sale is on the screen."""
        if self._till.state.current != sale:
            raise SaleError(Reason.NO_SUCH_SALE, str(sale))
        self._till.do(command)

    async def abort(self) -> None:
        """Ask the other side to stop the running payment. The outcome comes as it comes."""
        if self._payment is not None:
            await self._method.abort()

    def ask_again(self) -> None:
        """Ask about the payment in doubt now."""
        self._ask_now.set()

    @property
    def _payment(self) -> Payment | None:
        return self._till.state.payments.get(self.means)

    def _recover(self) -> None:
        payment = self._payment
        if payment is not None and payment.state is PaymentState.INTENT:
            self._outcome(payment, Declined("not-sent", text="stopped before it was sent"))
        elif payment is not None and payment.state is not PaymentState.IN_DOUBT:
            self._outcome(payment, OutcomeUnknown("the till stopped during the payment"))

    async def _carry(self, payment: Payment) -> None:
        intent = payment.intent

        async def sent() -> None:
            self._till.record(events.PaymentSent(intent.id))

        async def record(news: Approved | CardSlip | Acknowledged) -> None:
            match news:
                case Approved():
                    self._till.record(events.PaymentApproved(intent.id, news))
                case CardSlip():
                    self._till.record(events.SlipKept(intent.id, news))
                case Acknowledged():
                    self._till.record(events.PaymentAcked(intent.id))

        code = self._customer_codes.take(intent.id)
        carried = msgspec.structs.replace(intent, account=code) if code else intent
        try:
            result = await self._method.carry(carried, sent=sent, record=record, say=self._say)
        finally:
            self._say(None)
        self._outcome(payment, result)

    async def _settle(self, payment: Payment) -> None:
        """One enquiry; after an answer that is none, wait."""
        self._ask_now = anyio.Event()
        self.asking = True
        self._changes.tell()
        try:
            result = await self._method.lookup(
                payment.intent, known=payment.approval, before=self._till.state.last_taken.get(self.means)
            )
        finally:
            self.asking = False
        self._outcome(payment, result)
        if isinstance(result, OutcomeUnknown):
            with anyio.move_on_after(ASK_AGAIN):
                await self._ask_now.wait()

    def _outcome(self, payment: Payment, result: PaymentResult) -> None:
        intent = payment.intent
        now = self._payment
        if now is None or now.intent.id != intent.id:
            log.warning("payment %d was settled by a person; the other side now says: %s", intent.id, result)
            return
        if isinstance(result, Approved) and (now.state, events.PaymentDone) not in TRANSITIONS:
            # The driver's fault, and money has moved: ask, do not believe either side.
            result = OutcomeUnknown("an approval came that had not been recorded and acknowledged")
        match result:
            case Approved():
                self._till.do(commands.FinishPayment(intent.id, result))
            case Declined():
                self._till.record(self._failed(now, result))
            case OutcomeUnknown():
                if now.state is not PaymentState.IN_DOUBT or now.doubt != result.why:
                    log.warning("payment %d is in doubt: %s", intent.id, result.why)
                    self._till.record(events.PaymentInDoubt(intent.id, result))
        self._changes.tell()

    def _failed(self, payment: Payment, declined: Declined) -> events.Failure:
        """With what the terminal wants printed of it: no receipt will have it."""
        event = failure(payment.state, payment.intent.id, declined)
        till = self._till
        wanted = payment.slips and till.setup.printer
        return msgspec.structs.replace(event, print_job=till.state.next_job) if wanted else event

    def _say(self, message: TerminalMessage | None) -> None:
        self.message = message
        self._changes.tell()


def close_what_is_paid(till: Till) -> None:
    """Close the sales that a cut left paid and open. For a start, before anything is sold."""
    for sale in tuple(till.state.sales.values()):
        if sale.tenders and due_of(sale) == 0 and till.state.pending(sale.id) is None and not sale.settled:
            till.do(commands.CloseSale(sale.id))


def doubt_what_nobody_carries(till: Till, carried: frozenset[Means]) -> None:
    """A means was taken out of the settings while a payment of it was open: a person has to be able to settle it.

    For a start; what has a desk is seen to by it.
    """
    for means, payment in tuple(till.state.payments.items()):
        if means in carried or payment.state is PaymentState.IN_DOUBT:
            continue
        if payment.state is PaymentState.INTENT:
            declined = Declined("not-sent", text="stopped before it was sent")
            till.record(failure(payment.state, payment.intent.id, declined))
        else:
            unknown = OutcomeUnknown("the till stopped during the payment, and has no such means any more")
            till.record(events.PaymentInDoubt(payment.intent.id, unknown))
