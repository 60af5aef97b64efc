"""The end of the card terminal's day: its turnover goes to the bank, and its totals are compared with the journal's."""

import logging
from typing import Protocol

from terminal.domain import commands
from terminal.domain.money import Amount
from terminal.domain.payment import DayTotals, TerminalMessage
from terminal.domain.payment_states import PaymentState
from terminal.protocols.zvt.totals import DayNotClosed, DayResult, DayUnknown

from .changes import Changes
from .ports.payment_method import Say
from .till import Till

log = logging.getLogger(__name__)


class EndsDay(Protocol):
    """A card terminal with a day of its own. One that sends its turnover by itself has none."""

    async def end_of_day(self, *, say: Say) -> DayResult:
        """Close the day. Raises nothing for what the terminal does."""


class DayDesk:
    """Ends the terminal's day when a person asks for it."""

    def __init__(self, till: Till, terminal: EndsDay, changes: Changes) -> None:
        self._till = till
        self._terminal = terminal
        self._changes = changes
        self.running = False
        self.message: TerminalMessage | None = None
        self.failed = ""
        """Why the last try came to nothing: the terminal's own words, or the driver's; empty: it went well."""

    def recover(self) -> None:
        """For a start: a day that was being ended when the till stopped may be closed, so nothing of it is reversed."""
        if self._till.state.day_ending:
            self._record(None)

    async def end(self) -> None:
        """Close the terminal's day and journal both totals. Raises SaleError while a card payment is open."""
        if self.running:
            return
        self._till.do(commands.BeginDayEnd())
        self.running, self.failed = True, ""
        self._changes.tell()
        try:
            self._ended(await self._terminal.end_of_day(say=self._say))
        finally:
            self.running, self.message = False, None
            self._changes.tell()

    def _ended(self, result: DayResult) -> None:
        match result:
            case DayNotClosed():
                self.failed = result.why or result.code
                log.warning("the card terminal's day was not closed: %s", self.failed)
                self._till.do(commands.KeepDay(self.failed))
            case DayUnknown():
                # It may be closed: what was paid before is refunded from now on, which works either way.
                self.failed = result.why
                log.warning("whether the card terminal's day was closed is not known: %s", result.why)
                self._record(None)
            case _:
                said = result.amount is not None and result.count is not None
                self._record(DayTotals(result.count or 0, Amount(result.amount or 0)) if said else None)

    def _record(self, totals: DayTotals | None) -> None:
        payment = self._till.state.payments.get("card")
        if payment is not None and payment.state is not PaymentState.INTENT:
            raise AssertionError("the driver carries one command at a time")
        self._till.do(commands.EndDay(totals))

    def _say(self, message: TerminalMessage) -> None:
        self.message = message
        self._changes.tell()
