"""Calibration: journalled, kept over a restart, and over by itself. The clock is the test's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from terminal.app.calibrating import MOST_EVENTS, PATIENCE, Calibrating
from terminal.app.changes import Changes
from terminal.app.health import HealthBoard
from terminal.app.notices import Notices
from terminal.app.ports.scanner import Scan
from terminal.app.sell import Selling
from terminal.app.till import Till
from terminal.domain.events import ScannerCalibrated
from terminal.domain.till import TillState
from terminal.protocols.keymap import keystrokes
from terminal.protocols.keymap.calibrate import TEXT
from terminal.protocols.wedge import Typing, WhyNot
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_import import import_items
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.views import SqliteViews
from tests.app.lane import STARTED, Board
from tests.app.test_selling import DEMO, RYE
from tests.domain.playbook import ALL

pytestmark = pytest.mark.anyio

SETTINGS = Typing("us", "any")


class Desk:
    """A till with two keyboard wedges."""

    def __init__(self, folder: Path) -> None:
        import_items(DEMO, folder)
        self.journal = SqliteJournal(folder)
        self.views = SqliteViews(folder, self.journal)
        self.catalogue = SqliteCatalogue(folder)
        self.clock = Board()
        changes = Changes()
        notices = Notices(changes)
        self.changes = changes
        self.till = Till(replay(self.journal, TillState(), 0), self.journal, self.clock, ALL, changes)
        self.till.record(STARTED)
        self.board = HealthBoard(self.clock, changes)
        selling = Selling(self.till, self.catalogue, self.views, notices)
        self.desk = Calibrating(
            self.till, selling, board=self.board, notices=notices, changes=changes, clock=self.clock
        )
        self.one, self.two = self.desk.ear("one", SETTINGS), self.desk.ear("two", SETTINGS)

    async def passes(self, seconds: float) -> None:
        """Time, which the desk notices."""
        self.clock.seconds += seconds
        self.desk._news.set()
        await anyio.wait_all_tasks_blocked()


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[Desk]:
    desk = Desk(folder)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.desk.run)
            await anyio.wait_all_tasks_blocked()
            yield desk
            tasks.cancel_scope.cancel()
    finally:
        desk.views.close()
        desk.catalogue.close()
        desk.journal.close()


async def test_it_is_in_the_journal_and_goes_before_the_settings_after_a_restart(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as first:
        first.desk.start()
        first.two.hear(keystrokes(TEXT[:4], "fr"))
        await first.passes(0.2)
        first.two.hear(keystrokes(TEXT[4:] + "\t", "fr"))
        await first.passes(1)
        assert first.till.state.scanners == {"two": ScannerCalibrated("two", "fr", "tab")}
        assert first.desk.session is not None
        assert first.desk.session.phase == "found"
        assert (first.one.typing, first.two.typing) == (SETTINGS, Typing("fr", "tab"))
    async with open_desk(tmp_path) as second:
        assert (second.one.typing, second.two.typing) == (SETTINGS, Typing("fr", "tab"))
        assert second.desk.calibrated == ("two",)
        second.desk.forget("two")
        second.desk.forget("two")
        second.desk.forget("none")
        assert second.two.typing == SETTINGS
    async with open_desk(tmp_path) as third:
        assert third.two.typing == SETTINGS
        assert third.till.state.scanners == {}


async def test_it_ends_by_itself_and_scans_are_sold_again(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as shop:
        shop.desk.start()
        shop.desk.on_scan(Scan(RYE, "serial"))
        await shop.passes(PATIENCE - 1)
        assert shop.desk.session is not None
        await shop.passes(2)
        assert shop.desk.session is None
        assert not shop.one.listening
        shop.desk.on_scan(Scan(RYE, "serial"))
        assert shop.till.state.sale is not None


async def test_scans_of_goods_do_not_keep_it_open(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as shop:
        shop.desk.start()
        for _ in range(4):
            await shop.passes(PATIENCE / 3)
            if shop.one.listening:
                shop.one.hear(keystrokes(f"{RYE}\r"))
            shop.desk.on_scan(Scan(RYE, "serial"))
        assert shop.desk.session is None
        assert shop.till.state.sale is not None


async def test_keys_without_end_are_none_and_take_no_memory(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as shop:
        shop.desk.start()
        for _ in range(100):
            shop.one.hear(keystrokes("a" * 100))
        assert len(shop.one.events) == MOST_EVENTS + 1
        await shop.passes(1)
        assert shop.desk.session is not None
        assert shop.desk.session.why is WhyNot.LOST


async def test_a_calibration_of_a_later_release_is_left_alone(tmp_path: Path) -> None:
    async with open_desk(tmp_path) as shop:
        shop.till.record(ScannerCalibrated("one", "klingon", "cr"))
    async with open_desk(tmp_path) as again:
        assert again.one.typing == SETTINGS
