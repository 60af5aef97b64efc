"""Lines of so many columns: nothing is wider, and nothing of the text is lost."""

from hypothesis import given
from hypothesis import strategies as st

from terminal.devices.escpos_layout import columns, row, wrap
from terminal.domain.document import Cell

WIDTHS = st.integers(10, 48)
LINES = st.text("abc 0,1.\n", max_size=150)


def letters(text: str) -> str:
    return "".join(text.split())


@given(LINES, WIDTHS)
def test_wrapping_loses_no_letter_and_keeps_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(len(line) <= width for line in lines)
    assert letters("".join(lines)) == letters(text)


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("Økologisk mælk fra en lille gård", 16) == ["Økologisk mælk", "fra en lille", "gård"]
    assert wrap("Donaudampfschifffahrt er et ord", 12) == ["Donaudampfsc", "hifffahrt er", "et ord"]


def test_a_line_that_fits_keeps_its_inner_spaces() -> None:
    assert wrap("BELØB      DKK 12,50", 24) == ["BELØB      DKK 12,50"]


@given(LINES, st.text("abc 0,1.", max_size=80), WIDTHS)
def test_the_right_part_is_never_cut(left: str, right: str, width: int) -> None:
    lines = columns(left, right, width)
    assert all(len(line) <= width for line in lines)
    assert letters("".join(lines)) == letters(left + right)
    if 0 < len(right.strip(" ")) <= width:
        assert lines[-1].endswith(right.strip(" "))
        assert len(lines[-1]) == width


def test_left_and_right() -> None:
    assert columns("Mælk", "12,50", 20) == ["Mælk           12,50"]
    assert columns("Økologisk mælk 1 l", "12,50", 20) == ["Økologisk mælk", "1 l            12,50"]
    assert columns("TOTAL", "12.345.678,00", 20) == ["TOTAL  12.345.678,00"]
    assert columns("TOTAL DKK", "12.345.678,00", 18) == ["TOTAL DKK", "     12.345.678,00"]
    assert columns("", "12,50", 20) == ["               12,50"]


CELLS = st.lists(st.builds(Cell, st.text("abc 0,1.\n", max_size=40), st.integers(-2, 50)), max_size=25).map(tuple)


@given(CELLS, WIDTHS)
def test_a_row_loses_no_letter_and_keeps_the_width(cells: tuple[Cell, ...], width: int) -> None:
    lines = row(cells, width)
    assert all(len(line) <= width for line in lines)
    assert sorted(letters("".join(lines))) == sorted(letters("".join(cell.text for cell in cells)))


def test_a_vat_table() -> None:
    def vat(*texts: str) -> list[str]:
        rate, *amounts = texts
        return row((Cell(rate, 10), *(Cell(amount, 12, "right") for amount in amounts)), 42)

    assert vat("Moms", "Excl.", "Moms", "Inkl.") == ["Moms           Excl.       Moms      Inkl."]
    assert vat("25 %", "100,00", "25,00", "125,00") == ["25 %          100,00      25,00     125,00"]
    assert vat("25 %", "2.345.678,00", "586.419,50", "2.932.097,50") == ["25 %  2.345.678,00 586.419,50 2.932.097,50"]
    tight = vat("25 %", "12.345.678,00", "3.086.419,50", "15.432.097,5")
    assert tight == ["25 12.345.678,00 3.086.419,50 15.432.097,5", "%"]
