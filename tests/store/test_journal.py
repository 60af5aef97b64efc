"""The journal on disk: what is appended is there, in order, and stays as it was written."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings

from terminal.app.ports.journal import JournalError
from terminal.domain import events as e
from terminal.domain.receipt import Moment
from terminal.domain.till import TillState
from terminal.store import journal_schema
from terminal.store.entry import chain_start, decode, encode, hash_of, kind_of
from terminal.store.folder import JOURNAL, VIEWS
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from terminal.store.views import SqliteViews
from tests.domain.playbook import NOON
from tests.domain.walk import Walk, histories
from tests.store.books import a_journal, small_day


def test_a_new_journal_is_empty_and_has_an_epoch_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = SqliteJournal(tmp_path), SqliteJournal(tmp_path / "other")
    assert (first.seq, first.at, first.hash) == (0, 0, chain_start(first.epoch))
    assert len(first.epoch) == 32
    assert first.epoch != second.epoch
    first.close()
    second.close()


def test_what_is_appended_is_read_again_after_reopening(tmp_path: Path) -> None:
    day = small_day()
    journal = a_journal(tmp_path, day.history)
    seq, newest = journal.seq, journal.hash
    journal.close()

    journal = SqliteJournal(tmp_path)
    entries = list(journal.read(0))
    assert (journal.seq, journal.hash, journal.at) == (seq, newest, entries[-1].at)
    assert [entry.seq for entry in entries] == list(range(1, len(day.history) + 1))
    assert [decode(entry.body) for entry in entries] == day.history
    assert [entry.kind for entry in entries] == [kind_of(event) for event in day.history]
    journal.close()


def test_each_entry_continues_the_chain_of_the_one_before(tmp_path: Path) -> None:
    journal = a_journal(tmp_path, small_day().history)
    before = chain_start(journal.epoch)
    for entry in journal.read(0):
        assert entry.prev_hash == before
        assert entry.hash == hash_of(before, entry.seq, entry.at, entry.trusted, entry.kind, entry.body)
        assert journal.hash_at(entry.seq) == entry.hash
        before = entry.hash
    assert journal.hash == before
    assert journal.hash_at(journal.seq + 1) is None
    journal.close()


def test_a_part_is_read_by_number(tmp_path: Path) -> None:
    journal = a_journal(tmp_path, small_day().history)
    assert [entry.seq for entry in journal.read(3, 2)] == [4, 5]
    assert list(journal.read(journal.seq)) == []
    journal.close()


def test_an_untrusted_clock_is_written_down(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.append(e.TillStopped(), Moment(5, "1970-01-01T01:00:00+01:00", trusted=False))
    journal.append(e.TillStopped(), NOON)
    assert [(entry.at, entry.trusted) for entry in journal.read(0)] == [(5, False), (NOON.at, True)]
    journal.close()


@settings(max_examples=15)
@given(walk=histories(most=25))
def test_any_history_is_kept_and_adds_up_to_its_state(tmp_path_factory: pytest.TempPathFactory, walk: Walk) -> None:
    journal = a_journal(tmp_path_factory.mktemp("journal"), walk.events)
    assert replay(journal, TillState(), 0) == walk.state
    assert all(encode(decode(entry.body)) == entry.body for entry in journal.read(0))
    journal.close()


# Append-only, whoever writes.

STATEMENTS = (
    "UPDATE journal SET at = at + 1 WHERE seq = 3",
    "UPDATE OR REPLACE journal SET seq = 3 WHERE seq = 2",
    "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)",
    "DELETE FROM journal",
    "INSERT INTO journal SELECT seq + 1000, at, trusted, kind, body, prev_hash, hash FROM journal WHERE seq = 1",
    "INSERT INTO journal SELECT 0, at, trusted, kind, body, prev_hash, hash FROM journal WHERE seq = 1",
    "INSERT OR REPLACE INTO journal SELECT seq, at + 1, trusted, kind, body, prev_hash, hash FROM journal",
    "INSERT OR IGNORE INTO journal SELECT seq + 2, at, trusted, kind, body, prev_hash, hash FROM journal",
    "REPLACE INTO journal SELECT seq, 0, 0, kind, body, prev_hash, hash FROM journal WHERE seq = 1",
    "INSERT INTO journal SELECT NULL, at, trusted, kind, body, prev_hash, hash FROM journal WHERE seq = 1",
    "UPDATE epoch SET epoch = '00000000000000000000000000000000'",
    "DELETE FROM epoch",
    "INSERT OR REPLACE INTO epoch VALUES (1, '00000000000000000000000000000000')",
    "INSERT INTO epoch VALUES (2, '00000000000000000000000000000000')",
)


def by_sqlite3(path: Path, statement: str) -> None:
    db = sqlite3.connect(path)
    try:
        with db:
            db.execute(statement)
    finally:
        db.close()


def by_apsw(path: Path, statement: str) -> None:
    db = apsw.Connection(str(path))
    try:
        db.execute(statement)
    finally:
        db.close()


@pytest.mark.parametrize("by", [by_sqlite3, by_apsw])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_nothing_written_is_changed_or_jumped_over(
    tmp_path: Path, statement: str, by: Callable[[Path, str], None]
) -> None:
    journal = a_journal(tmp_path, small_day().history)
    before = list(journal.read(0)), journal.epoch
    journal.close()
    with pytest.raises((sqlite3.Error, apsw.Error), match=r"append-only|never changes|datatype|constraint"):
        by(tmp_path / JOURNAL, statement)
    journal = SqliteJournal(tmp_path)
    assert (list(journal.read(0)), journal.epoch) == before
    journal.close()


@pytest.mark.parametrize(
    "values",
    [
        "'x', 1, 'k', x'00', zeroblob(32), zeroblob(32)",
        "1, 2, 'k', x'00', zeroblob(32), zeroblob(32)",
        "1, 1, 'k', 'text', zeroblob(32), zeroblob(32)",
        "1, 1, 'k', x'00', zeroblob(31), zeroblob(32)",
        "1, 1, 'k', x'00', zeroblob(32), NULL",
    ],
)
def test_columns_are_strict(tmp_path: Path, values: str) -> None:
    journal = SqliteJournal(tmp_path)
    journal.close()
    with pytest.raises(apsw.ConstraintError):
        by_apsw(tmp_path / JOURNAL, f"INSERT INTO journal VALUES (1, {values})")


def test_the_settings_that_make_it_durable(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    db = journal._db
    assert db.pragma("journal_mode") == "wal"
    assert db.pragma("synchronous") == 2
    assert tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= (3, 51, 3)
    journal.close()


# Files that are not as they should be: one sentence each.


def sentence(folder: Path) -> str:
    with pytest.raises(JournalError) as caught:
        SqliteJournal(folder)
    text = str(caught.value)
    assert "\n" not in text
    assert "Traceback" not in text
    assert str(folder / JOURNAL) in text
    return text


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    a_journal(tmp_path, small_day().history).close()
    by_sqlite3(tmp_path / JOURNAL, f"PRAGMA user_version = {journal_schema.NEWEST + 1}")
    before = (tmp_path / JOURNAL).read_bytes()
    assert "written by a newer Kasse" in sentence(tmp_path)
    assert (tmp_path / JOURNAL).read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_bytes(b"receipts, receipts, receipts\n" * 500)
    assert "is damaged" in sentence(tmp_path)


def test_a_database_of_another_program(tmp_path: Path) -> None:
    by_sqlite3(tmp_path / JOURNAL, "CREATE TABLE journal(x)")
    assert "cannot be opened" in sentence(tmp_path)


def test_a_file_cut_short(tmp_path: Path) -> None:
    a_journal(tmp_path, small_day().history).close()
    os.truncate(tmp_path / JOURNAL, 5000)
    assert "is damaged" in sentence(tmp_path)


def test_a_lost_epoch(tmp_path: Path) -> None:
    a_journal(tmp_path, small_day().history).close()
    by_sqlite3(tmp_path / JOURNAL, "DROP TRIGGER epoch_no_delete")
    by_sqlite3(tmp_path / JOURNAL, "DELETE FROM epoch")
    assert "no epoch" in sentence(tmp_path)


@pytest.mark.parametrize("left", [None, b""])
def test_a_till_that_has_sold_does_not_begin_again_at_receipt_1(tmp_path: Path, left: bytes | None) -> None:
    journal = a_journal(tmp_path, small_day().history)
    SqliteViews(tmp_path, journal).close()
    journal.close()
    (tmp_path / JOURNAL).unlink()
    if left is not None:
        (tmp_path / JOURNAL).write_bytes(left)
    assert "restore it from a backup" in sentence(tmp_path)
    (tmp_path / VIEWS).unlink()
    SqliteJournal(tmp_path).close()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be opened" in sentence(tmp_path / "nowhere")


def test_another_writer_is_waited_for_and_then_named(tmp_path: Path) -> None:
    """Nobody but the daemon writes; if somebody holds the file all the same, the till says so and stops."""
    journal = a_journal(tmp_path, small_day().history)
    journal._db.set_busy_timeout(20)
    other = apsw.Connection(str(tmp_path / JOURNAL))
    other.execute("BEGIN IMMEDIATE")
    seq = journal.seq
    with pytest.raises(JournalError, match="held by another program"):
        journal.append(e.TillStopped(), NOON)
    assert journal.seq == seq
    other.execute("ROLLBACK")
    assert journal.append(e.TillStopped(), NOON) == seq + 1
    other.close()
    journal.close()


@pytest.mark.parametrize(
    "half_made",
    [
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE _sqlite_migrations(id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)",
    ],
)
def test_a_journal_that_a_cut_left_half_made_is_made_whole(tmp_path: Path, half_made: str) -> None:
    by_sqlite3(tmp_path / JOURNAL, half_made)
    a_journal(tmp_path, small_day().history).close()


def test_a_journal_that_a_cut_left_without_its_number_is_kept(tmp_path: Path) -> None:
    """The schema is applied in one transaction; its number is written after it."""
    journal = a_journal(tmp_path, small_day().history)
    seq, epoch = journal.seq, journal.epoch
    journal.close()
    by_sqlite3(tmp_path / JOURNAL, "PRAGMA user_version = 0")
    journal = SqliteJournal(tmp_path)
    assert (journal.seq, journal.epoch) == (seq, epoch)
    journal.close()
