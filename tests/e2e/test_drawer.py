"""The drawer with its switch on the printer: the daemon, the simulated printer with its drawer, and the screen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from terminal.domain import events as e

from .goods import ROLL
from .lane import Lane, Premises, until


def with_switch(text: str) -> str:
    """Such a drawer; left open for a second it is told of, and no cash is taken meanwhile."""
    drawer = '[drawer]\ndriver = "printer"\n'
    assert drawer in text
    return text.replace(drawer, f'{drawer}sense = "printer"\nleft_open_seconds = 1\nsell_while_open = false\n')


@pytest.fixture(scope="module")
def premises(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    """A till whose drawer has a switch."""
    premises = Premises(browser, lambda: tmp_path_factory.mktemp("lane"), with_switch)
    try:
        yield premises
    finally:
        premises.close()


def shut(lane: Lane) -> None:
    """Somebody shuts it; the till sees it."""
    lane.press("printer", "close-drawer")
    expect(lane.page.locator("#dev-drawer")).not_to_have_class(re.compile(r"\bopen\b"))
    lane.shows_no_alert()


def test_it_opens_for_cash_and_is_told_of_until_it_is_shut(lane: Lane) -> None:
    lane.scan(ROLL)
    lane.pay()
    lane.pay_cash(6_00)
    lane.shows_change("Paid", 6_00)
    lane.drawer_opened(1)
    assert lane.events(e.DrawerOpened) == [e.DrawerOpened(1, "sale", "Anna")]
    lane.shows_alert(lane.say("The drawer"), lane.say("Shut it."))
    # While it stands open no cash is taken.
    lane.next_customer()
    lane.scan(ROLL)
    lane.pay()
    lane.pay_cash(6_00)
    expect(lane.page.locator("#toast")).to_contain_text(lane.say("The drawer stands open. Shut it first."))
    shut(lane)
    assert lane.events(e.DrawerClosed) == [e.DrawerClosed()]
    lane.pay_cash(6_00)
    lane.shows_change("Paid", 6_00)
    lane.drawer_opened(2)
    shut(lane)


def test_one_that_is_locked_did_not_open(lane: Lane) -> None:
    lane.press("printer", "lock-drawer", "on")
    lane.open("drawer")
    lane.button("dialog", "Small change").click()
    until(lambda: lane.events(e.DrawerEnded), "the end of the opening")
    assert [(each.outcome, each.problem) for each in lane.events(e.DrawerEnded)] == [("not-opened", "did-not-open")]
    lane.shows_alert(lane.say("did not open"), lane.say("Check that it is not locked, and its cable."))
    lane.press("printer", "lock-drawer", "off")
    lane.press("printer", "open-drawer")
    until(lambda: lane.events(e.DrawerOpened), "the drawer's opening by hand")
    assert lane.events(e.DrawerOpened)[-1] == e.DrawerOpened(0, "by-hand", "Anna")
    shut(lane)


def test_a_till_that_was_off_sees_how_it_stands(lane: Lane, premises: Premises) -> None:
    premises.stop()
    lane.press("printer", "open-drawer")
    premises.start()
    until(lambda: lane.events(e.DrawerOpened), "the drawer's state")
    assert lane.events(e.DrawerOpened)[-1].reason == "while-off"
    shut(lane)
