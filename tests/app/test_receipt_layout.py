"""What stands on the paper, in both languages, compared with tests/golden/receipt.

`python -m tests.app.test_receipt_layout` writes the golden files anew: read the difference before it is committed.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.app.receipt_layout import lay_out
from terminal.domain import commands as c
from terminal.domain.document import Barcode, Columns, Cut, Document, Element, Feed, Logo, Qr, Row, Rule, Text
from terminal.domain.item import ONE
from terminal.domain.payment import CardSlip
from tests.domain.playbook import BEER, BOOK, BOTTLE, BREAD, CHEESE, MILK, SCREWS, Playbook, kr, off
from tests.domain.walk import Walk, histories

GOLDEN = Path(__file__).parents[1] / "golden" / "receipt"
SLIP = CardSlip("customer", ("** KUNDEKVITTERING **", "MASTERCARD", "DKK 12,95", "GODKENDT"))


def cash() -> Playbook:
    till = Playbook()
    till.adds(MILK, MILK, BREAD)
    till.pays_cash(kr(100))
    return till


def card_with_slip() -> Playbook:
    till = Playbook()
    till.adds(MILK)
    till.pays_card(None, SLIP)
    return till


def split() -> Playbook:
    till = Playbook()
    till.adds(SCREWS)
    till.pays_cash(kr(40))
    till.pays_card()
    return till


def discounts_and_override() -> Playbook:
    till = Playbook()
    till.adds(SCREWS, BREAD, BOOK)
    till.does(c.DiscountLine(1, off(25, reason="Sidste stk.")))
    till.does(c.OverridePrice(2, kr(15), "Dagen før", "Ida"))
    till.does(c.DiscountSale(off(amount=kr(10), reason="Stamkunde")))
    till.pays_cash(kr(200))
    return till


def weighed_with_lot() -> Playbook:
    till = Playbook()
    till.does(c.AddItem(CHEESE, 505, code="2640010005059", lot="L42", expiry="2026-12-24"))
    till.pays_cash(kr(100))
    return till


def deposit() -> Playbook:
    till = Playbook()
    till.adds(BEER, quantity=6 * ONE, deposit=BOTTLE)
    till.does(c.ConfirmAge())
    till.pays_cash(kr(100))
    return till


def return_and_purchase() -> Playbook:
    """One line bought at full price, one at a discount: the second shows no unit price that does not multiply."""
    till = Playbook()
    till.adds(MILK, SCREWS)
    till.does(c.DiscountLine(2, off(20)))
    till.pays_cash(kr(100))
    till.gives_back(till.receipts[0], line=1)
    till.gives_back(till.receipts[0], line=2)
    till.adds(BREAD)
    till.pays_cash()
    return till


def copy() -> Playbook:
    till = Playbook()
    till.adds(MILK)
    till.pays_cash(kr(13))
    till.does(c.WantCopy(till.receipts[0]))
    return till


CASES: tuple[Callable[[], Playbook], ...] = (
    cash,
    card_with_slip,
    split,
    discounts_and_override,
    weighed_with_lot,
    deposit,
    return_and_purchase,
    copy,
)


def paper(case: Callable[[], Playbook], code: str) -> str:
    """The last job of a case, for reading."""
    job = list(case().state.jobs.values())[-1]
    assert job.receipt is not None
    return plain(lay_out(job.receipt, code, copy=job.copy, slips=job.slips))


def plain(document: Document) -> str:
    """A document for reading: one line an element."""
    return "\n".join(map(_line, document)) + "\n"


def _line(element: Element) -> str:
    match element:
        case Text():
            marks = [element.align] if element.align != "left" else []
            return _styled(element.text, element.bold, element.big, *marks)
        case Columns():
            return _styled(f"{element.left} | {element.right}", element.bold, element.big)
        case Row():
            return _styled(" | ".join(cell.text for cell in element.cells), element.bold, False)
        case Rule():
            return "=====" if element.double else "-----"
        case Feed():
            return "(feed)" * element.lines
        case Qr() | Barcode():
            return f"({type(element).__name__.lower()} {element.data})"
        case Logo() | Cut():
            return f"({type(element).__name__.lower()})"


def _styled(text: str, bold: bool, big: bool, *marks: str) -> str:
    marks += ("bold",) * bold + ("big",) * big
    return f"{text}    <{' '.join(marks)}>" if marks else text


@pytest.mark.parametrize("code", ["en", "da"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_paper(case: Callable[[], Playbook], code: str) -> None:
    assert paper(case, code) == (GOLDEN / f"{case.__name__}.{code}.txt").read_text(encoding="utf-8")


def test_every_golden_file_has_its_case() -> None:
    names = {f"{case.__name__}.{code}.txt" for case in CASES for code in ("en", "da")}
    assert {path.name for path in GOLDEN.iterdir()} == names


@settings(max_examples=20)
@given(walk=histories(most=30), code=st.sampled_from(["en", "da"]))
def test_every_receipt_can_be_laid_out_and_names_itself(walk: Walk, code: str) -> None:
    for receipt in walk.receipts:
        document = lay_out(receipt, code)
        assert Barcode(receipt.code) in document
        assert document[-1] == Cut()
        totals = [element for element in document if isinstance(element, Columns) and element.big]
        assert len(totals) == 1


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for each in CASES:
        for language in ("en", "da"):
            (GOLDEN / f"{each.__name__}.{language}.txt").write_text(paper(each, language), encoding="utf-8")
