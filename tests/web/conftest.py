"""A till, its screens served, and one screen that follows."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.web.client import Screen, following
from tests.web.shop import Shop, open_shop, serving


@pytest.fixture
def closed_shop(tmp_path: Path) -> Iterator[Shop]:
    """The till, nothing running."""
    with open_shop(tmp_path) as shop:
        yield shop


@pytest.fixture
async def shop(closed_shop: Shop) -> AsyncIterator[Shop]:
    """The till, served."""
    async with serving(closed_shop) as shop:
        yield shop


@pytest.fixture
async def screen(shop: Shop) -> AsyncIterator[Screen]:
    """A screen of it."""
    async with following(shop.address) as screen:
        yield screen
