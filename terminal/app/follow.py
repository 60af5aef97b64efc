"""Keeps the projections and the snapshot close behind the journal, in batches, when the till is quiet."""

import logging
from typing import NoReturn, Protocol

import anyio
import anyio.lowlevel

from terminal.domain import events
from terminal.domain.till import TillState

from .changes import Changes
from .ports.catalogue import Catalogue, CatalogueError
from .till import Till

log = logging.getLogger(__name__)

QUIET = 2.0
"""Seconds after a change before the projections are written: a sale's entries go in together."""

CATALOGUE_EVERY = 1.0
"""Seconds."""


class Following(Protocol):
    """The projections, as far as they are kept up to date."""

    @property
    def behind(self) -> int:
        """Entries not in them yet."""

    def catch_up(self, limit: int | None = None) -> None:
        """Take in at most `limit` entries."""

    def save_state(self, state: TillState, *, force: bool = False) -> None:
        """Keep a snapshot of the state at the journal's end, when the last one is old enough."""


async def follow(views: Following, till: Till, changes: Changes, quiet: float = QUIET) -> NoReturn:
    """Follow for ever."""
    seen, followed = 0, -1
    while True:
        seen = await changes.wait(seen)
        # Not `views.behind`: a look-up catches the projections up by itself, and the snapshot must follow all the same.
        if till.seq != followed:
            await anyio.sleep(quiet)
            while views.behind:
                views.catch_up(50)
                await anyio.lowlevel.checkpoint()
            views.save_state(till.state)
            followed = till.seq


async def follow_catalogue(till: Till, catalogue: Catalogue) -> NoReturn:
    """Journal every new revision of the catalogue; another process imports it while the till sells."""
    said = ""
    while True:
        try:
            note_catalogue(till, catalogue)
        except CatalogueError as error:
            # An open sale can still be paid: the till goes on with the revision it has.
            if str(error) != said:
                said = str(error)
                log.error("the catalogue cannot be followed: %s", error)  # noqa: TRY400 (a sentence, no fault of ours)
        await anyio.sleep(CATALOGUE_EVERY)


def note_catalogue(till: Till, catalogue: Catalogue) -> None:
    """Journal the catalogue's revision if the till has not sold from it yet."""
    newest = catalogue.revision()
    if newest.number != till.state.revision:
        till.record(events.CatalogueChanged(newest.number, newest.items, newest.digest, newest.source))
