"""What a region is, and how it is drawn."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from terminal.app.ports.catalogue import CatalogueError
from terminal.app.ports.journal import JournalError

from .look import Look
from .render import render

log = logging.getLogger(__name__)


class Region(NamedTuple):
    """One element of the page, known by its id."""

    name: str
    inputs: Callable[[Look], tuple[object, ...]]
    make: Callable[[Look], str]

    def draw(self, look: Look) -> str:
        """Its HTML. What cannot be read of the shop's files is said in the region, and the others work on."""
        try:
            return self.make(look)
        except (CatalogueError, JournalError) as error:
            log.error("the region %s cannot be drawn: %s", self.name, error)  # noqa: TRY400 (a sentence, no fault of ours)
            return render("unreadable.html", look.words, region=self.name, why=str(error))
