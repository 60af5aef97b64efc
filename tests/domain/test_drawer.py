"""The drawer in the domain: who may open it, and what it forbids while it stands open."""

import msgspec

from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.errors import Reason
from tests.domain.playbook import ALL, MILK, Playbook, kr

OPEN = e.DrawerOpened(0, "by-hand", "Kasse")


def till(**setup: bool) -> Playbook:
    return Playbook(setup=msgspec.structs.replace(ALL, **setup))


def test_it_opens_with_a_reason_and_says_who() -> None:
    book = till()
    book.does(c.OpenDrawer("  Small   change "))
    assert book.history[-1] == e.DrawerWanted(1, "Small change", "Kasse")
    assert book.refuses(c.OpenDrawer(" ")) is Reason.REASON_NEEDED


def test_where_the_settings_want_it_somebody_approves() -> None:
    book = till(drawer_approval=True)
    assert book.refuses(c.OpenDrawer("change")) is Reason.APPROVAL_NEEDED
    book.does(c.OpenDrawer("change", "Mette"))
    assert book.history[-1] == e.DrawerWanted(1, "change", "Kasse", "Mette")


def test_a_till_may_sell_while_it_stands_open() -> None:
    book = till()
    book.happens(OPEN)
    book.sells(MILK)
    assert isinstance(book.history[-1], e.SaleClosed)


def test_or_take_no_cash_before_it_is_shut() -> None:
    book = till(sell_while_open=False)
    book.happens(OPEN)
    book.does(c.AddItem(MILK))
    assert book.refuses(c.PayCash(kr(20))) is Reason.DRAWER_OPEN
    book.happens(e.DrawerClosed())
    book.does(c.PayCash(kr(20)))
    assert isinstance(book.history[-1], e.SaleClosed)


def test_a_card_is_taken_all_the_same() -> None:
    book = till(sell_while_open=False)
    book.happens(OPEN)
    book.does(c.AddItem(MILK))
    book.does(c.PayBy("card"))
    assert isinstance(book.history[-1], e.PaymentIntended)


def test_an_old_entry_is_read_as_it_was() -> None:
    body = b'{"type":"drawer-wanted/1","drawer":7,"reason":"count","cashier":"Anna"}'
    assert msgspec.json.decode(body, type=e.AnyEvent) == e.DrawerWanted(7, "count", "Anna")
