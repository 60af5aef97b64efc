"""Run by tests as a process of its own: `python -m tests.store.appender FOLDER COMMAND [NUMBER]`.

append      append for ever, and print each number once it is acknowledged
hold        hold the folder until stdin ends, after printing 'held'
small       append until the file size limit of NUMBER bytes stops it; print the sentence
read-only   become nobody if root, and open and append; print the sentence
"""

import os
import resource
import sys
from pathlib import Path

from terminal.app.ports.journal import JournalError
from terminal.domain.commands import AddItem, PayCash
from terminal.domain.decide import decide
from terminal.domain.events import AnyEvent, TillStarted
from terminal.domain.evolve import evolve
from terminal.domain.till import Setup, TillState
from terminal.store.folder import hold
from terminal.store.journal import SqliteJournal
from terminal.store.replay import replay
from tests.domain.playbook import SCREWS, SELLER, kr
from tests.store.books import at

NOBODY = 65534


def append(folder: Path) -> None:
    """Sales without end, from where the journal stands."""
    journal = SqliteJournal(folder)
    state = replay(journal, TillState(), 0)
    if not journal.seq:
        state = go_on(journal, state, TillStarted("0.1.0", "1", "Kasse", SELLER))
    if state.current:
        state = go_on(journal, state, decide(state, PayCash(kr(100)), at(journal.seq), Setup()))
    while True:
        state = go_on(journal, state, decide(state, AddItem(SCREWS), at(journal.seq), Setup()))
        state = go_on(journal, state, decide(state, PayCash(kr(100)), at(journal.seq), Setup()))


def go_on(journal: SqliteJournal, state: TillState, event: AnyEvent) -> TillState:
    """One entry, acknowledged on the standard output."""
    sys.stdout.write(f"{journal.append(event, at(journal.seq))}\n")
    sys.stdout.flush()
    return evolve(state, event)


def main(folder: Path, command: str, number: int) -> None:
    """See the module's text."""
    match command:
        case "append":
            append(folder)
        case "hold":
            with hold(folder):
                sys.stdout.write("held\n")
                sys.stdout.flush()
                sys.stdin.read()
        case "small":
            resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
            said(folder)
        case "read-only":
            if os.getuid() == 0:
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            said(folder)
        case _:
            raise SystemExit(f"no such command: {command}")


def said(folder: Path) -> None:
    """Append until the journal says why not."""
    try:
        append(folder)
    except JournalError as error:
        sys.stdout.write(f"{error}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0)
