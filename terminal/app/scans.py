"""Where scans go: onto the sale, but for a moment to whoever tests or sets up a scanner."""

from collections.abc import Iterator
from contextlib import contextmanager

from .ports.scanner import BadScan, OnScan, Scan


class Scans:
    """An `OnScan` for the drivers. Costs a scan one look-up."""

    def __init__(self, sell: OnScan) -> None:
        self._sell = sell
        self._takers: dict[str, OnScan] = {}

    def on_scan(self, scan: Scan | BadScan) -> None:
        """A scanner's news."""
        self._takers.get(scan.scanner, self._sell)(scan)

    @contextmanager
    def taking(self, scanner: str, take: OnScan) -> Iterator[None]:
        """Until the block ends, that scanner's scans are `take`n and not sold."""
        before = self._takers.get(scanner)
        self._takers[scanner] = take
        try:
            yield
        finally:
            if before is None:
                self._takers.pop(scanner, None)
            else:
                self._takers[scanner] = before
