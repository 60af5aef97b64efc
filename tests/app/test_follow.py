"""Following: projections and snapshot come after the journal by themselves, and a new catalogue is written down."""

import pytest

from terminal.app.follow import follow, follow_catalogue, note_catalogue
from terminal.app.ports.catalogue import Revision
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.item import Item
from terminal.domain.till import TillState
from tests.app.lane import Lane, running
from tests.domain.playbook import MILK, kr

pytestmark = pytest.mark.anyio


class Projections:
    """Counts how far it has followed, and keeps the snapshots it was given."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.seq = 0
        self.steps: list[int] = []
        self.snapshots: list[tuple[int, TillState]] = []

    @property
    def behind(self) -> int:
        return self.lane.book.seq - self.seq

    def catch_up(self, limit: int | None = None) -> None:
        step = self.behind if limit is None else min(limit, self.behind)
        self.steps.append(step)
        self.seq += step

    def save_state(self, state: TillState, *, force: bool = False) -> None:
        self.snapshots.append((self.lane.book.seq, state))
        self.lane.changes.tell()


class Shelf:
    """A catalogue with nothing but a revision."""

    def __init__(self, number: int) -> None:
        self.newest = Revision(number, 50, "ab" * 32, "varer.csv")

    def revision(self) -> Revision:
        return self.newest

    def by_code(self, key: str) -> Item | None:
        return None

    def by_sku(self, sku: str) -> Item | None:
        return None

    def departments(self) -> tuple[str, ...]:
        return ()

    def in_department(self, department: str, limit: int) -> tuple[Item, ...]:
        return ()

    def search(self, words: str, limit: int) -> tuple[Item, ...]:
        return ()


async def test_a_sales_entries_go_in_together_once_it_is_quiet() -> None:
    lane = Lane()
    views = Projections(lane)
    async with running(lambda: follow(views, lane.till, lane.changes, quiet=0.01)):
        lane.does(c.AddItem(MILK), c.AddItem(MILK), c.PayCash(kr(50)))
        await lane.until(lambda: bool(views.snapshots))
    assert views.steps == [4]
    assert views.snapshots == [(4, lane.state)]


async def test_the_snapshot_follows_although_a_look_up_has_caught_up_before() -> None:
    """A screen that shows the newest receipts keeps the projections level; the tail at start must stay short."""
    lane = Lane()
    views = Projections(lane)
    async with running(lambda: follow(views, lane.till, lane.changes, quiet=0.01)):
        lane.does(c.AddItem(MILK))
        views.catch_up()
        await lane.until(lambda: bool(views.snapshots))
    assert views.snapshots == [(2, lane.state)]


async def test_a_long_backlog_goes_in_small_steps() -> None:
    """Each step blocks the loop: a scan must not wait for all of it."""
    lane = Lane()
    views = Projections(lane)
    async with running(lambda: follow(views, lane.till, lane.changes, quiet=0.01)):
        for _ in range(120):
            lane.does(c.AddItem(MILK))
        await lane.until(lambda: bool(views.snapshots))
    assert views.steps == [50, 50, 21]


async def test_what_is_no_entry_wakes_no_disk() -> None:
    lane = Lane()
    views = Projections(lane)
    async with running(lambda: follow(views, lane.till, lane.changes, quiet=0.01)):
        lane.does(c.AddItem(MILK))
        await lane.until(lambda: bool(views.snapshots))
        lane.changes.tell()
        lane.changes.tell()
    assert len(views.snapshots) == 1


async def test_a_new_revision_is_written_down_once() -> None:
    lane, shelf = Lane(), Shelf(3)
    note_catalogue(lane.till, shelf)
    note_catalogue(lane.till, shelf)
    assert lane.book.events[1:] == [e.CatalogueChanged(3, 50, "ab" * 32, "varer.csv")]


async def test_an_empty_catalogue_is_nothing_to_write_down() -> None:
    lane = Lane()
    note_catalogue(lane.till, Shelf(0))
    assert lane.till.seq == 1


async def test_an_import_is_noticed_while_the_till_sells() -> None:
    lane, shelf = Lane(), Shelf(0)
    async with running(lambda: follow_catalogue(lane.till, shelf)):
        shelf.newest = Revision(1, 50, "cd" * 32, "varer.csv")
        await lane.until(lambda: lane.state.revision == 1)
