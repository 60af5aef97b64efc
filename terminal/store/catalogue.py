"""The catalogue on disk, read by the till. Another process may import a new one at any time (catalogue_import.py)."""

import os
from pathlib import Path
from typing import Any

import apsw

from terminal.app.ports.catalogue import Revision
from terminal.domain.item import Item, Unit
from terminal.domain.money import Amount, BasisPoints

from .catalogue_schema import FILE, fault, open_catalogue
from .catalogue_words import LEAST_INNER, typed

COLUMNS = "sku, name, price, vat_rate, unit, department, age_limit, deposit_sku, is_deposit"
_BY_SKU = f"SELECT {COLUMNS} FROM items WHERE sku = ?"  # noqa: S608 (fixed names)
_BY_CODE = f"SELECT {COLUMNS} FROM items WHERE sku = (SELECT sku FROM codes WHERE key = ?)"  # noqa: S608
_IN_DEPARTMENT = f"SELECT {COLUMNS} FROM items WHERE department = ? AND is_deposit = 0 ORDER BY position LIMIT ?"  # noqa: S608
_SEARCH = (
    f"SELECT {COLUMNS} FROM items WHERE position IN"  # noqa: S608
    " (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?) ORDER BY position"
)
_EMPTY = Revision(0, 0, "", "")
MOST_KNOWN = 256
"""Items that were scanned lately and are kept in memory: a shop sells the same few hundred all day."""


class SqliteCatalogue:
    """The open catalogue. `app.ports.catalogue.Catalogue`. Every call may raise CatalogueError."""

    def __init__(self, folder: Path) -> None:
        """Open `folder`/catalogue.sqlite, making an empty one or migrating it. Raises CatalogueError."""
        self.path = folder / FILE
        self._db, self._lock = open_catalogue(folder)
        self._db.execute("PRAGMA query_only = 1")
        self._seen = -1
        self._revision = _EMPTY
        self._known: dict[str, Item] = {}
        """By code; of the revision that `revision` gave last, so no new price comes before it was journalled."""

    def revision(self) -> Revision:
        """See the port. Costs a few microseconds while nothing was imported."""
        # Changes exactly when another connection has committed (SQLite's own counter).
        seen = self._ask("PRAGMA data_version")[0][0]
        if seen != self._seen:
            rows = self._ask("SELECT number, items, digest, source FROM revision ORDER BY number DESC LIMIT 1")
            self._revision = Revision(*rows[0]) if rows else _EMPTY
            self._seen = seen
            self._known.clear()
        return self._revision

    def by_code(self, key: str) -> Item | None:
        """See the port. An import is seen with the next `revision`, which the till asks for once a second."""
        item = self._known.get(key)
        if item is None:
            item = self._one(_BY_CODE, key)
            if item is not None:
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                self._known[key] = item
        return item

    def by_sku(self, sku: str) -> Item | None:
        """See the port."""
        return self._one(_BY_SKU, sku)

    def departments(self) -> tuple[str, ...]:
        """See the port."""
        return tuple(name for (name,) in self._ask("SELECT name FROM departments ORDER BY position"))

    def in_department(self, department: str, limit: int) -> tuple[Item, ...]:
        """See the port."""
        return tuple(map(to_item, self._ask(_IN_DEPARTMENT, department, max(limit, 0))))

    def search(self, words: str, limit: int) -> tuple[Item, ...]:
        """See the port. First the item of exactly that number, then names that begin so, then words that do, then
        words that have it within.
        """
        if limit <= 0:
            return ()
        asked = typed(words)
        if not asked:
            return ()
        # Quoted, and of letters and digits only: nothing of FTS5's own language comes through.
        prefixes = " AND ".join(f'"{word}" *' for word in asked)
        matches = [f"name : ^ {prefixes}", f"{{name codes}} : ({prefixes})"]
        if len(min(asked, key=len)) >= LEAST_INNER:
            matches.append(prefixes)
        found: dict[str, Item] = {}
        exact = self.by_sku(words.strip())
        if exact is not None:
            found[exact.sku] = exact
        for match in matches:
            if len(found) < limit:
                for item in map(to_item, self._ask(_SEARCH, match, limit)):
                    found.setdefault(item.sku, item)
        return tuple(found.values())[:limit]

    def close(self) -> None:
        """Close the file and let go of it."""
        self._db.close()
        os.close(self._lock)

    def _one(self, statement: str, value: str) -> Item | None:
        rows = self._ask(statement, value)
        return to_item(rows[0]) if rows else None

    def _ask(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except UnicodeEncodeError:
            # A lone surrogate is no text that the catalogue could hold.
            return []
        except apsw.Error as error:
            raise fault(error, self.path) from error


def to_item(row: tuple[Any, ...]) -> Item:
    """The item of a row of COLUMNS."""
    sku, name, price, vat, unit, department, age, deposit_sku, is_deposit = row
    return Item(sku, name, Amount(price), BasisPoints(vat), Unit(unit), department, age, deposit_sku, bool(is_deposit))
