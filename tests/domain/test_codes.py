"""What the text in a barcode means."""

import string
import subprocess
import sys

import biip
import biip.gs1_prefixes
import pytest
import stdnum.ean
from biip.rcn import Rcn, RcnRegion
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import codes_make
from terminal.domain.codes import MAX_LENGTH, Code, CodeError, CodeReason, parse
from terminal.domain.gtin import LENGTHS, check_digit
from terminal.domain.money import Amount

GTIN = "05701234567899"

digits = st.text(string.digits, min_size=1)


def gtins() -> st.SearchStrategy[str]:
    """Numbers with a right check digit, of every length."""
    return st.sampled_from(sorted(LENGTHS)).flatmap(
        lambda length: st.text(string.digits, min_size=length - 1, max_size=length - 1).map(codes_make.gtin)
    )


def codelike() -> st.SearchStrategy[str]:
    """Texts that come close to what GS1 means by a code."""
    pieces = st.sampled_from(
        [
            *("01" + GTIN, GTIN, GTIN[1:], "10", "17", "21", "30", "3103", "3922", "3929", "00", "02", "8200", "7003"),
            *(
                "261231",
                "000000",
                "\x1d",
                "(01)",
                "(17)",
                "(",
                ")",
                "]d2",
                "]C1",
                "]E3",
                "]",
                "ABC",
                "/",
                "?",
                "&",
                "=",
            ),
            *("https://", "HTTP://", "example.dk", "/01/", "/10/", "[", "%D9%A1", "%00", "#", ":", "@", ".", " "),
        ]
    )
    return st.lists(pieces | digits | st.text(max_size=5), max_size=9).map("".join)


# --- numbers


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("5701234567899", "05701234567899"),
        ("73513537", "00000073513537"),
        ("036000291452", "00036000291452"),
        ("15701234567896", "15701234567896"),
        ("04252614", "00042100005264"),
    ],
    ids=["GTIN-13", "GTIN-8", "GTIN-12", "GTIN-14", "UPC-E"],
)
def test_a_gtin_is_looked_up_in_fourteen_digits(text: str, key: str) -> None:
    assert parse(text) == Code(key, text, gtin=key)


@pytest.mark.parametrize(
    "text", ["0000", "00000000", "0000000000000", "1234", "VARE 7", " 5701234567899", "æøå", "١٢٣٤٥٦٧٠"]
)
def test_anything_else_stands_for_itself(text: str) -> None:
    assert parse(text) == Code(text, text)


def test_a_wrong_check_digit_is_told_and_the_text_may_still_be_an_own_code() -> None:
    assert parse("5701234567890") == Code("5701234567890", "5701234567890", suspect="check-digit")


@given(digits)
def test_the_check_digit_is_that_of_stdnum(number: str) -> None:
    assert check_digit(number) == stdnum.ean.calc_check_digit(number)


@given(gtins() | st.text(string.digits, min_size=8, max_size=14))
def test_plain_digits_mean_what_they_mean_to_biip(text: str) -> None:
    theirs = biip.parse(text, config=biip.ParseConfig(rcn_region=RcnRegion.DENMARK)).gtin
    if len(text) not in LENGTHS or not text.strip("0"):
        return
    ours = parse(text)
    if theirs is None:
        assert ours == Code(text, text, suspect="check-digit")
    elif isinstance(theirs, Rcn) and (theirs.price is not None or theirs.weight is not None):
        assert ours.key == f"rcn:{theirs.as_gtin_13()[:2]}:{theirs.item_reference}"
        assert ours.price == (int(theirs.price * 100) or None if theirs.price is not None else None)
        assert ours.weight_grams == (int(theirs.weight * 1000) or None if theirs.weight is not None else None)
    else:
        assert (ours.key, ours.gtin) == (theirs.as_gtin_14(), theirs.as_gtin_14())


# --- Danish numbers with a price or a weight


@pytest.mark.parametrize("prefix", ["21", "22", "23", "24"])
def test_a_price_in_the_number(prefix: str) -> None:
    code = parse(codes_make.price_code(prefix, "1234", Amount(3975)))

    assert (code.key, code.price, code.weight_grams, code.gtin) == (f"rcn:{prefix}:1234", 3975, None, "")


@pytest.mark.parametrize(("prefix", "item"), [("26", "1234"), ("27", "12345"), ("28", "1234")])
def test_a_weight_in_the_number(prefix: str, item: str) -> None:
    code = parse(codes_make.weight_code(prefix, item, 1505))

    assert (code.key, code.weight_grams, code.price, code.gtin) == (f"rcn:{prefix}:{item}", 1505, None, "")


@pytest.mark.parametrize("prefix", ["20", "25", "29"])
def test_the_other_restricted_numbers_are_just_numbers(prefix: str) -> None:
    text = codes_make.gtin(prefix + "1234567890")

    assert parse(text) == Code("0" + text, text, gtin="0" + text)


def test_no_price_is_not_a_price_of_nothing() -> None:
    code = parse(codes_make.price_code("21", "1234", Amount(0)))

    assert (code.key, code.price) == ("rcn:21:1234", None)


@pytest.mark.parametrize(
    ("prefix", "item", "amount"), [("20", "1234", 1), ("21", "123", 1), ("21", "1234", 10**6), ("27", "12345", 10**5)]
)
def test_what_does_not_fit_is_not_made(prefix: str, item: str, amount: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        codes_make.price_code(prefix, item, Amount(amount))


# --- GS1


ELEMENTS = f"01{GTIN}1726123110AB12\x1d21S-9"


@pytest.mark.parametrize("symbology", ["", "]C1", "]e0", "]d2", "]Q3"])
@pytest.mark.parametrize("leading", ["", "\x1d"])
def test_an_element_string(symbology: str, leading: str) -> None:
    assert parse(symbology + leading + ELEMENTS) == Code(
        GTIN, leading + ELEMENTS, gtin=GTIN, lot="AB12", expiry="2026-12-31", serial="S-9", symbology=symbology
    )


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(17)261231(10)AB12(21)S-9",
        f"https://example.dk/01/{GTIN}/10/AB12/21/S-9?17=261231",
        f"HTTPS://EXAMPLE.DK/a/b/01/{GTIN[1:]}/10/AB12/21/S-9/?utm=x&17=261231#top",
        f"http://example.dk:8080/01/{GTIN}?17=261231&10=AB12&21=S-9",
    ],
)
def test_the_same_in_brackets_and_as_a_link(text: str) -> None:
    assert parse(text) == Code(GTIN, text, gtin=GTIN, lot="AB12", expiry="2026-12-31", serial="S-9")


@pytest.mark.parametrize(
    ("elements", "grams", "price", "count"),
    [
        ("3103001505", 1505, None, None),
        ("3100000002", 2000, None, None),
        ("3105000149", 1, None, None),
        ("3105000150", 2, None, None),
        ("392239.75".replace(".", ""), None, 3975, None),
        ("392040", None, 4000, None),
        ("392412345", None, 123, None),
        ("39291", None, None, None),
        ("3012", None, None, 12),
        ("31030015053922397500\x1d3010", 1505, 397500, 10),
        ("3103000000", None, None, None),
        ("3000", None, None, None),
        ("30\x1d", None, None, None),
    ],
)
def test_measures(elements: str, grams: int | None, price: int | None, count: int | None) -> None:
    code = parse(f"01{GTIN}{elements}")

    assert (code.key, code.weight_grams, code.price, code.count) == (GTIN, grams, price, count)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("261231", "2026-12-31"),
        ("260200", "2026-02-28"),
        ("280200", "2028-02-29"),
        ("261200", "2026-12-31"),
        ("761231", "2076-12-31"),
        ("770101", "1977-01-01"),
        ("000000", ""),
        ("260631", ""),
    ],
)
def test_expiry(written: str, date: str) -> None:
    code = parse(f"01{GTIN}17{written}")

    assert (code.key, code.expiry) == (GTIN, date)


def test_a_magazine_is_found_by_its_number_without_the_issue() -> None:
    code = parse("]E3977100000000" + check_digit("977100000000") + "05")

    assert code.gtin == "0977100000000" + check_digit("977100000000")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.dk/01/1234",
        "https://example.dk/products/7",
        "http://[::",
        "https://example.dk/01/%D9%A0%D9%A5%D9%A7%D9%A0%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5%D9%A6%D9%A7%D9%A8%D9%A9%D9%A9",
        "(01)123",
        f"01{GTIN}17261300",
        "10AB12",
        "00370123456789123456",
    ],
)
def test_what_names_no_item_stands_for_itself(text: str) -> None:
    assert parse(text) == Code(text, text)


def test_an_element_string_with_a_wrong_check_digit_is_suspect() -> None:
    text = f"01{GTIN[:-1]}010AB"

    assert parse("]C1" + text) == Code(text, text, symbology="]C1", suspect="check-digit")


# --- any text at all


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", CodeReason.EMPTY),
        ("]E0", CodeReason.EMPTY),
        ("\x1d", CodeReason.EMPTY),
        ("57\r", CodeReason.CONTROL_CHARACTER),
        ("57\x7f", CodeReason.CONTROL_CHARACTER),
        ("57\ud800", CodeReason.CONTROL_CHARACTER),
        ("5" * (MAX_LENGTH + 1), CodeReason.TOO_LONG),
    ],
)
def test_no_code_at_all(text: str, reason: CodeReason) -> None:
    with pytest.raises(CodeError) as refused:
        parse(text)

    assert refused.value.reason is reason


@given(st.text() | codelike())
def test_any_text_is_a_code_or_refused_and_never_padded_or_cut(text: str) -> None:
    try:
        code = parse(text)
    except CodeError:
        return
    assert code.symbology + code.raw == text
    if not code.gtin and not code.key.startswith("rcn:"):
        assert code.key == code.raw
    if code.gtin:
        assert code.key == code.gtin
        assert parse(code.gtin).key == code.key


@given(gtins(), st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=20))
def test_what_is_made_is_read(number: str, lot: str) -> None:
    made = codes_make.element_string(("01", number.zfill(14)), ("10", lot), ("21", lot[::-1]))
    code = parse(made)

    if number.strip("0"):
        assert (code.key, code.lot, code.serial) == (parse(number).key, lot, lot[::-1])


def test_a_plain_number_does_not_load_biip() -> None:
    program = (
        "import sys; from terminal.domain.codes import parse; parse('5701234567899'); print('biip' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=30)

    assert done.stdout == "False\n"


def test_biips_table_of_companies_is_never_loaded() -> None:
    """In an interpreter of its own: here the table is loaded, for the tests ask biip itself."""
    check = (
        "import sys; from terminal.domain.codes import parse;"
        f"assert parse('(01){GTIN}(10)A').lot == 'A';"
        "assert not hasattr(sys.modules['biip.gs1_prefixes'], '_GS1_COMPANY_PREFIX_TRIE')"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=30)
