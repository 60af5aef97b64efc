"""The items a till can sell: looked up by code, by number, by department, by a few letters.

CatalogueError    the catalogue cannot be read or written
"""

from typing import Protocol

import msgspec

from terminal.domain.item import Item


class CatalogueError(Exception):
    """The catalogue cannot be used: damaged, unreadable, held. The message is one clear sentence."""


class Revision(msgspec.Struct, frozen=True):
    """Which state of the catalogue this is. Journalled before it is sold from."""

    number: int
    """Counts up with every import; 0 = empty, never imported."""
    items: int
    digest: str
    """SHA-256, hex, over all items in order of sku."""
    source: str = ""
    """The file's name it came from."""


class Catalogue(Protocol):
    """Read only. All calls are short (an indexed look-up); none keeps the whole catalogue in memory."""

    def revision(self) -> Revision:
        """The newest revision on disk (another process may have imported one)."""

    def by_code(self, key: str) -> Item | None:
        """The item with exactly this key (`Code.key`), else None. Never pads or truncates."""

    def by_sku(self, sku: str) -> Item | None:
        """The item with this number."""

    def departments(self) -> tuple[str, ...]:
        """Names of the departments that have items, in the order of the catalogue."""

    def in_department(self, department: str, limit: int) -> tuple[Item, ...]:
        """Items of one department (deposit items left out), by the catalogue's order."""

    def search(self, words: str, limit: int) -> tuple[Item, ...]:
        """Items whose name, sku or code has all the words (prefixes), best first. Any text is allowed."""
