"""The size of the matrix, and how quickly faults were seen, at the end of the run."""

import pytest

SEEN: dict[tuple[str, str, str], float] = {}
"""Shop, device and fault: seconds until every screen named it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line."""
    if SEEN:
        slowest = max(SEEN, key=lambda cell: SEEN[cell])
        terminalreporter.write_line(
            f"field matrix: {len(SEEN)} cells, {sorted(SEEN.values())[len(SEEN) // 2]:.1f} s until a fault is on the "
            f"screen, {SEEN[slowest]:.1f} s at the most ({', '.join(slowest)})"
        )
