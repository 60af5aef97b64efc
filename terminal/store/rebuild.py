"""`kasse rebuild`: the projections and the snapshot, thrown away and made again from the journal."""

from pathlib import Path

from terminal.domain.till import TillState

from .journal import SqliteJournal
from .replay import replay
from .views import SqliteViews


def rebuild(folder: Path) -> int:
    """Make them again; the number of entries they were made from. Raises JournalError."""
    journal = SqliteJournal(folder)
    views = SqliteViews(folder, journal)
    try:
        views.throw_away()
        views.catch_up()
        views.save_state(replay(journal, TillState(), 0), force=True)
        return int(journal.seq)
    finally:
        views.close()
        journal.close()
