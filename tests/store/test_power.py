"""Power cuts and failing disks: what was acknowledged is there, whole, and nothing half is."""

import random
from pathlib import Path

import apsw
import pytest

from terminal.app.ports.journal import JournalError
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify
from tests.store.books import at, long_day, small_day
from tests.store.lazy_disk import lazy_disk

DAY = small_day().history


def acknowledged(folder: Path) -> int:
    """How many entries a start finds, after looking at each."""
    journal = SqliteJournal(folder)
    found = verify(journal)
    assert found.problems == ()
    assert found.entries == journal.seq
    journal.close()
    return journal.seq


def test_this_disk_forgets_what_was_not_synced(tmp_path: Path) -> None:
    """The control: without the sync the same test must lose entries, or it proves nothing."""
    (tmp_path / "now").mkdir()
    with lazy_disk() as disk:
        db = apsw.Connection(str(tmp_path / "now" / "x.sqlite"))
        db.pragma("journal_mode", "wal")
        db.pragma("synchronous", "off")
        db.execute("CREATE TABLE t(n)")
        db.execute("INSERT INTO t VALUES (1)")
        disk.after_a_cut(tmp_path / "now", tmp_path / "cut", random.Random(1))
        db.close()
    db = apsw.Connection(str(tmp_path / "cut" / "x.sqlite"))
    with pytest.raises(apsw.SQLError, match="no such table"):
        db.execute("SELECT n FROM t")
    db.close()


def test_power_goes_after_each_acknowledged_entry(tmp_path: Path) -> None:
    now = tmp_path / "now"
    now.mkdir()
    SqliteJournal(now).close()
    luck = random.Random(7)
    with lazy_disk() as disk:
        journal = SqliteJournal(now)
        for number, event in enumerate(DAY):
            acked = journal.append(event, at(number))
            disk.after_a_cut(now, tmp_path / f"cut-{acked}", luck)
        journal.close()
    for acked in range(1, len(DAY) + 1):
        assert acknowledged(tmp_path / f"cut-{acked}") == acked


def test_power_goes_in_the_middle_of_a_checkpoint(tmp_path: Path) -> None:
    """When the WAL is moved into the file, both hold parts of the truth."""
    now = tmp_path / "now"
    now.mkdir()
    SqliteJournal(now).close()
    luck = random.Random(3)
    cuts: dict[Path, int] = {}
    writes = 0

    def cut(name: str) -> None:
        nonlocal writes
        if name.endswith("journal.sqlite"):
            writes += 1
            if writes % 15 == 0:
                into = tmp_path / f"cut-{writes}"
                disk.after_a_cut(now, into, luck)
                cuts[into] = journal.seq

    with lazy_disk() as disk:
        journal = SqliteJournal(now)
        disk.watch = cut
        for event in long_day(1000):
            journal.append(event, at(journal.seq))
        disk.watch = None
        journal.close()
    assert len(cuts) >= 4
    for folder, acked in cuts.items():
        assert acknowledged(folder) in {acked, acked + 1}


@pytest.mark.parametrize("error", [apsw.FullError, apsw.IOError, apsw.ReadOnlyError])
def test_the_disk_fails_at_each_write_and_then_power_goes(tmp_path: Path, error: type[apsw.Error]) -> None:
    """The entry that failed may be there or not, nobody has been told; those before it are."""
    luck = random.Random(11)
    step = 1
    while True:
        now, cut = tmp_path / f"now-{step}", tmp_path / f"cut-{step}"
        now.mkdir()
        SqliteJournal(now).close()
        acked, failure = 0, ""
        with lazy_disk() as disk:
            journal = SqliteJournal(now)
            disk.done, disk.fails_at, disk.error = 0, step, error
            try:
                for number, event in enumerate(DAY[:8]):
                    acked = journal.append(event, at(number))
            except JournalError as stop:
                failure = str(stop)
            disk.after_a_cut(now, cut, luck)
            disk.fails_at = None
            journal.close()
        assert "\n" not in failure
        if not failure:
            assert acknowledged(cut) == acked == 8
            break
        assert acknowledged(cut) in {acked, acked + 1}
        step += 1
    assert step > 16


def test_a_full_disk_is_said_in_one_sentence(tmp_path: Path) -> None:
    SqliteJournal(tmp_path).close()
    with lazy_disk() as disk:
        journal = SqliteJournal(tmp_path)
        disk.fails_at, disk.error = 1, apsw.FullError
        with pytest.raises(JournalError, match=r"the disk is full: .* Free some space"):
            journal.append(DAY[0], at(0))
        assert journal.seq == 0
        disk.fails_at = None
        journal.close()
