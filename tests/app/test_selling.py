"""Selling: what is scanned, touched or typed comes onto the sale, or is refused with a sound and a reason, never lost.

On the real catalogue, journal and projections, with the demo shop's items.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import anyio
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.changes import Changes
from terminal.app.customer_codes import CustomerCodes
from terminal.app.notices import Notices
from terminal.app.paying import PaymentDesk
from terminal.app.ports.catalogue import Catalogue
from terminal.app.ports.scanner import BadScan, Scan
from terminal.app.sell import Selling
from terminal.app.tendering import Tendering
from terminal.app.till import Till
from terminal.domain import commands as c
from terminal.domain.codes_make import element_string, gtin, price_code, weight_code
from terminal.domain.errors import Reason, SaleError
from terminal.domain.item import ONE
from terminal.domain.money import Amount
from terminal.domain.payment import Acknowledged, Approved
from terminal.domain.pricing import price
from terminal.domain.till import TillState
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_import import import_items
from terminal.store.journal import SqliteJournal
from terminal.store.views import SqliteViews
from tests.app.lane import STARTED, Board, Reader, running
from tests.domain.playbook import ALL, kr

DEMO = Path(__file__).parents[2] / "terminal" / "sim" / "demo" / "items.csv"
RYE = gtin("570000001001")
PILSNER = gtin("570000005001")


class Counter:
    """A till with a catalogue and a person before it."""

    def __init__(self, folder: Path) -> None:
        assert import_items(DEMO, folder).bad == ()
        self.journal = SqliteJournal(folder)
        self.views = SqliteViews(folder, self.journal)
        self.catalogue: Catalogue = SqliteCatalogue(folder)
        self.board = Board()
        changes = Changes()
        self.till = Till(TillState(), self.journal, self.board, ALL, changes)
        self.till.record(STARTED)
        self.notices = Notices(changes)
        self.selling = Selling(self.till, self.catalogue, self.views, self.notices)

    def scans(self, text: str) -> tuple[str, str, str]:
        """(sound, reason, detail) of what is said of it."""
        before = self.notices.newest.number
        self.selling.scan(text)
        assert self.notices.newest.number == before + 1
        return self.notices.newest.sound, self.notices.newest.reason, self.notices.newest.detail

    @property
    def lines(self) -> list[tuple[str, int, Amount]]:
        sale = self.till.state.sale
        return (
            [(each.line.item.name, each.line.quantity, each.amount) for each in price(sale.basket).lines]
            if sale
            else []
        )

    def close(self) -> None:
        self.views.close()
        self.journal.close()
        assert isinstance(self.catalogue, SqliteCatalogue)
        self.catalogue.close()


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    counter = Counter(tmp_path)
    yield counter
    counter.close()


def test_a_gtin(counter: Counter) -> None:
    assert counter.scans(RYE) == ("good", "scanned", "Rugbrød med kerner")
    assert counter.lines == [("Rugbrød med kerner", ONE, kr(28))]


def test_two_fast_scans_are_two_items(counter: Counter) -> None:
    counter.scans(RYE)
    counter.scans(RYE)
    assert counter.lines == [("Rugbrød med kerner", 2 * ONE, kr(56))]


def test_a_scales_label_with_a_weight(counter: Counter) -> None:
    assert counter.scans(weight_code("26", "3001", 1250))[0] == "good"
    assert counter.lines == [("Tomater, løs vægt", 1250, kr(37, 44))]


def test_a_label_with_a_price(counter: Counter) -> None:
    assert counter.scans(price_code("21", "4005", kr(72, 50)))[0] == "good"
    assert counter.lines == [("Dagens ret fra disken", ONE, kr(72, 50))]


def test_a_weighed_item_whose_label_has_no_weight_is_to_be_weighed(counter: Counter) -> None:
    assert counter.scans(weight_code("26", "3001", 0)) == ("bad", Reason.WEIGHT_NEEDED, "3001")
    assert counter.lines == []


def test_a_deposit_comes_with_the_bottle(counter: Counter) -> None:
    counter.scans(PILSNER)
    counter.scans(PILSNER)
    assert counter.lines == [("Pilsner 4,6 % 33 cl", 2 * ONE, kr(19)), ("Pant A", 2 * ONE, kr(2))]


def test_gs1_brings_lot_date_and_count(counter: Counter) -> None:
    text = element_string(("01", "0" + RYE), ("17", "261201"), ("10", "L1"), ("30", "3"))
    assert counter.scans(text)[0] == "good"
    assert counter.lines == [("Rugbrød med kerner", 3 * ONE, kr(84))]
    sale = counter.till.state.sale
    assert sale is not None
    assert (sale.basket.lines[0].lot, sale.basket.lines[0].expiry) == ("L1", "2026-12-01")


def test_out_of_date_is_refused_with_its_date(counter: Counter) -> None:
    text = element_string(("01", "0" + RYE), ("17", "261123"))
    assert counter.scans(text) == ("bad", Reason.EXPIRED, "2026-11-23")


def test_a_digital_link(counter: Counter) -> None:
    assert counter.scans(f"https://id.example/01/0{RYE}/10/L1")[0] == "good"


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        (gtin("570000009999"), Reason.UNKNOWN_CODE, gtin("570000009999")),
        ("0000", Reason.UNKNOWN_CODE, "0000"),
        ("5700000010011", Reason.BAD_CHECK_DIGIT, "5700000010011"),
        ("2-1", Reason.UNKNOWN_CODE, "2-1"),
        ("1-99", Reason.NO_SUCH_RECEIPT, "1-99"),
        ("1-9999999999", Reason.NO_SUCH_RECEIPT, "1-9999999999"),
    ],
)
def test_what_is_not_known_says_so(counter: Counter, text: str, reason: Reason, detail: str) -> None:
    assert counter.scans(text) == ("bad", reason, detail)
    assert counter.journal.seq == 1


@pytest.mark.parametrize("text", ["", "x" * 5000, "57\x0000", "\ud800"])
def test_what_is_no_code_says_so(counter: Counter, text: str) -> None:
    assert counter.scans(text)[:2] == ("bad", Reason.BAD_CODE)


texts = st.text() | st.text("0123456789-()\x1dABC]/.:?=", max_size=40) | st.binary().map(lambda b: b.decode("latin-1"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text() | st.text("0123456789-()\x1dABC]/.:?=", max_size=40) | st.binary().map(lambda b: b.decode("latin-1"))
)
def test_any_text_is_answered(counter: Counter, text: str) -> None:
    seq = counter.journal.seq
    sound, _, detail = counter.scans(text)
    assert counter.journal.seq == seq + (sound == "good")
    assert len(detail) <= 200


def test_a_scan_from_the_scanner_and_one_that_is_none(counter: Counter) -> None:
    counter.selling.on_scan(Scan(RYE, "scanner"))
    assert counter.notices.newest.sound == "good"
    counter.selling.on_scan(BadScan("scanner", "no end after 4096 characters"))
    assert (counter.notices.newest.sound, counter.notices.newest.reason) == ("bad", Reason.BAD_CODE)


def test_a_damaged_catalogue_is_said_and_the_open_sale_can_be_paid(counter: Counter, tmp_path: Path) -> None:
    counter.scans(RYE)
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as file:
        file.execute("DROP TABLE codes")
    file.close()
    assert counter.scans(PILSNER)[:2] == ("bad", Reason.ITEMS_UNREADABLE)
    counter.till.do(c.PayCash(kr(100)))
    assert counter.till.state.last is not None


def test_a_scan_while_the_card_is_in_is_refused_and_said(counter: Counter) -> None:
    counter.scans(RYE)
    counter.till.do(c.PayBy("card"))
    assert counter.scans(RYE)[:2] == ("bad", Reason.PAYMENT_PENDING)


def test_a_touch(counter: Counter) -> None:
    counter.selling.add("1001")
    counter.selling.add("3001", 505)
    assert [line[:2] for line in counter.lines] == [("Rugbrød med kerner", ONE), ("Tomater, løs vægt", 505)]
    for sku, quantity, reason in (("3001", None, Reason.WEIGHT_NEEDED), ("none", None, Reason.UNKNOWN_CODE)):
        with pytest.raises(SaleError) as refused:
            counter.selling.add(sku, quantity)
        assert refused.value.reason is reason


# Receipts are found, and their lines come back.


def test_a_receipt_is_found_as_people_write_it(counter: Counter) -> None:
    counter.scans(RYE)
    counter.till.do(c.PayCash(kr(50)))
    receipt = counter.till.state.last
    for text in ("1", "1-1", " 1-1 "):
        assert counter.selling.find_receipt(text) == receipt
    assert counter.scans("1-1") == ("good", "receipt", "1")
    for text in ("", "-", "2", "2-1", "x", "1-x", "1" * 30, "-1", "²"):
        with pytest.raises(SaleError) as refused:
            counter.selling.find_receipt(text)
        assert refused.value.reason is Reason.NO_SUCH_RECEIPT


def test_a_return_remembers_what_has_come_back(counter: Counter) -> None:
    for _ in range(3):
        counter.scans(RYE)
    counter.till.do(c.PayCash(kr(100)))
    receipt = counter.selling.find_receipt("1")
    for _ in range(3):
        counter.selling.give_back(receipt, 1, ONE)
        Tendering(counter.till, counter.views).pay_back()
    with pytest.raises(SaleError) as refused:
        counter.selling.give_back(receipt, 1, ONE)
    assert refused.value.reason is Reason.ALREADY_RETURNED
    assert counter.views.refunded(1) == {1: kr(84)}


PERSONAL = "https://qr.vipps.no/28/2/01/031/4512345678?v=1"


@pytest.mark.anyio
async def test_a_customer_s_own_code_pays_and_stands_in_no_journal(tmp_path: Path) -> None:
    """It holds a phone number: the service is told it, and nobody else."""
    counter, codes, service = Counter(tmp_path), CustomerCodes(), Reader()
    counter.till.setup = msgspec.structs.replace(ALL, means=frozenset({"mobilepay"}))
    counter.selling = Selling(counter.till, counter.catalogue, counter.views, counter.notices, codes)
    assert counter.scans(PERSONAL)[:2] == ("bad", Reason.NO_SALE)
    counter.scans(RYE)
    service.steps, service.result = [Approved(Amount(2800)), Acknowledged()], Approved(Amount(2800))
    desk = PaymentDesk(counter.till, service, counter.till.changes, "mobilepay", codes)
    async with running(desk.run):
        assert counter.scans(PERSONAL) == ("good", "paying", "")
        with anyio.fail_after(5):
            seen = -1
            while counter.till.state.last is None:
                seen = await counter.till.changes.wait(seen)
    assert [intent.account for intent in service.paid] == [PERSONAL]
    assert not [entry for entry in counter.journal.read(0) if b"4512345678" in entry.body]
