"""What has no far end – gift cards, cash, accounts, vouchers: a kill on each side of each entry of the journal."""

from multiprocessing.context import ForkServerContext
from pathlib import Path

import anyio
import pytest

from terminal.domain import events as e
from terminal.domain.sale import AccountTender, PaymentTender
from terminal.store.entry import decode
from terminal.store.journal import SqliteJournal
from terminal.store.views import SqliteViews
from tests.matrix.beds import LocalGifts, gift_cards
from tests.matrix.lanes import AT_ONCE, COUNTED, Lane, read, said
from tests.matrix.till_process import GIFT, Death, Order

pytestmark = pytest.mark.anyio

LOCAL: tuple[tuple[tuple[Order, ...], Order], ...] = (
    (("sell-gift-card",), "pay"),
    (("sell-gift-card", "pay"), "refund"),
    ((), "pay-cash"),
    (("pay-cash",), "reverse"),
    ((), "pay-on-account"),
    (("pay-on-account",), "refund"),
    ((), "pay-voucher"),
    (("pay-voucher",), "reverse"),
)
MOST_ENTRIES = 12


async def test_local_ways_to_pay(tmp_path: Path, server: ForkServerContext) -> None:
    """Gift cards, cash, accounts, vouchers: paid or paid back once or not at all, and the ledgers agree."""
    limit = anyio.CapacityLimiter(AT_ONCE)
    wrong: list[str] = []
    cells = 0

    async def one_death(before: tuple[Order, ...], order: Order, death: Death, folder: Path) -> None:
        nonlocal cells
        async with limit:
            await anyio.Path(folder).mkdir()
            lane = Lane(folder, LocalGifts(), gift_cards, server)
            for earlier in before:
                await lane.does(earlier)
            start = len(entries(folder))
            if not await lane.does(order, death=(start + death[0], death[1])):
                return  # it has fewer entries
            await lane.does("recover")
            cells += 1
            problem = _ledgers(folder)
            if problem:
                wrong.append(f"{before} {order} killed {death}: {problem}; {said(folder)}")

    async with anyio.create_task_group() as tasks:
        number = 0
        for before, order in LOCAL:
            for entry in range(1, MOST_ENTRIES):
                for side in ("before", "after"):
                    number += 1
                    tasks.start_soon(one_death, before, order, (entry, side), tmp_path / str(number))
    COUNTED["local"] += cells
    assert not wrong, "\n".join(wrong)
    assert cells > 6 * len(LOCAL)


def entries(folder: Path) -> list[e.AnyEvent]:
    """The events of a journal that no process holds; none when there is no journal yet."""
    journal = SqliteJournal(folder)
    try:
        return [decode(entry.body) for entry in journal.read(0)]
    finally:
        journal.close()


def _ledgers(folder: Path) -> str:
    """What does not agree; empty when all does."""
    books, journal = read(folder), SqliteJournal(folder)
    views = SqliteViews(folder, journal)
    try:
        tenders = [
            tender for event in entries(folder) if isinstance(event, e.SaleClosed) for tender in event.receipt.tenders
        ]
        gift = sum(t.amount for t in tenders if isinstance(t, PaymentTender))
        sold = views.gift_card(GIFT)
        if sold is not None and sold != 50_000 - sum(books.moved.values()):
            return f"the gift card holds {sold}, {books.moved} was moved"
        if gift != sum(books.moved.values()) and not books.state.sales:
            return f"receipts say {gift}, {books.moved} was moved"
        owed = sum(t.amount for t in tenders if isinstance(t, AccountTender))
        if views.owed("17") != owed:
            return f"the account says {views.owed('17')}, the receipts {owed}"
        if books.state.payments or books.problems:
            return f"still open: {books.state.payments}; {books.problems}"
        return ""
    finally:
        views.close()
        journal.close()
