"""Journals for tests: real files, filled with what a till would have written."""

from collections.abc import Sequence
from pathlib import Path

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.evolve import evolve
from terminal.domain.item import ONE
from terminal.domain.payment import CardSlip
from terminal.domain.receipt import Moment
from terminal.domain.till import Setup, TillState
from terminal.store.journal import SqliteJournal
from tests.domain.playbook import BEER, BOTTLE, CHEESE, MILK, NOON, SCREWS, Playbook, kr, off


def at(number: int) -> Moment:
    """A second a step, so that a receipt's time is its entry's."""
    return Moment(NOON.at + 1000 * number, NOON.local)


def small_day() -> Playbook:
    """One of everything that moves money: cash with rounding, card, discount, return, split, a parked sale."""
    till = Day()
    till.adds(MILK, SCREWS)
    till.does(c.DiscountSale(off(10)))
    till.pays_cash(kr(200))
    till.adds(BEER, deposit=BOTTLE)
    till.does(c.ConfirmAge())
    till.pays_card(None, CardSlip("customer", ("KORT",)))
    till.gives_back(till.receipts[0], line=2)
    till.pays_cash()
    till.adds(CHEESE, quantity=505)
    till.pays_cash(kr(20))
    till.pays_card()
    till.adds(SCREWS, quantity=3 * ONE)
    till.does(c.ParkSale("Fru Olsen"))
    till.adds(MILK)
    return till


def long_day(entries: int) -> list[e.AnyEvent]:
    """Sales, one after another; at least so many entries."""
    till = Day(Setup())
    while len(till.history) < entries:
        till.sells(SCREWS)
    return till.history


class Day(Playbook):
    """A playbook whose moments go on."""

    def does(self, command: c.AnyCommand, moment: Moment = NOON) -> e.AnyEvent:
        """At the time of the entry that it makes."""
        return super().does(command, at(len(self.history)))


def write(journal: SqliteJournal, events: Sequence[e.AnyEvent]) -> None:
    """Append, each at the moment that its number in the history says."""
    for number, event in enumerate(events, start=journal.seq):
        journal.append(event, at(number))


def a_journal(folder: Path, events: Sequence[e.AnyEvent]) -> SqliteJournal:
    """A new journal that holds these."""
    journal = SqliteJournal(folder)
    write(journal, events)
    return journal


def fold(events: Sequence[e.AnyEvent], state: TillState | None = None) -> TillState:
    """What they add up to, from `state` on."""
    state = state or TillState()
    for event in events:
        state = evolve(state, event)
    return state
