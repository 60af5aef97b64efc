"""From entries to the till's state."""

import msgspec

from terminal.app.ports.journal import JournalError
from terminal.domain.evolve import evolve
from terminal.domain.till import TillState

from .entry import decode
from .journal import SqliteJournal


def replay(journal: SqliteJournal, state: TillState, after: int) -> TillState:
    """The state after all entries above `after`. Raises JournalError if one cannot be read."""
    for entry in journal.read(after):
        try:
            event = decode(entry.body)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise JournalError(f"entry {entry.seq} ({entry.kind}) cannot be read: {error}") from error
        state = evolve(state, event)
    return state
