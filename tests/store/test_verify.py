"""`kasse verify`: one flipped byte is found, and so is what somebody rewrote with care."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from terminal.app.ports.journal import JournalError
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.money import Amount
from terminal.domain.payment import Approved
from terminal.domain.receipt import Receipt
from terminal.domain.refunds import Origin
from terminal.domain.sale import CashTender, PaymentTender, TenderRef
from terminal.store.entry import chain_start, encode, hash_of, kind_of
from terminal.store.folder import JOURNAL, VIEWS
from terminal.store.journal import SqliteJournal
from terminal.store.verify import MOST_PROBLEMS, Verification, verify
from terminal.store.views import SqliteViews
from tests.domain.playbook import MILK, SCREWS, Playbook, kr, off
from tests.domain.walk import Walk, histories
from tests.store.books import Day, a_journal, small_day

DAY = small_day()


def found_in(folder: Path) -> Verification:
    """What verify says of a folder; a file that cannot even be opened is found too."""
    try:
        journal = SqliteJournal(folder)
    except JournalError as error:
        return Verification(0, 0, (str(error),))
    try:
        return verify(journal)
    finally:
        journal.close()


@contextmanager
def tampering(folder: Path) -> Iterator[sqlite3.Connection]:
    """Somebody with the file, time and a tool: no triggers."""
    db = sqlite3.connect(folder / JOURNAL)
    try:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in names:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA ignore_check_constraints = 1")
        with db:
            yield db
    finally:
        db.close()


def rewrite(folder: Path, change: Callable[[list[e.AnyEvent]], list[e.AnyEvent]]) -> None:
    """Other events, with hashes and chain made to fit."""
    with tampering(folder) as db:
        epoch = db.execute("SELECT epoch FROM epoch").fetchone()[0]
        rows = db.execute("SELECT at, trusted, body FROM journal ORDER BY seq").fetchall()
        events = change([msgspec.json.decode(body, type=e.AnyEvent) for _, _, body in rows])
        db.execute("DELETE FROM journal")
        before = chain_start(epoch)
        for seq, ((when, trusted, _), event) in enumerate(zip(rows, events, strict=False), start=1):
            kind, body = kind_of(event), encode(event)
            digest = hash_of(before, seq, when, bool(trusted), kind, body)
            db.execute(
                "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", (seq, when, trusted, kind, body, before, digest)
            )
            before = digest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the small day's journal in it, nobody holding it."""
    a_journal(tmp_path, DAY.history).close()
    return tmp_path


def test_an_honest_journal_is_well(folder: Path) -> None:
    assert found_in(folder) == Verification(len(DAY.history), len(DAY.receipts), ())


def test_an_empty_journal_is_well(tmp_path: Path) -> None:
    SqliteJournal(tmp_path).close()
    assert found_in(tmp_path) == Verification(0, 0, ())


@settings(max_examples=20)
@given(walk=histories())
def test_whatever_a_till_can_write_is_well(tmp_path_factory: pytest.TempPathFactory, walk: Walk) -> None:
    folder = tmp_path_factory.mktemp("journal")
    a_journal(folder, walk.events).close()
    assert found_in(folder).problems == ()


# One flipped bit


def test_one_flipped_bit_in_any_byte_of_the_entries_is_found(tmp_path: Path) -> None:
    """In the file itself: every byte of every cell of the journal's pages, bit 0 to 7 in turn."""
    till = Day()
    till.adds(MILK)
    till.pays_cash(kr(20))
    a_journal(tmp_path, till.history).close()
    assert found_in(tmp_path).problems == ()
    path = tmp_path / JOURNAL
    page_size = 4096
    whole = path.read_bytes()
    flipped = 0
    with path.open("r+b") as file:
        for page in range(0, len(whole), page_size):
            content = whole[page : page + page_size]
            if content[0] != 0x0D or b"till-started/1" not in content:
                continue
            for place in range(page + int.from_bytes(content[5:7], "big"), page + page_size):
                file.seek(place)
                file.write(bytes([whole[place] ^ 1 << place % 8]))
                file.flush()
                assert found_in(tmp_path).problems, f"byte {place}: {whole[place - 8 : place + 8]!r}"
                file.seek(place)
                file.write(whole[place : place + 1])
                file.flush()
                flipped += 1
    assert flipped > sum(len(encode(event)) for event in till.history)
    assert found_in(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("column", "bit"),
    [(column, bit) for column in ("seq", "at", "trusted") for bit in range(6 if column == "seq" else 0, 62, 3)],
)
def test_one_flipped_bit_in_a_number_is_found(folder: Path, column: str, bit: int) -> None:
    with tampering(folder) as db:
        db.execute(f"UPDATE journal SET {column} = ({column} | {1 << bit}) - ({column} & {1 << bit}) WHERE seq = 5")
    assert found_in(folder).problems


@pytest.mark.parametrize(
    "change",
    [
        "kind = kind || 'x'",
        "kind = CAST(x'ff' || kind AS TEXT)",
        "kind = ''",
        "body = x''",
        "body = x'ff'",
        "body = CAST(x'00' || body AS BLOB)",
        "body = CAST(body || ' ' AS BLOB)",
        "hash = zeroblob(32)",
        "prev_hash = zeroblob(32)",
    ],
)
def test_a_changed_column_is_found(folder: Path, change: str) -> None:
    with tampering(folder) as db:
        db.execute(f"UPDATE journal SET {change} WHERE seq = 5")
    assert any("entry 5" in problem for problem in found_in(folder).problems)


# Entries that are gone, swapped, or put in


def test_an_entry_taken_out_is_missed(folder: Path) -> None:
    with tampering(folder) as db:
        db.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) - 1 FROM journal)")
    missing = len(DAY.history) - 1
    assert f"entry {missing} is missing: the next one is {missing + 1}" in found_in(folder).problems


def test_swapped_entries_are_found(folder: Path) -> None:
    with tampering(folder) as db:
        db.execute("UPDATE journal SET seq = -4 WHERE seq = 4")
        db.execute("UPDATE journal SET seq = 4 WHERE seq = 5")
        db.execute("UPDATE journal SET seq = 5 WHERE seq = -4")
    assert any("entry 4" in problem for problem in found_in(folder).problems)


def test_a_cut_off_end_is_missed_by_the_projections(tmp_path: Path) -> None:
    """The chain alone cannot know how long it was."""
    journal = a_journal(tmp_path, DAY.history)
    views = SqliteViews(tmp_path, journal)
    views.catch_up()
    views.close()
    journal.close()
    with tampering(tmp_path) as db:
        db.execute("DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)")
    (problem,) = found_in(tmp_path).problems
    assert "its end was cut off" in problem


def test_an_unreadable_projection_hides_nothing_and_is_no_fault_of_the_journal(folder: Path) -> None:
    (folder / VIEWS).write_bytes(b"no database" * 1000)
    assert found_in(folder).problems == ()


def test_another_tills_epoch_does_not_fit(folder: Path) -> None:
    with tampering(folder) as db:
        db.execute("UPDATE epoch SET epoch = '0123456789abcdef0123456789abcdef'")
    assert any("entry 1: does not continue the chain" in problem for problem in found_in(folder).problems)


def test_time_does_not_run_backwards(folder: Path) -> None:
    def backwards(events: list[e.AnyEvent]) -> list[e.AnyEvent]:
        return events

    with tampering(folder) as db:
        db.execute("UPDATE journal SET at = 5 WHERE seq = 2")
    rewrite(folder, backwards)
    assert "entry 2: recorded before the entry in front of it" in found_in(folder).problems


def test_so_many_problems_are_enough(folder: Path) -> None:
    with tampering(folder) as db:
        db.execute("UPDATE journal SET hash = zeroblob(32)")
        db.execute(
            "INSERT INTO journal SELECT seq + 1000, at, trusted, kind, body, prev_hash, hash FROM journal"
            " UNION ALL SELECT seq + 2000, at, trusted, kind, body, prev_hash, hash FROM journal"
        )
    problems = found_in(folder).problems
    assert len(problems) == MOST_PROBLEMS + 1
    assert problems[-1] == "and more: stopped here"


# Rewritten with care: every hash fits.


def with_receipt(number: int, /, **changes: Any) -> Callable[[list[e.AnyEvent]], list[e.AnyEvent]]:
    """The receipt of that number, otherwise."""

    def change(events: list[e.AnyEvent]) -> list[e.AnyEvent]:
        return [
            msgspec.structs.replace(event, receipt=msgspec.structs.replace(event.receipt, **changes))
            if isinstance(event, e.SaleClosed) and event.receipt.number == number
            else event
            for event in events
        ]

    return change


def receipt(number: int) -> Receipt:
    return DAY.receipts[number - 1]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (with_receipt(1, total=Amount(receipt(1).total - 100)), "does not follow from its sale"),
        (with_receipt(1, lines=receipt(1).lines[:1]), "does not follow from its sale"),
        (with_receipt(1, cashier="Ida"), "does not follow from its sale"),
        (with_receipt(1, vat=()), "does not follow from its sale"),
        (with_receipt(2, number=3), "the next number was 2"),
        (with_receipt(2, moment=msgspec.structs.replace(receipt(2).moment, at=1)), "says another time than its entry"),
        (with_receipt(2, tenders=()), "leaves out a payment that was taken"),
        (with_receipt(1, tenders=()), "its payments do not make its total"),
        (
            with_receipt(
                1,
                tenders=(PaymentTender(receipt(1).total, 9, Approved(receipt(1).total)),),
                rounding=Amount(0),
                change=Amount(0),
            ),
            "holds a payment that was never taken",
        ),
        (with_receipt(1, tenders=(CashTender(receipt(1).total, kr(200), kr(99), Amount(0)),)), "does not add up"),
        (with_receipt(1, tenders=(CashTender(receipt(1).total, receipt(1).total),)), "not rounded as cash is"),
    ],
)
def test_a_forged_receipt_is_found(
    folder: Path, change: Callable[[list[e.AnyEvent]], list[e.AnyEvent]], problem: str
) -> None:
    rewrite(folder, change)
    assert any(problem in each for each in found_in(folder).problems), found_in(folder).problems


def test_an_unchanged_rewrite_is_well(folder: Path) -> None:
    """The control for the forgeries: the tool itself breaks nothing."""
    rewrite(folder, list)
    assert found_in(folder).problems == ()


def test_a_receipt_left_out_is_missed(folder: Path) -> None:
    rewrite(
        folder,
        lambda events: [
            event for event in events if not (isinstance(event, e.SaleClosed) and event.receipt.number == 2)
        ],
    )
    assert any("the next number was 2" in problem for problem in found_in(folder).problems)


def test_a_sale_closed_twice_is_found(tmp_path: Path) -> None:
    till = Day()
    till.sells(SCREWS)
    again = till.history[-1]
    assert isinstance(again, e.SaleClosed)
    twice = msgspec.structs.replace(again, receipt=msgspec.structs.replace(again.receipt, number=2))
    a_journal(tmp_path, [*till.history, twice]).close()
    assert any("closes sale 1, which was not open" in problem for problem in found_in(tmp_path).problems)


def returning(**changes: Any) -> Playbook:
    """A day with a return whose reference somebody changed in the journal, receipt and all."""
    till = Day()
    till.adds(SCREWS)
    till.does(c.DiscountLine(1, off(50)))
    till.pays_cash(kr(50))
    command = till.return_of(till.receipts[0])
    wanted = msgspec.structs.replace(command.receipt.lines[0], **changes)
    receipt = msgspec.structs.replace(command.receipt, lines=(wanted,), **({"number": 7} if not changes else {}))
    till.does(msgspec.structs.replace(command, receipt=receipt))
    while till.state.sale is not None:
        till.does(c.PayBack((Origin(receipt, {}),), "cash", "Ida"))
    return till


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"amount": kr(100)}, "at another price than was paid"),
        ({"amount": kr(100)}, "gives back more of line 1 of receipt 1 than was paid"),
        ({}, "returns line 1 of receipt 7, which is not there"),
    ],
)
def test_a_forged_return_is_found(tmp_path: Path, changes: dict[str, Any], problem: str) -> None:
    a_journal(tmp_path, returning(**changes).history).close()
    assert any(problem in each for each in found_in(tmp_path).problems), found_in(tmp_path).problems


def test_more_paid_back_than_was_paid_is_found(tmp_path: Path) -> None:
    """The goods are right, but their money went out to the same tender twice."""
    till = Day()
    bought = till.sells(SCREWS, SCREWS)
    for _ in range(2):
        till.gives_back(bought)
        till.does(c.PayBack((Origin(bought, {}),)))
    events = [
        msgspec.structs.replace(
            event, receipt=msgspec.structs.replace(event.receipt, tenders=(_to(event.receipt, TenderRef(1, 9)),))
        )
        if isinstance(event, e.SaleClosed) and event.receipt.number == 3
        else event
        for event in till.history
    ]
    a_journal(tmp_path, events).close()
    assert any("pays back more of payment 9 of receipt 1" in problem for problem in found_in(tmp_path).problems)


def _to(receipt: Receipt, of: TenderRef) -> CashTender:
    tender = receipt.tenders[0]
    assert isinstance(tender, CashTender)
    return msgspec.structs.replace(tender, of=of)


def test_the_same_goods_returned_twice_are_found(tmp_path: Path) -> None:
    till = Day()
    bought = till.sells(SCREWS)
    blind = c.ReturnLine(bought, 1, 1000, {}, {})
    for _ in range(2):
        till.does(blind)
        till.pays_back("cash", "Ida")
    a_journal(tmp_path, till.history).close()
    assert any("gives back more" in problem for problem in found_in(tmp_path).problems)
