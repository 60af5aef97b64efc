"""Debian's Chromium, kept away from every network but this machine's own, and the till it looks at."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from .lane import Lane, Premises

CHROMIUM = "/usr/bin/chromium"
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


# A module long and no longer: Playwright's loop stays the thread's running one, and other tests run their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


@pytest.fixture(scope="module")
def premises(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A till with its devices."""
    premises = Premises(browser, lambda: tmp_path_factory.mktemp("lane"))
    try:
        yield premises
    finally:
        premises.close()


@pytest.fixture
def lane(premises: Premises) -> Iterator[Lane]:
    """A screen at the till, for one customer or a few."""
    with premises.lane() as lane:
        yield lane
