"""The tills' processes, and the size of the matrix at the end of the run."""

import multiprocessing
from multiprocessing.context import ForkServerContext

import pytest

from tests.matrix.lanes import COUNTED


@pytest.fixture(scope="session")
def server() -> ForkServerContext:
    """Forks tills from a process that has loaded everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.matrix.beds", "tests.matrix.till_process"])
    return context


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line."""
    if COUNTED:
        parts = ", ".join(f"{name} {cells}" for name, cells in COUNTED.items())
        terminalreporter.write_line(f"payment matrix: {sum(COUNTED.values())} cells ({parts})")
