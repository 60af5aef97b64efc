"""Numbers, dates and words of a language."""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.item import Unit
from terminal.texts import language


@pytest.mark.parametrize("code", ["da", "en"])
@given(amount=st.integers(-(10**12), 10**12))
def test_money_is_written_as_babel_writes_it(code: str, amount: int) -> None:
    expected = format_decimal(Decimal(amount) / 100, format="#,##0.00", locale=code)
    assert language(code).money(amount) == expected.replace("\N{MINUS SIGN}", "-")


@pytest.mark.parametrize("code", ["da", "en"])
@given(rate=st.integers(0, 10_000))
def test_percents_are_written_as_babel_writes_them(code: str, rate: int) -> None:
    expected = format_decimal(Decimal(rate) / 100, format="0.##", locale=code)
    assert language(code).percent(rate) == f"{expected} %"


@pytest.mark.parametrize(
    ("quantity", "unit", "danish", "english"),
    [
        (1000, Unit.PIECE, "1", "1"),
        (-12000, Unit.PIECE, "-12", "-12"),
        (1505, Unit.GRAM, "1,505 kg", "1.505 kg"),
        (-5, Unit.GRAM, "-0,005 kg", "-0.005 kg"),
        (1500, Unit.PIECE, "1,500", "1.500"),
    ],
)
def test_quantities(quantity: int, unit: Unit, danish: str, english: str) -> None:
    assert language("da").quantity(quantity, unit) == danish
    assert language("en").quantity(quantity, unit) == english


def test_dates_and_times() -> None:
    assert language("da").date("2008-02-29") == "29-02-2008"
    assert language("en").date("2008-02-29") == "29 Feb 2008"
    assert language("da").time("2026-11-24T17:05:00+01:00") == "24-11-2026 17:05"
    assert language("en").time("2026-11-24T17:05:00+01:00") == "24 Nov 2026 17:05"


def test_words_and_counted_words() -> None:
    danish, english = language("da"), language("en")
    assert danish.gettext("Wrong PIN.") == "Forkert pinkode."
    assert english.gettext("Wrong PIN.") == "Wrong PIN."
    assert [danish.ngettext("{} item", "{} items", n) for n in (0, 1, 2)] == ["{} varer", "{} vare", "{} varer"]
    assert danish.gettext("a message that is nowhere") == "a message that is nowhere"
