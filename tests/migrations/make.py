"""Makes the database file of the present schema: `python -m tests.migrations.make`.

Run once a schema, before its first release. A file whose schema has been released is never made again: it is what the
shops have.
"""

import shutil
import tempfile
from pathlib import Path

from terminal.store import journal_schema
from tests.store.books import a_journal, small_day

HERE = Path(__file__).parent


def main() -> None:
    """Write journal-<schema>.sqlite beside this file."""
    with tempfile.TemporaryDirectory() as folder:
        journal = a_journal(Path(folder), small_day().history)
        journal.close()
        shutil.copyfile(journal.path, HERE / f"journal-{journal_schema.NEWEST}.sqlite")


if __name__ == "__main__":
    main()
