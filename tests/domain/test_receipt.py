"""The receipt as data: an auditor needs no other entry to read it."""

import msgspec

from terminal.domain import commands as c
from terminal.domain.item import ONE, Unit
from terminal.domain.receipt import Receipt
from tests.domain.playbook import BEER, BOTTLE, CHEESE, MILK, NOON, SCREWS, SELLER, Playbook, kr, off


def test_who_when_and_under_which_number() -> None:
    till = Playbook()
    receipts = [till.sells(MILK) for _ in range(3)]
    assert [(receipt.number, receipt.sale, receipt.code) for receipt in receipts] == [
        (1, 1, "1-1"),
        (2, 2, "1-2"),
        (3, 3, "1-3"),
    ]
    assert {(receipt.seller, receipt.cashier, receipt.register) for receipt in receipts} == {(SELLER, "Kasse", "1")}
    assert receipts[0].moment == NOON


def test_a_voided_sale_takes_no_receipt_number() -> None:
    till = Playbook()
    till.adds(MILK)
    till.does(c.VoidSale("Kunden gik"))
    assert (till.sells(MILK).number, till.receipts[0].sale) == (1, 2)


def test_lines_are_numbered_anew_and_deposits_name_their_item() -> None:
    till = Playbook()
    till.adds(MILK)
    till.adds(BEER, quantity=2 * ONE, deposit=BOTTLE)
    till.does(c.RemoveLine(1))
    till.does(c.ConfirmAge())
    receipt = till.pays_cash(kr(50))
    assert receipt is not None
    assert [(line.no, line.name, line.parent, line.is_deposit) for line in receipt.lines] == [
        (1, "Pilsner 33 cl", 0, False),
        (2, "Pant A", 1, True),
    ]


def test_a_line_says_what_was_done_to_its_price_by_whom_and_why() -> None:
    till = Playbook()
    till.adds(SCREWS)
    till.does(c.OverridePrice(1, kr(80), "Beskadiget", "Ida"))
    till.does(c.DiscountLine(1, off(50, reason="Udsalg")))
    till.does(c.DiscountSale(off(amount=kr(10), reason="Stamkunde")))
    receipt = till.pays_cash(kr(30))
    assert receipt is not None
    (line,) = receipt.lines
    assert (line.listed, line.price, line.gross, line.discount, line.amount) == (
        kr(100),
        kr(80),
        kr(80),
        kr(50),
        kr(30),
    )
    assert (line.reasons, line.approver) == (("Beskadiget", "Udsalg", "Stamkunde"), "Ida")


def test_a_discount_that_took_nothing_gives_no_reason() -> None:
    till = Playbook()
    till.adds(SCREWS, BOTTLE)
    till.does(c.DiscountSale(off(10)))
    receipt = till.pays_cash(kr(91))
    assert receipt is not None
    assert [line.reasons for line in receipt.lines] == [("Dagens tilbud",), ()]


def test_a_line_keeps_what_was_scanned() -> None:
    till = Playbook()
    till.does(c.AddItem(CHEESE, 505, code="2640010005059", lot="L42", expiry="2026-12-24"))
    receipt = till.pays_cash(kr(100))
    assert receipt is not None
    (line,) = receipt.lines
    assert (line.code, line.lot, line.expiry, line.quantity, line.unit) == (
        "2640010005059",
        "L42",
        "2026-12-24",
        505,
        Unit.GRAM,
    )


def test_a_later_price_changes_no_earlier_receipt() -> None:
    till = Playbook()
    receipt = till.sells(MILK)
    till.sells(msgspec.structs.replace(MILK, price=kr(99)))
    assert receipt.total == kr(12, 95)


def test_it_reads_back_as_it_was_written() -> None:
    till = Playbook()
    receipt = till.sells(MILK)
    assert msgspec.json.decode(msgspec.json.encode(receipt), type=Receipt) == receipt
