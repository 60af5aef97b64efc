"""The shipped till with devices of a real kernel: `make test-devices`. See README.md.

Not named test_*.py: `make test` shall not boot a machine.
"""

from collections.abc import Iterator

import pytest

from .machine import Machine, machine
from .scenarios import SETTINGS


@pytest.fixture(scope="module")
def small_machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One for all the scenarios that were asked for."""
    asked_for = {item.callspec.params["name"] for item in request.session.items if hasattr(item, "callspec")}
    wanted = {name: settings for name, settings in SETTINGS.items() if name in asked_for}
    with machine(tmp_path_factory.mktemp("machine"), wanted) as running:
        yield running


@pytest.mark.parametrize("name", SETTINGS)
def test_scenario(small_machine: Machine, name: str) -> None:
    """It ran in the small machine, and all was well."""
    result = small_machine.result(name)
    assert not result.why, result.why
