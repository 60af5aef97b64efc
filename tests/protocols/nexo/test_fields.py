"""Amounts and texts of a stranger."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.errors import MessageError
from terminal.protocols.nexo.fields import MOST_MINOR, field_name, major, minor, words


@given(st.integers(0, MOST_MINOR))
def test_every_amount_goes_there_and_back(units: int) -> None:
    number = m.AmountsReq("DKK", major(units))
    read = msgspec.json.decode(msgspec.json.Encoder(decimal_format="number").encode(number), type=m.AmountsReq)

    assert minor(read.requested_amount) == units


@pytest.mark.parametrize(
    ("text", "units"), [("0", 0), ("-0", 0), ("1", 100), ("0.1", 10), ("0.10", 10), ("1E2", 10000), ("0.070000", 7)]
)
def test_ways_to_write_an_amount(text: str, units: int) -> None:
    assert minor(Decimal(text)) == units


@pytest.mark.parametrize(
    "text", ["0.001", "-0.01", "1E9", "1E999999", "1E-999999", "NaN", "sNaN", "Infinity", "9" * 40]
)
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(MessageError):
        minor(Decimal(text))


@given(st.decimals(-(10**10), 10**10) | st.decimals(0, 1000, places=2) | st.decimals(0, 1, places=4))
def test_any_number(number: Decimal) -> None:
    try:
        assert Decimal(minor(number)) == number * 100
    except MessageError:
        assert number * 100 != int(number * 100) or not 0 <= number * 100 <= MOST_MINOR


def test_names() -> None:
    names = ["poi_transaction_id", "sale_to_acquirer_data", "communication_ok_flag", "masked_pan"]
    assert [field_name(name) for name in names] == [
        "POITransactionID",
        "SaleToAcquirerData",
        "CommunicationOKFlag",
        "MaskedPan",
    ]


def test_a_strangers_words() -> None:
    assert words("  two\nlines\x00 ") == "two lines"
    assert words("card 4111111111111111") == "card 411111******1111"
    assert len(words("x" * 10_000)) == 100
