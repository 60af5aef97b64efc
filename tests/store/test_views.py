"""The projections follow the journal, whatever happened to their file; a start is a snapshot and a tail."""

import hashlib
import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import apsw
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.app.ports.journal import JournalError
from terminal.app.ports.views import ReceiptHead, ShiftTotals
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.item import ONE
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, Declined, OutcomeUnknown
from terminal.domain.sale import Credit
from terminal.domain.till import Customer, OtherKind, TillState
from terminal.store.folder import VIEWS
from terminal.store.journal import SqliteJournal
from terminal.store.rebuild import rebuild
from terminal.store.replay import replay
from terminal.store.views import SNAPSHOT_EVERY, VERSION, SqliteViews, followed
from tests.domain.playbook import ALL, CHEESE, MILK, NOON, SCREWS, Playbook, kr
from tests.domain.walk import Walk, histories
from tests.store.books import a_journal, fold, long_day, small_day, write
from tests.store.lazy_disk import lazy_disk

DAY = small_day()
GIFT = Credit("gift-card", "1000000000000008")
RICH = msgspec.structs.replace(
    ALL,
    means=frozenset({"card", "gift-card"}),
    others=(OtherKind("voucher", "Gavebevis", reference=True),),
    customers=(Customer("17", "Byg ApS", kr(500)),),
)


def content(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every projection (the snapshot apart: it need not be there)."""
    db = sqlite3.connect(folder / VIEWS)
    try:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(db.execute(f"SELECT * FROM {name}")) for name in names if name != "snapshot"}
    finally:
        db.close()


def opened(folder: Path) -> tuple[SqliteJournal, SqliteViews]:
    journal = SqliteJournal(folder)
    return journal, SqliteViews(folder, journal)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small day, projected, with a snapshot, nobody holding it."""
    journal = a_journal(tmp_path, DAY.history)
    views = SqliteViews(tmp_path, journal)
    views.catch_up()
    views.save_state(DAY.state, force=True)
    views.close()
    journal.close()
    return tmp_path


# What they say


def test_a_receipt_is_found_by_its_number(folder: Path) -> None:
    journal, views = opened(folder)
    for receipt in DAY.receipts:
        assert views.receipt(receipt.number) == receipt
    assert views.receipt(0) is None
    assert views.receipt(len(DAY.receipts) + 1) is None
    views.close()
    journal.close()


def test_an_answer_holds_all_that_was_done_before_it(tmp_path: Path) -> None:
    journal, views = opened(tmp_path)
    write(journal, DAY.history)
    assert views.behind == journal.seq
    newest = DAY.receipts[-1]
    assert views.recent(1) == (ReceiptHead(newest.number, newest.moment.at, newest.total, len(newest.lines)),)
    assert views.behind == 0
    views.close()
    journal.close()


def test_receipts_newest_first(folder: Path) -> None:
    journal, views = opened(folder)
    assert [head.number for head in views.recent(3)] == [4, 3, 2]
    assert len(views.recent(100)) == len(DAY.receipts)
    views.close()
    journal.close()


def test_the_shift_and_the_stock_by_hand(folder: Path) -> None:
    journal, views = opened(folder)
    assert views.shift() == ShiftTotals(
        receipts=4,
        sales=Amount(101_65 + 10_95 + 65_40),
        returns=kr(-90),
        discounts=kr(11, 30),
        cash=Amount(101_50 - 90_00 + 20_00),
        card=Amount(10_95 + 45_40),
        rounding=Amount(-15),
        other={},
        vat=((2500, kr(88), kr(17, 60)),),
    )
    assert views.sold(SCREWS.sku) == 0
    assert views.sold(MILK.sku) == ONE
    assert views.sold(CHEESE.sku) == 505
    assert views.sold("nothing") == 0
    assert (views.returned(1), views.refunded(1)) == ({2: ONE}, {2: kr(90)})
    assert (views.returned(2), views.refunded(2)) == ({}, {})
    views.close()
    journal.close()


@settings(max_examples=20)
@given(walk=histories(), data=st.data())
def test_following_in_any_steps_is_the_same_as_making_them_anew(
    tmp_path_factory: pytest.TempPathFactory, walk: Walk, data: st.DataObject
) -> None:
    followed_along, anew = tmp_path_factory.mktemp("along"), tmp_path_factory.mktemp("anew")
    journal, views = opened(followed_along)
    left = list(walk.events)
    while left:
        step = data.draw(st.integers(1, 20))
        write(journal, left[:step])
        left = left[step:]
        views.catch_up(data.draw(st.none() | st.integers(0, 9)))
        views.save_state(fold(walk.events[: journal.seq]), force=data.draw(st.booleans()))
    views.catch_up()
    for receipt in walk.receipts:
        assert views.receipt(receipt.number) == receipt
        assert (views.returned(receipt.number), views.refunded(receipt.number)) == walk.given_back(receipt.number)
    shift = views.shift()
    assert shift.cash + shift.card == shift.sales + shift.returns + shift.rounding
    assert sum(gross for _, gross, _ in shift.vat) == shift.sales + shift.returns
    views.close()
    journal.close()

    shutil.copy(journal.path, anew)
    rebuild(anew)
    assert content(anew) == content(followed_along)


# The snapshot


def test_a_snapshot_and_its_tail_are_the_whole_history_at_every_cut(tmp_path: Path) -> None:
    journal, views = opened(tmp_path)
    snapshots = []
    for cut in range(1, len(DAY.history) + 1):
        write(journal, DAY.history[cut - 1 : cut])
        views.save_state(fold(DAY.history[:cut]), force=True)
        snapshots.append(views.load_state())
    assert [after for _, after in snapshots] == list(range(1, len(DAY.history) + 1))
    for state, after in snapshots:
        assert replay(journal, state, after) == DAY.state
    views.close()
    journal.close()


def test_a_snapshot_is_taken_now_and_then(tmp_path: Path) -> None:
    journal, views = opened(tmp_path)
    events = long_day(SNAPSHOT_EVERY + 10)
    write(journal, events[: SNAPSHOT_EVERY - 1])
    views.save_state(fold(events[: SNAPSHOT_EVERY - 1]))
    assert views.load_state() == (TillState(), 0)
    write(journal, events[SNAPSHOT_EVERY - 1 :])
    views.save_state(fold(events))
    assert views.load_state() == (fold(events), len(events))
    views.close()
    journal.close()


def test_a_start_reads_the_tail_only(folder: Path) -> None:
    journal, views = opened(folder)
    state, after = views.load_state()
    assert (state, after) == (DAY.state, len(DAY.history))
    journal.append(e.TillStopped(), NOON)
    assert replay(journal, state, after) == replay(journal, TillState(), 0)
    views.close()
    journal.close()


def test_a_flipped_bit_in_the_snapshot_does_not_become_the_state(folder: Path) -> None:
    """'1' and '3' differ in one bit: still JSON, another number."""
    db = sqlite3.connect(folder / VIEWS)
    body = db.execute("SELECT body FROM snapshot").fetchone()[0]
    with db:
        db.execute("UPDATE snapshot SET body = ?", (body.replace(b'"next_receipt":5', b'"next_receipt":4'),))
    db.close()
    journal, views = opened(folder)
    assert views.load_state() == (TillState(), 0)
    views.close()
    journal.close()


SHAPE = (6, "09acfb167de1ffc5")
"""views.VERSION, and a digest of TillState's fields and types."""


def test_a_changed_state_needs_a_new_number() -> None:
    """The next release reads the snapshot of this one. Whoever changes TillState, what evolve makes of old entries, or
    what is projected counts views.VERSION up, or an old snapshot passes for the new state."""
    shape = hashlib.sha256(repr(sorted(fields_of(TillState))).encode()).hexdigest()[:16]
    assert (VERSION, shape) == SHAPE, "count VERSION in terminal/store/views.py up, then put the new pair here"


def fields_of(kind: Any, seen: frozenset[Any] = frozenset()) -> set[str]:
    """'Struct.field: type' of a struct and of all that its fields can hold."""
    if kind in seen:
        return set()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = get_type_hints(kind)
        own = {f"{kind.__name__}.{name}: {hint}" for name, hint in hints.items() if name in kind.__struct_fields__}
        return own.union(*(fields_of(hint, seen | {kind}) for hint in hints.values()))
    return set().union(*(fields_of(part, seen) for part in get_args(kind)))


# A file that is not as it should be is made again.


def damaged_in_the_middle(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for place in range(4096 + 8, len(whole), 512):
        whole[place] ^= 0xFF
    path.write_bytes(whole)


def statement(text: str) -> Callable[[Path], None]:
    def run(path: Path) -> None:
        db = sqlite3.connect(path)
        with db:
            db.execute(text)
        db.close()

    return run


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database at all" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:6000]),
        damaged_in_the_middle,
        statement("PRAGMA user_version = 99"),
        statement("PRAGMA user_version = 1"),
        statement("DELETE FROM cursor"),
        statement("DROP TABLE cursor"),
        statement("DROP TABLE receipts"),
        statement("UPDATE cursor SET hash = zeroblob(32)"),
        statement("UPDATE cursor SET seq = seq + 1000"),
    ],
    ids=range(12),
)
def test_a_harmed_file_is_made_again(folder: Path, harm: Callable[[Path], None]) -> None:
    before = content(folder)
    harm(folder / VIEWS)
    journal, views = opened(folder)
    assert [head.number for head in views.recent(10)] == [4, 3, 2, 1]
    assert views.returned(1) == {2: ONE}
    assert views.sold(CHEESE.sku) == 505
    assert views.shift().receipts == 4
    state, after = views.load_state()
    assert replay(journal, state, after) == DAY.state
    views.close()
    journal.close()
    assert content(folder) == before


def test_a_wal_that_was_left_behind_is_not_played_into_the_new_file(folder: Path) -> None:
    journal, views = opened(folder)
    journal.append(e.TillStopped(), NOON)
    views.catch_up()
    shutil.copy(folder / (VIEWS + "-wal"), folder / "kept")
    views.close()
    journal.close()
    (folder / VIEWS).write_bytes(b"no database at all" * 1000)
    shutil.move(folder / "kept", folder / (VIEWS + "-wal"))
    journal, views = opened(folder)
    assert views.seq == 0
    assert views.shift().receipts == 4
    views.close()
    journal.close()


def test_a_journal_restored_from_an_older_copy_is_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    journal = a_journal(tmp_path, DAY.history[:10])
    journal.close()
    copy = (tmp_path / "journal.sqlite").read_bytes()
    journal, views = opened(tmp_path)
    write(journal, DAY.history[10:])
    views.catch_up()
    views.close()
    journal.close()

    (tmp_path / "journal.sqlite").write_bytes(copy)
    with caplog.at_level(logging.WARNING):
        journal, views = opened(tmp_path)
    assert "it is an older copy" in caplog.text
    assert views.load_state() == (TillState(), 0)
    assert len(views.recent(10)) == sum(isinstance(event, e.SaleClosed) for event in DAY.history[:10])
    views.close()
    journal.close()


def test_another_tills_journal_is_noticed(folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    other = tmp_path / "other"
    other.mkdir()
    a_journal(other, [*DAY.history, e.TillStopped()]).close()
    shutil.copy(other / "journal.sqlite", folder)
    with caplog.at_level(logging.WARNING):
        journal, views = opened(folder)
    assert "another journal" in caplog.text
    assert views.shift().receipts == 4
    views.close()
    journal.close()


def test_how_far_they_have_followed(folder: Path, tmp_path: Path) -> None:
    journal = SqliteJournal(folder)
    assert followed(folder) == (journal.seq, journal.hash)
    journal.close()
    assert followed(tmp_path / "nowhere") is None
    (folder / VIEWS).write_bytes(b"no database" * 1000)
    assert followed(folder) is None


def test_a_full_disk_stops_the_till_in_one_sentence(tmp_path: Path) -> None:
    with lazy_disk() as disk:
        SqliteJournal(tmp_path).close()
        journal, views = opened(tmp_path)
        write(journal, DAY.history)
        disk.done, disk.fails_at, disk.error = 0, 1, apsw.FullError
        with pytest.raises(JournalError, match="the disk is full"):
            views.catch_up()
        disk.fails_at = None
        assert views.shift().receipts == 4
        views.close()
        journal.close()


def test_an_entry_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Written by a release that is gone again: the till says which entry, and stops."""
    journal = a_journal(tmp_path, DAY.history[:3])
    seq = journal.seq + 1
    body = msgspec.json.encode({"type": "sale-closed/1", "sale": "none"})
    row = (seq, NOON.at, 1, "sale-closed/1", body, journal.hash, bytes(32))
    journal._db.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    journal.close()
    journal, views = opened(tmp_path)
    with pytest.raises(JournalError, match=rf"entry {seq} \(sale-closed/1\) cannot be read"):
        views.catch_up()
    with pytest.raises(JournalError, match=rf"entry {seq} \(sale-closed/1\) cannot be read"):
        replay(journal, TillState(), 0)
    views.close()
    journal.close()


def test_rebuild_makes_projections_and_snapshot_from_nothing(folder: Path) -> None:
    before = content(folder)
    (folder / VIEWS).unlink()
    assert rebuild(folder) == len(DAY.history)
    assert content(folder) == before
    journal, views = opened(folder)
    assert views.load_state() == (DAY.state, len(DAY.history))
    views.close()
    journal.close()


def test_gift_cards_accounts_vouchers_and_what_went_back(tmp_path: Path) -> None:
    """By hand: sold for 500, 28 used, 20 held by an open payment; 100 on account, 40 of it paid."""
    till = Playbook(RICH)
    till.does(c.SellCredit(GIFT, kr(500), "Gavekort"))
    till.pays_cash(kr(500))
    for amount in (kr(28), kr(20)):
        till.adds(SCREWS)
        intended = till.does(c.PayBy("gift-card", amount, GIFT.number, kr(500)))
        assert isinstance(intended, e.PaymentIntended)
        if amount == kr(28):
            intent = intended.intent.id
            till.happens(e.PaymentSent(intent))
            till.happens(e.PaymentApproved(intent, Approved(amount)))
            till.happens(e.PaymentAcked(intent))
            till.does(c.FinishPayment(intent, Approved(amount)))
            till.does(c.PayOther("voucher", kr(12), "A1"))
            till.does(c.PayOnAccount("17", Amount(0)))
    till.happens(e.PaymentSent(2))
    till.happens(e.PaymentInDoubt(2, OutcomeUnknown("cable")))
    till.does(c.ParkSale())
    till.does(c.SellCredit(Credit("account", "17"), kr(40), "Konto"))
    till.pays_cash(kr(40))
    till.gives_back(till.receipts[1])
    till.does(till.back("cash", "Ida"))
    journal = a_journal(tmp_path, till.history)
    views = SqliteViews(tmp_path, journal)
    assert (views.gift_card(GIFT.number), views.gift_card("other")) == (kr(452), None)
    assert (views.owed("17"), views.owed("18")) == (kr(20), Amount(0))
    assert views.voucher_used("voucher", "A1")
    assert not views.voucher_used("voucher", "A2")
    assert views.given_back(2) == {}
    assert views.shift().other == {"Gavebevis": kr(12), "account": kr(60), "gift-card": kr(28)}
    till.happens(e.PaymentCancelled(2, Declined("not-found")))
    journal.append(till.history[-1], NOON)
    assert views.gift_card(GIFT.number) == kr(472)
    views.close()
    journal.close()
