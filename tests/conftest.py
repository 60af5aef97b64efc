"""What all tests share."""

import pytest
from hypothesis import settings

# No deadline (a busy machine is no defect) and the same examples in every run: a red build is red again on the desk.
settings.register_profile("kasse", deadline=None, derandomize=True)
settings.load_profile("kasse")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The backend the daemon runs on."""
    return "asyncio"
