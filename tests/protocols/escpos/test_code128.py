"""Code 128: what goes in is what a scanner reads, and no barcode is a command to the printer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos import code128
from terminal.protocols.escpos.realtime import harmless

TEXTS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=100)


@given(TEXTS | st.from_regex(r"(16|20|01|00|04|05){2,12}", fullmatch=True))
def test_a_scanner_reads_what_was_meant(text: str) -> None:
    data = code128.escpos_data(text)
    assert code128.text_of(data) == text
    assert harmless(data)
    assert len(code128.modules(code128.symbols(data))) == 11 * (len(code128.symbols(data)) - 1) + 13


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("R-000123", b"{BR-{C\x00\x01\x17"),
        ("12345", b"{B1{C\x17\x2d"),
        ("a{b", b"{Ba{{b"),
        ("1620010001", b"{B1620010001"),
    ],
)
def test_digits_go_in_pairs_unless_that_would_open_the_drawer(text: str, data: bytes) -> None:
    assert code128.escpos_data(text) == data


def test_the_symbols_of_the_standard() -> None:
    # "PJJ123C" in set A has check symbol 54 (the example that most descriptions of Code 128 use).
    assert code128.symbols(b"{APJJ123C") == (103, 48, 42, 42, 17, 18, 19, 35, 54, 106)


@pytest.mark.parametrize("text", ["", "æ", "a\n", "x" * 255, "\x7f"])
def test_what_no_barcode_can_say_is_refused(text: str) -> None:
    with pytest.raises(code128.BadBarcode):
        code128.escpos_data(text)


@given(st.binary(max_size=20) | st.binary(max_size=20).map(lambda data: b"{C" + data))
def test_any_data_is_symbols_or_refused(data: bytes) -> None:
    try:
        symbols = code128.symbols(data)
    except code128.BadBarcode:
        return
    assert set(code128.modules(symbols)) == {"0", "1"}
    assert isinstance(code128.text_of(data), str)
