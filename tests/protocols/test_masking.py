"""No whole card number leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.masking import mask_digits, mask_packed, mask_text


@pytest.mark.parametrize(
    ("packed", "shown"),
    [
        ("4571100012345673", "457110******5673"),
        ("45711000123456 7F".replace(" ", ""), "457110*****4567"),
        ("EEEEEEEEEEEE4771", "************4771"),
        ("474843EEEEEE7743", "474843******7743"),
        ("4571100012345673D25122010000", "457110******5673"),
        ("5966666666D20021220100", "*******666"),
        ("1234", "***4"),
        ("AB12", "****"),
        ("", ""),
    ],
)
def test_packed_numbers(packed: str, shown: str) -> None:
    assert mask_packed(bytes.fromhex(packed)) == shown


@given(st.text("0123456789", min_size=0, max_size=24))
def test_at_most_the_first_six_and_the_last_four(number: str) -> None:
    shown = mask_digits(number)

    assert len(shown) == len(number)
    assert sum(char != "*" for char in shown) <= min(10, len(number) // 3 if len(number) < 13 else 10)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Kort 4571100012345673", "Kort 457110******5673"),
        ("4571 1000 1234 5673 12/25", "4571 10** **** 5673 12/25"),
        ("Nr. 0001 4571-1000-1234-5673", "Nr. 0001 4571-10**-****-5673"),
        ("************5673", "************5673"),
        ("Ref. 123456789012345678901234", "Ref. 123456789012345678901234"),
        ("AID A0000000041010", "AID A0000000041010"),
        ("4571100012345674 has a wrong check digit", "4571100012345674 has a wrong check digit"),
        ("Beløb DKK 125,00", "Beløb DKK 125,00"),
    ],
)
def test_lines(line: str, shown: str) -> None:
    assert mask_text(line) == shown


@given(st.text(max_size=60))
def test_a_line_keeps_its_length(line: str) -> None:
    assert len(mask_text(line)) == len(line)
