"""Text for one code page: æøå and € stay, the rest becomes readable ASCII, nothing becomes a command."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.devices.escpos_charset import encode, printable

PAGES = st.sampled_from(["CP858", "CP1252"])
ANY = st.text(st.characters() | st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Lm", "So"]), max_size=40)


@given(ANY, PAGES)
def test_every_text_becomes_one_byte_a_character_and_no_control(text: str, page: str) -> None:
    fitted = printable(text, page)
    data = encode(fitted, page)
    assert len(data) == len(fitted)
    assert all(byte >= 0x20 and byte != 0x7F for byte in data.replace(b"\n", b""))
    assert printable(fitted, page) == fitted


@pytest.mark.parametrize("page", ["CP858", "CP1252"])
def test_danish_and_euro_stay(page: str) -> None:
    assert printable("Rødgrød med fløde ÆØÅ æøå € é ü", page) == "Rødgrød med fløde ÆØÅ æøå € é ü"


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("a\u030a", "å"),  # a and a combining ring: what a Mac writes
        ("“Ægte” – 50 % …", '"Ægte" - 50 % ...'),
        ("1\u00a0234,50\u202fkr", "1 234,50 kr"),
        ("łódź", "lódz"),
        ("ﬁsk ①", "fisk 1"),
        ("smørrebrød 🥪", "smørrebrød ?"),
        ("漢字", "??"),
        ("a\u200bb\ufeff", "ab"),
        ("\x1bp\x00\x3c\x64", "p<d"),
        ("en\r\nto\rtre\u2028fire", "en\nto\ntre\nfire"),
        ("a\tb", "a b"),
        ("⅔", "2/3"),
    ],
)
def test_the_nearest(text: str, fitted: str) -> None:
    assert printable(text, "CP858") == fitted


def test_a_page_without_a_character_gets_its_name() -> None:
    assert printable("½ ≤ ™", "CP858") == "½ <= (TM)"
    assert printable("½ ≤ ™", "CP1252") == "½ <= ™"
