"""The journal's schema, numbered. The newest number stands in `user_version`; only a file below it is migrated.

Migrations run through sqlite-utils, which uses Python's own SQLite. That library may lack the fix for the WAL-reset
fault (SQLite 3.51.3), which needs two connections at a time: so they run alone, before the daemon's one connection
(apsw, which bundles a SQLite with the fix) is opened, and never beside it.
"""

from pathlib import Path
from secrets import token_hex

NEWEST = 1

_JOURNAL = """
CREATE TABLE journal(
    seq INTEGER PRIMARY KEY CHECK (seq > 0),
    at INTEGER NOT NULL,
    trusted INTEGER NOT NULL CHECK (trusted IN (0, 1)),
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_only_append BEFORE INSERT ON journal
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM journal)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE epoch(id INTEGER PRIMARY KEY CHECK (id = 1), epoch TEXT NOT NULL CHECK (length(epoch) = 32)) STRICT;
CREATE TRIGGER epoch_no_update BEFORE UPDATE ON epoch
BEGIN SELECT RAISE(ABORT, 'the epoch never changes'); END;
CREATE TRIGGER epoch_only_one BEFORE INSERT ON epoch WHEN EXISTS (SELECT 1 FROM epoch)
BEGIN SELECT RAISE(ABORT, 'the epoch never changes'); END;
CREATE TRIGGER epoch_no_delete BEFORE DELETE ON epoch
BEGIN SELECT RAISE(ABORT, 'the epoch never changes'); END;
"""


def migrate(path: Path) -> None:
    """Bring the file to the newest schema, making it if it is not there. Only while nobody else has it open."""
    from sqlite_utils import Database, Migrations

    steps = Migrations("kasse.journal")

    @steps(name="001_journal")
    def journal(db: Database) -> None:
        for statement in _statements(_JOURNAL):
            db.execute(statement)
        db.execute("INSERT INTO epoch VALUES (1, ?)", (token_hex(16),))

    db = Database(path)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        steps.apply(db)
        db.execute(f"PRAGMA user_version = {NEWEST:d}")
    finally:
        db.close()


def _statements(script: str) -> list[str]:
    """The script's statements: each ends with a line that ends with ';' outside a trigger's body."""
    statements, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        whole = line.endswith("END;") if "TRIGGER" in current else line.endswith(";")
        if whole:
            statements.append(current)
            current = ""
    return statements
