"""What all tests share."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The backend the daemon runs on."""
    return "asyncio"
