"""Journals of every schema that a shop may have: opened by this release, migrated, verified, sold on."""

import shutil
from pathlib import Path

import pytest

from terminal.domain.events import TillStopped
from terminal.domain.till import TillState
from terminal.store import journal_schema
from terminal.store.folder import JOURNAL
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.verify import verify
from terminal.store.views import SqliteViews
from tests.store.books import at

HERE = Path(__file__).parent
TOTALS = {4: 65_40, 3: -90_00, 2: 10_95, 1: 101_65}
"""Receipt number to total: what stands in the files, whatever later releases make of it."""


def test_there_is_a_file_of_every_schema() -> None:
    kept = {int(path.stem.rpartition("-")[2]) for path in HERE.glob("journal-*.sqlite")}
    assert kept == set(range(1, journal_schema.NEWEST + 1))


@pytest.mark.parametrize("kept", sorted(HERE.glob("journal-*.sqlite")), ids=lambda path: path.stem)
def test_an_old_journal_is_sold_on(tmp_path: Path, kept: Path) -> None:
    shutil.copyfile(kept, tmp_path / JOURNAL)
    journal = SqliteJournal(tmp_path)
    assert journal.seq == 25
    assert verify(journal).problems == ()
    state = replay(journal, TillState(), 0)
    assert (state.next_receipt, state.current, [sale.parked_as for sale in state.parked]) == (5, 6, ["Fru Olsen"])
    views = SqliteViews(tmp_path, journal)
    assert {head.number: head.total for head in views.recent(10)} == TOTALS
    assert views.returned(1) == {2: 1000}
    assert journal.append(TillStopped(), at(25)) == 26
    views.close()
    journal.close()
