"""Paying by card: carries an intent to the terminal and brings the outcome home, also after a power cut.

What is in the journal decides what happens next:
    intent                the command never left: failed, for certain
    sent, approved, doubt  money may have moved: the terminal is asked until it says; never paid again
"""

import logging
from typing import NoReturn

import anyio

from terminal.domain import commands, events
from terminal.domain.card_states import TRANSITIONS, CardState
from terminal.domain.decide_pay import due_of
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentResult,
    TerminalMessage,
)
from terminal.domain.till import CardPayment

from .changes import Changes
from .ports.payment_method import PaymentMethod
from .till import Till

log = logging.getLogger(__name__)

ASK_AGAIN = 5.0
"""Seconds between two enquiries on our own; a person may ask at once."""


class CardDesk:
    """Carries card payments, one at a time."""

    def __init__(self, till: Till, terminal: PaymentMethod, changes: Changes) -> None:
        self._till = till
        self._terminal = terminal
        self._changes = changes
        self._ask_now = anyio.Event()
        self.message: TerminalMessage | None = None
        """What the terminal shows, while a payment runs."""
        self.asking = False
        """Whether the terminal is being asked right now about a payment in doubt."""

    async def run(self) -> NoReturn:
        """Follow the till's state for ever. The first thing it finds at start is what a cut left behind."""
        self._recover()
        seen = -1
        while True:
            payment = self._till.state.card
            if payment is None:
                seen = await self._changes.wait(seen)
            elif payment.state is CardState.INTENT:
                await self._pay(payment)
            else:
                await self._settle(payment)

    async def abort(self) -> None:
        """Ask the terminal to stop the running payment. The outcome comes as it comes."""
        if self._till.state.card is not None:
            await self._terminal.abort()

    def ask_again(self) -> None:
        """Ask about the payment in doubt now."""
        self._ask_now.set()

    def settle(self, *, paid: bool, approver: str) -> None:
        """A person says what became of the payment in doubt. Raises SaleError."""
        settle_by_person(self._till, paid=paid, approver=approver)

    def _recover(self) -> None:
        payment = self._till.state.card
        if payment is not None and payment.state is CardState.INTENT:
            self._outcome(payment, Declined("not-sent", text="stopped before it was sent"))
        elif payment is not None and payment.state is not CardState.IN_DOUBT:
            self._outcome(payment, OutcomeUnknown("the till stopped during the payment"))
        for sale in tuple(self._till.state.sales.values()):
            close_if_paid(self._till, sale.id)

    async def _pay(self, payment: CardPayment) -> None:
        intent = payment.intent

        async def sent() -> None:
            self._till.record(events.CardSent(intent.id))

        async def record(news: Approved | CardSlip | Acknowledged) -> None:
            if isinstance(news, Approved):
                self._till.record(events.CardApproved(intent.id, news))
            elif isinstance(news, CardSlip):
                self._till.record(events.CardSlipKept(intent.id, news))

        try:
            result = await self._terminal.carry(intent, sent=sent, record=record, say=self._say)
        finally:
            self._say(None)
        self._outcome(payment, result)

    async def _settle(self, payment: CardPayment) -> None:
        """One enquiry; after an answer that is none, wait."""
        self._ask_now = anyio.Event()
        self.asking = True
        self._changes.tell()
        try:
            result = await self._terminal.lookup(
                payment.intent, known=payment.approval, before=self._till.state.last_taken
            )
        finally:
            self.asking = False
        self._outcome(payment, result)
        if isinstance(result, OutcomeUnknown):
            with anyio.move_on_after(ASK_AGAIN):
                await self._ask_now.wait()

    def _outcome(self, payment: CardPayment, result: PaymentResult) -> None:
        intent = payment.intent
        now = self._till.state.card
        if now is None or now.intent.id != intent.id:
            log.warning("card payment %d was settled by a person; the terminal now says: %s", intent.id, result)
            return
        if isinstance(result, Approved) and (now.state, events.CardDone) not in TRANSITIONS:
            # The driver's fault, and money has moved: ask the terminal, do not believe either side.
            result = OutcomeUnknown("an approval came that had not been recorded")
        match result:
            case Approved():
                self._till.record(events.CardDone(intent.id, result))
                close_if_paid(self._till, intent.sale)
            case Declined():
                self._till.record(events.CardFailed(intent.id, result))
            case OutcomeUnknown():
                if now.state is not CardState.IN_DOUBT or now.doubt != result.why:
                    log.warning("card payment %d is in doubt: %s", intent.id, result.why)
                    self._till.record(events.CardInDoubt(intent.id, result))
        self._changes.tell()

    def _say(self, message: TerminalMessage | None) -> None:
        self.message = message
        self._changes.tell()


def settle_by_person(till: Till, *, paid: bool, approver: str) -> None:
    """A person says what became of the payment in doubt; also for a till that has no card terminal any more.

    `approver` has been checked by the caller. Raises SaleError.
    """
    payment = till.state.card
    till.do(commands.SettleCard(paid, approver))
    if payment is not None:
        close_if_paid(till, payment.intent.sale)


def close_if_paid(till: Till, sale_id: int) -> None:
    """Close a sale that its tenders cover, unless a card payment of it is pending."""
    sale, pending = till.state.sales.get(sale_id), till.state.card
    if sale is None or not sale.tenders or due_of(sale) != 0:
        return
    if pending is None or pending.intent.sale != sale_id:
        till.do(commands.CloseSale(sale_id))
