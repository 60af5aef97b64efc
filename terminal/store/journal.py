"""The journal on disk: one row and one sync an action.

SQLite through apsw (bundles a version with the WAL-reset fix), WAL, synchronous=FULL, one connection. A statement
that has returned is on the disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from terminal.app.ports.journal import JournalError
from terminal.domain.events import AnyEvent
from terminal.domain.receipt import Moment

from . import journal_schema
from .entry import Entry, chain_start, encode, hash_of, kind_of
from .folder import JOURNAL, VIEWS

FILE = JOURNAL
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -256",
    "PRAGMA journal_size_limit = 4194304",
)
_INSERT = "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)"
# The kind as bytes: a flipped bit can make it no UTF-8, and that entry must be read and reported, not raise.
_SELECT = (
    "SELECT seq, at, trusted, CAST(kind AS BLOB), body, prev_hash, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
)
_COLUMNS = (int, int, int, bytes, bytes, bytes, bytes)
_FAILED = (apsw.Error, UnicodeDecodeError)
"""The second when a flipped bit has made a text out of bytes."""
MOST_DAMAGE = 20
RESTORE = "Run 'kasse verify' and restore from a backup"


class SqliteJournal:
    """The open journal. `app.ports.journal.Journal`."""

    def __init__(self, folder: Path) -> None:
        """Open `folder`/journal.sqlite, making or migrating it. Raises JournalError."""
        self.path = folder / FILE
        self.seq = 0
        self.at = 0
        self.hash = b""
        try:
            self._open()
        except (*_FAILED, OSError) as error:
            raise JournalError(explain(error, self.path)) from error
        except Exception as error:
            # sqlite-utils reports through Python's sqlite3, which is imported only when it migrates.
            if type(error).__module__ != "sqlite3":
                raise
            raise JournalError(f"the journal {self.path} cannot be opened: {error}") from error

    def append(self, event: AnyEvent, moment: Moment) -> int:
        """See the port."""
        seq, kind, body = self.seq + 1, kind_of(event), encode(event)
        digest = hash_of(self.hash, seq, moment.at, moment.trusted, kind, body)
        row = (seq, moment.at, int(moment.trusted), kind, body, self.hash, digest)
        try:
            self._db.execute(_INSERT, row)
        except _FAILED as error:
            raise JournalError(explain(error, self.path)) from error
        self.seq, self.hash, self.at = seq, digest, moment.at
        return seq

    def read(self, after: int, limit: int = 1 << 62) -> Iterator[Entry]:
        """The entries above `after`, in order. Raises JournalError."""
        try:
            for row in self._db.execute(_SELECT, (after, limit)):
                if tuple(map(type, row)) != _COLUMNS:
                    raise JournalError(f"{self.path} is damaged (the columns of entry {row[0]}). {RESTORE}")
                seq, at, trusted, kind, body, prev_hash, digest = row
                yield Entry(seq, at, trusted == 1, kind.decode(errors="backslashreplace"), body, prev_hash, digest)
        except _FAILED as error:
            raise JournalError(explain(error, self.path)) from error

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Append many entries in one transaction: durable together at the end of the block, or none of them.

        For what has no witness yet (a restore, a measurement); a till's actions are durable one by one.
        """
        before = (self.seq, self.hash, self.at)
        try:
            with self._db:
                yield
        except BaseException:
            self.seq, self.hash, self.at = before
            raise

    def hash_at(self, seq: int) -> bytes | None:
        """The hash of one entry; of number 0 the chain's start; None if there is no such entry."""
        if seq == 0:
            return chain_start(self.epoch)
        try:
            row = next(iter(self._db.execute("SELECT hash FROM journal WHERE seq = ?", (seq,))), None)
        except _FAILED as error:
            raise JournalError(explain(error, self.path)) from error
        return row[0] if row else None

    def damage(self) -> Iterator[str]:
        """What SQLite itself finds wrong with the file's structure and columns, a sentence each."""
        try:
            for (finding,) in self._db.execute(f"PRAGMA integrity_check({MOST_DAMAGE})"):
                if finding != "ok":
                    yield f"{self.path} is damaged: {finding}"
        except _FAILED as error:
            raise JournalError(explain(error, self.path)) from error

    def close(self) -> None:
        """Close the file; the last connection moves the WAL into it."""
        self._db.close()

    def _open(self) -> None:
        if not self.path.exists() or self.path.stat().st_size == 0:
            self._refuse_if_lost()
            journal_schema.migrate(self.path)
        self._connect()
        if self._version() < journal_schema.NEWEST:
            self._db.close()
            journal_schema.migrate(self.path)
            self._connect()
        version = self._version()
        if version != journal_schema.NEWEST:
            raise JournalError(
                f"the journal {self.path} was written by a newer Kasse (its schema is {version}, this one knows"
                f" {journal_schema.NEWEST}): install the newer one again"
            )
        for setting in SETTINGS:
            self._db.execute(setting)
        epoch = next(iter(self._db.execute("SELECT epoch FROM epoch")), None)
        if epoch is None:
            raise JournalError(f"the journal {self.path} is damaged (it has no epoch): restore it from a backup")
        self.epoch = str(epoch[0])
        last = next(iter(self._db.execute("SELECT seq, at, hash FROM journal ORDER BY seq DESC LIMIT 1")), None)
        self.seq, self.at, self.hash = last or (0, 0, chain_start(self.epoch))
        if tuple(map(type, (self.seq, self.at, self.hash))) != (int, int, bytes):
            raise JournalError(f"{self.path} is damaged (the columns of entry {self.seq}). {RESTORE}")

    def _connect(self) -> None:
        self._db = apsw.Connection(str(self.path))
        self._db.set_busy_timeout(5000)

    def _version(self) -> int:
        return int(self._db.pragma("user_version"))

    def _refuse_if_lost(self) -> None:
        """A till that has sold must not begin again at receipt 1 because its journal has gone."""
        views = self.path.with_name(VIEWS)
        if views.exists() and views.stat().st_size:
            raise JournalError(
                f"the journal {self.path} is missing or empty, although this till has sold: restore it from a backup"
                f" (or move {views} away too, to begin a new journal)"
            )


def explain(error: Exception, path: Path) -> str:
    """One sentence for a person: what happened to the journal and what to do."""
    match error:
        case apsw.FullError():
            return f"the disk is full: {path} cannot grow. Free some space and start again"
        case apsw.ReadOnlyError():
            return f"{path} is read-only: the SD card may be worn out or locked. Replace it"
        case apsw.CorruptError() | apsw.NotADBError() | UnicodeDecodeError():
            return f"{path} is damaged ({error}). {RESTORE}"
        case apsw.BusyError() | apsw.LockedError():
            return f"{path} is held by another program. Stop it and start again"
        case apsw.IOError():
            return f"{path} cannot be read or written ({error}). The SD card may be failing"
        case _:
            return f"{path} cannot be used: {error}"
