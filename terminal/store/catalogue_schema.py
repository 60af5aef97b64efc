"""The catalogue's file: its numbered schema, and how it is opened.

Migrations run through sqlite-utils, which uses Python's own SQLite. That library may lack the fix for the WAL-reset
fault (SQLite 3.51.3), which needs two connections at a time. So whoever has the file open holds a shared lock beside
it, and a migration wants that lock for itself alone: a new version's import cannot migrate under a running till.
"""

import fcntl
import os
import time
from pathlib import Path

import apsw

from terminal.app.ports.catalogue import CatalogueError

from .journal import explain

FILE = "catalogue.sqlite"
LOCK = "catalogue.lock"
NEWEST = 1
WAIT = 5.0
"""Seconds that another process may take to migrate, or to write."""

_FIRST = (
    """CREATE TABLE items(
        position INTEGER PRIMARY KEY,
        sku TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        price INTEGER NOT NULL CHECK (price >= 0),
        vat_rate INTEGER NOT NULL CHECK (vat_rate BETWEEN 0 AND 10000),
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'gram')),
        department TEXT NOT NULL,
        age_limit INTEGER NOT NULL CHECK (age_limit >= 0),
        deposit_sku TEXT NOT NULL,
        is_deposit INTEGER NOT NULL CHECK (is_deposit IN (0, 1))
    ) STRICT""",
    "CREATE INDEX items_by_department ON items(department) WHERE is_deposit = 0",
    "CREATE INDEX items_by_deposit ON items(deposit_sku) WHERE deposit_sku <> ''",
    "CREATE TABLE codes(key TEXT PRIMARY KEY, sku TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE departments(position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    """CREATE TABLE revision(
        number INTEGER PRIMARY KEY,
        items INTEGER NOT NULL,
        digest TEXT NOT NULL CHECK (length(digest) = 64),
        source TEXT NOT NULL
    ) STRICT""",
    # Words only, folded before they come here (catalogue_words.py); the text itself stands in items.
    """CREATE VIRTUAL TABLE words USING fts5(
        name, codes, endings, content = '', columnsize = 0, prefix = '1 2 3', tokenize = 'unicode61 remove_diacritics 0'
    )""",
)


def open_catalogue(folder: Path, wait: float = WAIT) -> tuple[apsw.Connection, int]:
    """The open file, at the newest schema, and the lock (a file descriptor) to close after it. Raises CatalogueError.

    Makes folder and file when they are not there. `wait` is how long another process may take to migrate, in seconds.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CatalogueError(f"the data folder {folder} cannot be used: {error.strerror}") from error
    try:
        _take(lock, fcntl.LOCK_SH, path, wait)
        if _version(path) < NEWEST:
            _take(lock, fcntl.LOCK_EX, path, wait)
            if _version(path) < NEWEST:
                _migrate(path)
            _give_to_owner(folder, path, folder / LOCK)
            _take(lock, fcntl.LOCK_SH, path, wait)
        return _open(path), lock
    except BaseException:
        os.close(lock)
        raise


def fault(error: apsw.Error, path: Path) -> CatalogueError:
    """The error as a sentence for a person."""
    match error:
        case apsw.CorruptError() | apsw.NotADBError():
            return CatalogueError(f"{path} is damaged ({error}). Delete it and import the items again")
        case apsw.BusyError() | apsw.LockedError():
            return CatalogueError(f"{path} is being written by another import: wait until it is done")
        case _:
            return CatalogueError(explain(error, path))


def _open(path: Path) -> apsw.Connection:
    try:
        db = apsw.Connection(str(path))
        try:
            db.set_busy_timeout(int(WAIT * 1000))
            db.execute("PRAGMA cache_size = -256")
            db.execute("PRAGMA journal_size_limit = 1048576")
            version = db.pragma("user_version")
        except BaseException:
            db.close()
            raise
    except apsw.Error as error:
        raise fault(error, path) from error
    if version != NEWEST:
        db.close()
        raise CatalogueError(f"the catalogue {path} has schema {version}: it was written by a newer Kasse")
    return db


def _version(path: Path) -> int:
    if not path.exists():
        return 0
    # Closed again before anything else opens the file. Not read from its bytes: closing a plain file descriptor would
    # drop the POSIX locks that SQLite holds on it in this process.
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            return int(db.pragma("user_version"))
        finally:
            db.close()
    except apsw.Error as error:
        raise fault(error, path) from error


def _take(lock: int, kind: int, path: Path, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise CatalogueError(
                    f"{path} must be brought up to date, and another kasse has it open: stop the till first"
                ) from error
            # While waiting nothing is held, or two that both want to migrate would wait for each other.
            fcntl.flock(lock, fcntl.LOCK_UN)
            time.sleep(0.05)
        else:
            return


def _migrate(path: Path) -> None:
    """Bring the file to the newest schema, making it if it is not there. Only under the exclusive lock."""
    # Imported here: 200 ms and 20 MB, and needed once in a file's life.
    import sqlite3

    from sqlite_utils import Database, Migrations

    steps = Migrations("kasse.catalogue")

    @steps(name="001_catalogue")
    def catalogue(db: Database) -> None:
        for statement in _FIRST:
            db.execute(statement)

    try:
        db = Database(path)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            steps.apply(db)
            db.execute(f"PRAGMA user_version = {NEWEST:d}")
        finally:
            db.close()
    except sqlite3.Error as error:
        raise CatalogueError(f"the catalogue {path} cannot be opened: {error}") from error


def _give_to_owner(folder: Path, *files: Path) -> None:
    """What root makes in the till's folder belongs to the till."""
    if os.geteuid() == 0:
        owner = folder.stat()
        for file in files:
            os.chown(file, owner.st_uid, owner.st_gid)
