"""A till in a process of its own, to be killed: journal, use cases and a shipped driver, and no screen.

Forked from a server that has loaded everything, so that a kill costs milliseconds and not the start of an interpreter.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

import anyio

from terminal.app.changes import Changes
from terminal.app.paying import PaymentDesk, close_what_is_paid
from terminal.app.ports.payment_method import PaymentMethod
from terminal.app.tendering import Tendering
from terminal.app.till import Till
from terminal.domain import commands as c
from terminal.domain.events import AnyEvent, TillStarted
from terminal.domain.item import ONE, Item
from terminal.domain.money import Amount
from terminal.domain.payment import Means
from terminal.domain.receipt import Moment, Seller
from terminal.domain.sale import Credit
from terminal.domain.till import Customer, OtherKind, Setup
from terminal.host.clock import SystemClock
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.views import SqliteViews

PRICE = Amount(12_500)
CHAIR, CUSHION = Item("1", "Stol", PRICE), Item("2", "Hynde", Amount(5_000))
GIFT = "1000000000000008"
PATIENCE = 3.0
"""Seconds until what is in doubt by then is left to a person."""

SAID = "said"
"""The file of what the process has written to stderr."""

Order = Literal[
    "sell-gift-card", "pay", "pay-cash", "pay-on-account", "pay-voucher", "refund", "reverse", "recover", "settle-paid",
    "settle-unpaid",
]  # fmt: skip
Death = tuple[int, Literal["before", "after"]]
"""At which entry of the journal the process is killed, counted from 1, and on which side of it."""
Make = Callable[[], PaymentMethod]


def run(folder: str, means: Means, make: Make, order: Order, death: Death | None = None) -> None:
    """The whole life of the process. Exit status 0: nothing is open any more."""
    said = os.open(Path(folder) / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(said, 2)
    # msgspec leaves a default out when it is the very same object, and a pickled word is another one.
    own: dict[str, Means] = {each: each for each in get_args(Means)}
    anyio.run(_run, Path(folder), own[means], make, order, death)


class MortalJournal(SqliteJournal):
    """The journal of a till that is killed at one of its entries."""

    death: Death | None = None

    def append(self, event: AnyEvent, moment: Moment) -> int:
        """See SqliteJournal."""
        self._die(self.seq + 1, "before")
        seq = super().append(event, moment)
        self._die(seq, "after")
        return seq

    def _die(self, seq: int, side: Literal["before", "after"]) -> None:
        if self.death == (seq, side):
            os.kill(os.getpid(), signal.SIGKILL)


async def _run(folder: Path, means: Means, make: Make, order: Order, death: Death | None) -> None:
    journal = MortalJournal(folder)
    journal.death = death
    views = SqliteViews(folder, journal)
    changes = Changes()
    setup = Setup(
        means=frozenset({means}),
        key="0123456789abcdef",
        others=(OtherKind("voucher", "Gavebevis", reference=True, refund=True),),
        customers=(Customer("17", "Byg ApS", Amount(100_000)),),
    )
    till = Till(replay(journal, *views.load_state()), journal, SystemClock(), setup, changes)
    till.record(TillStarted("0.0.0", "1", "Kasse", Seller("Butik", "12345674")))
    close_what_is_paid(till)
    desk = PaymentDesk(till, make(), changes, means)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.run)
        await anyio.sleep(0.01)
        # What was left behind is settled before anything new is begun.
        await _settled(till, desk)
        if not till.state.payments or order.startswith("settle"):
            _do(till, views, means, order)
        await _settled(till, desk)
        tasks.cancel_scope.cancel()
    journal.close()
    views.close()


async def _settled(till: Till, desk: PaymentDesk) -> None:
    with anyio.move_on_after(PATIENCE):
        while till.state.payments:
            desk.ask_again()
            await anyio.sleep(0.02)


def _do(till: Till, views: SqliteViews, means: Means, order: Order) -> None:
    tendering = Tendering(till, views)
    match order:
        case "sell-gift-card":
            till.do(c.SellCredit(Credit("gift-card", GIFT), Amount(50_000), "Gavekort"))
            till.do(c.PayCash(Amount(50_000)))
        case "pay":
            if till.state.sale is None:
                till.do(c.AddItem(CHAIR))
                till.do(c.AddItem(CUSHION))
            if means == "gift-card":
                tendering.gift_card(GIFT)
            else:
                till.do(c.PayBy(means))
        case "pay-cash" | "pay-on-account" | "pay-voucher":
            if till.state.sale is None:
                till.do(c.AddItem(CHAIR))
                till.do(c.AddItem(CUSHION))
            match order:
                case "pay-cash":
                    till.do(c.PayCash(Amount(10_000)))
                    till.do(c.PayCash(Amount(10_000)))
                case "pay-on-account":
                    tendering.on_account("17", Amount(10_000))
                    tendering.on_account("17")
                case "pay-voucher":
                    tendering.other("voucher", Amount(10_000), "A1")
                    tendering.other("voucher", Amount(10_000), "A2")
        case "refund" | "reverse":
            paid = views.recent(1)[0].number
            receipt = views.receipt(paid)
            assert receipt is not None
            for line in receipt.lines if order == "reverse" else receipt.lines[1:]:
                returned, refunded = views.returned(paid), views.refunded(paid)
                till.do(c.ReturnLine(receipt, line.no, ONE, returned, refunded))
            while till.state.sale is not None and not till.state.payments:
                tendering.pay_back()
        case "settle-paid" | "settle-unpaid":
            for payment in till.state.doubts:
                till.do(c.SettlePayment(payment.intent.id, order == "settle-paid", "Ida"))
        case "recover":
            pass
