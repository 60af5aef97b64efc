"""Importing items: both forms, every kind of bad row, all or nothing, any bytes."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.domain.codes_make import gtin, weight_code
from terminal.domain.item import Item, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_csv import LONGEST_LINE, FileRefused
from terminal.store.catalogue_import import MOST_LISTED, ImportResult, import_items
from terminal.store.catalogue_rows import SENTENCES, BadRowReason

HEADER = "sku,name,price,vat,unit,department,age,deposit,codes\n"
MILK, BUTTER = gtin("570000000001"), gtin("570000000002")
TOMATOES = weight_code("26", "1234", 0)

fuzz = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def bring(folder: Path, content: str | bytes, name: str = "items.csv") -> ImportResult:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return import_items(path, folder / "data")


def stored(folder: Path, sku: str) -> Item | None:
    catalogue = SqliteCatalogue(folder / "data")
    try:
        return catalogue.by_sku(sku)
    finally:
        catalogue.close()


def number(folder: Path) -> int:
    catalogue = SqliteCatalogue(folder / "data")
    try:
        return catalogue.revision().number
    finally:
        catalogue.close()


def test_the_plain_form(tmp_path: Path) -> None:
    result = bring(
        tmp_path,
        f'{HEADER}1,Mælk,"12,95",25,piece,Mejeri,,,{MILK} M1\n2,Tomater,29.95,,gram,Grønt,,,{TOMATOES}\n'
        "3,Øl,10,25%,stk,Drikke,16,P,\nP,Pant A,1,,,,,,\n4,Avis,35,0,,,,,\n",
    )
    assert (result.form, result.items, result.bad) == ("plain", 5, ())
    assert stored(tmp_path, "1") == Item("1", "Mælk", Amount(1295), department="Mejeri")
    assert stored(tmp_path, "2") == Item("2", "Tomater", Amount(2995), unit=Unit.GRAM, department="Grønt")
    assert stored(tmp_path, "3") == Item("3", "Øl", Amount(1000), department="Drikke", age_limit=16, deposit_sku="P")
    assert stored(tmp_path, "P") == Item("P", "Pant A", Amount(100), is_deposit=True)
    assert stored(tmp_path, "4") == Item("4", "Avis", Amount(3500), vat_rate=BasisPoints(0))


def test_an_import_replaces_the_whole_catalogue(tmp_path: Path) -> None:
    first = bring(tmp_path, HEADER + "1,Gammel,1,,,,,,A\n")
    second = bring(tmp_path, HEADER + "2,Ny,1,,,,,,A\n")
    assert first.revision is not None
    assert second.revision is not None
    assert (first.revision.number, second.revision.number) == (1, 2)
    assert first.revision.digest != second.revision.digest
    assert stored(tmp_path, "1") is None
    assert stored(tmp_path, "2") is not None


def test_the_digest_is_of_the_items_not_of_their_order(tmp_path: Path) -> None:
    one = bring(tmp_path, HEADER + "1,A,1,,,,,,X Y\n2,B,1,,,,,,Z\n")
    two = bring(tmp_path, "codes;price;name;sku\nZ;1,00;B;2\nY X;1,00;A;1\n")
    assert one.revision is not None
    assert two.revision is not None
    assert one.revision.digest == two.revision.digest


BAD = [
    ('1,"Mælk,1,,,,,,\n2,Smør,1,,,,,,\n', BadRowReason.QUOTES, 2),
    ("1,Mælk,1,,,,,,,too many\n", BadRowReason.COLUMNS, 2),
    (",Mælk,1,,,,,,\n", BadRowReason.SKU, 2),
    (f"{'x' * 65},Mælk,1,,,,,,\n", BadRowReason.SKU, 2),
    ("1,,1,,,,,,\n", BadRowReason.NAME, 2),
    ("1,a\x07b,1,,,,,,\n", BadRowReason.NAME, 2),
    ("1,Mælk,,,,,,,\n", BadRowReason.PRICE, 2),
    ("1,Mælk,gratis,,,,,,\n", BadRowReason.PRICE, 2),
    ("1,Mælk,-1,,,,,,\n", BadRowReason.PRICE, 2),
    ("1,Mælk,1.234,,,,,,\n", BadRowReason.PRICE, 2),
    ("1,Mælk,1.200,,,,,,\n", BadRowReason.PRICE, 2),
    ("1,Mælk,٣,,,,,,\n", BadRowReason.PRICE, 2),
    ('1,Mælk,"1.000.000,01",,,,,,\n', BadRowReason.PRICE_RANGE, 2),
    ("1,Mælk,1,100,,,,,\n", BadRowReason.VAT, 2),
    ("1,Mælk,1,moms,,,,,\n", BadRowReason.VAT, 2),
    ("1,Mælk,1,,liter,,,,\n", BadRowReason.UNIT, 2),
    (f"1,Tomat,1,,piece,,,,{TOMATOES}\n", BadRowReason.WEIGHT_CODE, 2),
    (f"1,Mælk,1,,,{'x' * 41},,,\n", BadRowReason.DEPARTMENT, 2),
    ("1,Mælk,1,,,,atten,,\n", BadRowReason.AGE, 2),
    ("1,Mælk,1,,,,-1,,\n", BadRowReason.AGE, 2),
    ("1,Mælk,1,,,,,,a\x00b\n", BadRowReason.CODE, 2),
    ("1,Mælk,1,,,,,,5.70123E+12\n", BadRowReason.SHORTENED, 2),
    ("1,Mælk,1,,,,,,5700000000013\n", BadRowReason.CHECK_DIGIT, 2),
    (f"1,Mælk,1,,,,,,{' '.join(map(str, range(51)))}\n", BadRowReason.MANY_CODES, 2),
    ("1,Mælk,1,,,,,,\n1,Smør,1,,,,,,\n", BadRowReason.SKU_TWICE, 3),
    (f"1,Mælk,1,,,,,,{MILK}\n2,Smør,1,,,,,,0{MILK}\n", BadRowReason.CODE_TWICE, 3),
    ("1,Øl,1,,,,,PANT,\n", BadRowReason.NO_DEPOSIT, 2),
    ("1,Øl,1,,,,,P,\nP,Pant,1,,,,,P,\n", BadRowReason.DEPOSIT_OF_DEPOSIT, 2),
    ("1,Øl,1,,,,,P,\nP,Pant,1,,gram,,,,\n", BadRowReason.DEPOSIT_WEIGHED, 2),
    ("1,Tomat,1,,gram,,,P,\nP,Pant,1,,,,,,\n", BadRowReason.DEPOSIT_BY_WEIGHT, 2),
]


@pytest.mark.parametrize(("rows", "reason", "line"), BAD)
def test_a_bad_row_is_listed_and_nothing_is_changed(tmp_path: Path, rows: str, reason: BadRowReason, line: int) -> None:
    bring(tmp_path, HEADER + "1,Før,1,,,,,,\n")
    result = bring(tmp_path, HEADER + rows)
    assert result.revision is None
    assert (result.bad[0].line, result.bad[0].reason) == (line, reason)
    assert result.bad[0].sentence.startswith(f"line {line}: ")
    assert result.bad[0].sentence.isprintable()
    assert stored(tmp_path, "1") == Item("1", "Før", Amount(100))
    assert number(tmp_path) == 1


def test_every_reason_has_a_sentence_and_a_test() -> None:
    assert set(SENTENCES) == set(BadRowReason)
    woocommerce = {BadRowReason.TAX_CLASS, BadRowReason.NO_PARENT}
    assert {reason for _, reason, _ in BAD} | woocommerce == set(BadRowReason)


def test_all_bad_rows_are_counted_and_a_hundred_listed(tmp_path: Path) -> None:
    rows = "".join(f"{each},Vare,x,,,,,,\n" for each in range(MOST_LISTED + 5))
    result = bring(tmp_path, HEADER + "ok,Vare,1,,,,,,\n" + rows)
    assert (len(result.bad), result.more_bad, result.items) == (MOST_LISTED, 5, 1)
    assert [bad.line for bad in result.bad] == list(range(3, MOST_LISTED + 3))


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    result = bring(tmp_path, HEADER + '1,"Mælk\nog mere",1,,,,,,\n\n2,"Smør\n\n",x,,,,,,\n')
    assert [(bad.line, bad.reason) for bad in result.bad] == [(5, BadRowReason.PRICE)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str, newline: str) -> None:
    lines = ["sku,name,price".replace(",", delimiter), delimiter.join(("1", "Rødgrød på fløde", '"12,50"'))]
    result = bring(tmp_path, newline.join(lines).encode(encoding))
    assert result.bad == ()
    assert result.encoding == {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    assert result.delimiter == delimiter
    assert stored(tmp_path, "1") == Item("1", "Rødgrød på fløde", Amount(1250))


def test_a_spreadsheets_separator_line_is_passed_over(tmp_path: Path) -> None:
    assert bring(tmp_path, "sep=;\nsku;name;price\n1;Mælk;1\n").items == 1


def test_invisible_characters_of_web_pages_are_left_out(tmp_path: Path) -> None:
    bring(tmp_path, HEADER + '1,"\u200bSød\u00admælk\u00a0  1 l\n",1,,,,,,\n')
    assert stored(tmp_path, "1") == Item("1", "Sødmælk 1 l", Amount(100))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        (b"\x81\x8d\xff", "is no text"),
        (b"a,b\n1,2\n", "lacks the column 'name' .found: a, b."),
        (b"sku,name,price,prise\n", "has a column 'prise': did you mean 'price'"),
        (b"sku,name,price,qwerty\n", "has a column 'qwerty': there is sku"),
        (b"sku,name,price,price\n", "has the column 'price' twice"),
        (b"Varenummer,Navn,Normalpris\n", "a user whose language is English"),
        (b"x" * (LONGEST_LINE + 1), "has a line without end at 1"),
        (HEADER.encode() + b"1," + b"x" * LONGEST_LINE, "has a line without end at 2"),
        (HEADER.encode() + b'1,"' + b"x,x\n" * LONGEST_LINE, "line 2: the quotes"),
    ],
)
def test_a_file_that_is_no_list_of_items(tmp_path: Path, content: bytes, said: str) -> None:
    if said.startswith("line 2"):
        assert bring(tmp_path, content).bad[0].sentence.startswith(said)
        return
    with pytest.raises(FileRefused, match=said):
        bring(tmp_path, content)
    assert not (tmp_path / "data").exists() or number(tmp_path) == 0


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="No such file"):
        import_items(tmp_path / "none.csv", tmp_path)
    with pytest.raises(FileRefused, match="is no file"):
        import_items(Path("/dev/zero"), tmp_path)
    with pytest.raises(FileRefused, match="is no file"):
        import_items(tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("12", 1200),
        ("12,5", 1250),
        ("12.50", 1250),
        ("12,5000", 1250),
        ("1.234,50", 123_450),
        ("1,234.50", 123_450),
        ("1000000", 100_000_000),
    ],
)
def test_prices(tmp_path: Path, text: str, amount: int) -> None:
    assert bring(tmp_path, f"sku;name;price\n1;Vare;{text}\n").bad == ()
    assert stored(tmp_path, "1") == Item("1", "Vare", Amount(amount))


@fuzz
@given(content=st.binary(max_size=300))
def test_any_bytes_change_nothing(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FileRefused):
        bring(tmp_path, content)


CELL = st.sampled_from(["", "1", "12,50", "x", '"', '""', "'", "P", MILK, BUTTER, TOMATOES, "25", "gram", "\x00", "ø"])
ROWS = st.lists(st.lists(CELL | st.text(max_size=8), max_size=10).map(",".join), max_size=6)


@fuzz
@given(rows=ROWS, newline=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
def test_any_rows_are_imported_whole_or_not_at_all(tmp_path: Path, rows: list[str], newline: str) -> None:
    before = number(tmp_path)
    text = newline.join([HEADER.strip(), *rows])
    result = bring(tmp_path, text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    assert (result.revision is None) == bool(result.bad)
    assert number(tmp_path) == before + (result.revision is not None)
    assert all(bad.sentence.isprintable() for bad in result.bad)
    assert all(1 < bad.line <= text.count("\n") + text.count("\r") + 2 for bad in result.bad)


def test_ten_thousand_rows(tmp_path: Path) -> None:
    rows = "".join(f'{each},Vare nummer {each},"1,{each % 100:02}",25,,Afd {each % 9},,,\n' for each in range(10_000))
    result = bring(tmp_path, HEADER + rows)
    assert result.revision is not None
    assert (result.items, result.revision.items) == (10_000, 10_000)
    assert stored(tmp_path, "9999") == Item("9999", "Vare nummer 9999", Amount(199), department="Afd 0")
