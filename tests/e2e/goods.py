"""What the tests sell, and how its receipt is checked."""

from terminal.domain.codes_make import gtin, weight_code
from terminal.domain.money import Amount
from terminal.domain.receipt import Receipt
from terminal.domain.sale import CashTender

from .lane import Lane
from .paper import expected, on_paper

RYE, WHITE, ROLL = "5700000010010", "5700000010027", "5700000010034"
TOMATOES = weight_code("26", "3001", 1505)
WHITE_OF_A_LOT = f"https://id.gs1.org/01/0{WHITE}/10/LOT1"
"""A GS1 Digital Link."""
MILK, COFFEE = "5700000020019", "5700000060015"
BEER, COLA = "5700000050016", "5700000050030"
NOWHERE = gtin("579999999999")
"""A code that no item has."""


def check_receipt(lane: Lane, number: int) -> Receipt:
    """The paper of this test's receipt of this number, the newest, says line by line what the journal says."""
    receipt = lane.receipt(number)
    paper = lane.papers(number)[-1]
    assert on_paper(paper["text"]) == expected(receipt, lane.slips(receipt))
    cards = [line.credit.number for line in receipt.lines if line.credit is not None]
    assert paper["codes"] == [["CODE128", code] for code in (*cards, receipt.code)]
    return receipt


def cash(amount: int, *, tendered: int, change: int = 0, rounding: int = 0) -> CashTender:
    """Cash, in øre."""
    return CashTender(Amount(amount), Amount(tendered), Amount(change), Amount(rounding))
