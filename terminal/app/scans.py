"""Where scans go: onto the sale, but for a moment to whoever tests or sets up a scanner."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .ports.scanner import BadScan, OnScan, Scan


def _nobody() -> None:
    """Nobody is told."""


class Scans:
    """An `OnScan` for the drivers. Costs a scan one look-up."""

    def __init__(self, sell: OnScan, say_taken: Callable[[], None] = _nobody) -> None:
        """`say_taken`: tells whoever stands at the till that a scan was not sold: it may have been goods."""
        self._sell = sell
        self._say_taken = say_taken
        self._takers: dict[str, OnScan] = {}

    def on_scan(self, scan: Scan | BadScan) -> None:
        """A scanner's news."""
        taker = self._takers.get(scan.scanner)
        if taker is None:
            self._sell(scan)
        else:
            taker(scan)
            self._say_taken()

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
