"""The size of the matrix, and how quickly faults were seen, at the end of the run."""

import pytest

SEEN: dict[tuple[str, str, str], float] = {}
"""Shop, device and fault: seconds until every screen named it."""
SELDOM = "card"
"""A card terminal is left in peace between payments, and so seen later; who pays sees it at once."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line."""
    if SEEN:
        soon = {cell: seconds for cell, seconds in SEEN.items() if cell[1] != SELDOM}
        slowest = max(soon, key=lambda cell: soon[cell])
        seldom = max((seconds for cell, seconds in SEEN.items() if cell[1] == SELDOM), default=0.0)
        terminalreporter.write_line(
            f"field matrix: {len(SEEN)} cells; on the screens after {sorted(soon.values())[len(soon) // 2]:.1f} s, at "
            f"most {soon[slowest]:.1f} s ({', '.join(slowest)}); a card terminal, which is asked seldom, {seldom:.1f} s"
        )
