"""From the shop's CSV to what can be scanned."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.domain.codes import parse
from terminal.sim.bench.shelf import SCALE, SPECIAL, Shelf, ShelfError, read
from terminal.sim.run import DEMO_ITEMS

HEADER = "sku,name,price,vat,unit,department,age,deposit,codes\n"
TODAY = datetime.date(2027, 3, 1)
DEMO = read(DEMO_ITEMS)


def shelf(tmp_path: Path, rows: str, header: str = HEADER) -> Shelf:
    file = tmp_path / "items.csv"
    file.write_text(header + rows, "utf-8")
    return read(file)


def payloads(shelf: Shelf, group: str) -> list[str]:
    return [tile.payload for tile in shelf.of_today(TODAY).tiles if tile.group == group]


def test_each_item_lies_in_its_department_with_its_first_code(tmp_path: Path) -> None:
    rows = (
        "1,Mælk,12.95,25,piece,Mejeri,,,5700000020019 40123455\n"
        '2,Tomater,"29,95",25,gram,Grønt,,,2630010000004\n'
        "KAFFE,Kaffe,25,25,piece,Café,,,KAFFE\n"
        "9,Uden kode,1,25,piece,Mejeri,,,\n"
    )
    display = shelf(tmp_path, rows).of_today(TODAY)
    items = [(tile.payload, tile.title, tile.note) for tile in display.tiles if tile.group not in (SPECIAL, SCALE)]

    assert items == [
        ("5700000020019", "Mælk", "12,95 kr"),
        ("2630010004552", "Tomater", "455 g at 29,95 kr/kg"),
        ("KAFFE", "Kaffe", "25 kr"),
    ]
    assert display.groups == ("All", SPECIAL, SCALE, "Mejeri", "Grønt", "Café")


def test_the_special_codes_are_what_they_say(tmp_path: Path) -> None:
    rows = (
        "1,Mælk,12.95,25,piece,Mejeri,,,5700000020019\n"
        "2,Tomater,29,25,gram,,,,2630010000004\n"
        "3,Dagens ret,89,25,piece,,,,2140050000006\n"
    )
    codes = [parse(payload) for payload in payloads(shelf(tmp_path, rows), SPECIAL)]
    weight, price, link, expired, elements, misread, unknown, text = codes

    assert (weight.key, weight.weight_grams) == ("rcn:26:3001", 1505)
    assert (price.key, price.price) == ("rcn:21:4005", 3975)
    assert (link.gtin, link.lot, link.expiry) == ("05700000020019", "LOT42", "2027-03-31")
    assert (expired.gtin, expired.expiry) == ("05700000020019", "2027-02-26")
    assert (elements.gtin, elements.lot, elements.expiry) == ("05700000020019", "LOT7", "2027-03-31")
    assert misread.suspect == "check-digit"
    assert unknown.gtin == "05709999999993"
    assert (text.key, text.gtin) == ("Hello, till", "")


@given(st.integers(1, 5000))
def test_a_label_says_what_is_on_the_scale(grams: int) -> None:
    label = DEMO.label("rcn:26:3001", str(grams))

    assert parse(label.payload).weight_grams == grams


@pytest.mark.parametrize(
    ("code", "value"), [("rcn:26:9999", "5"), ("", ""), ("rcn:26:3001", "0"), ("rcn:26:3001", "99999")]
)
def test_what_no_scale_shows_has_no_label(code: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"scale|weighed"):
        DEMO.label(code, value)


@given(st.text(max_size=8))
def test_any_text_is_a_weight_or_is_refused(value: str) -> None:
    try:
        label = DEMO.label("rcn:26:3001", value)
    except ValueError:
        return
    assert parse(label.payload).weight_grams == int(value)


def test_every_item_of_the_demo_with_a_code_is_there() -> None:
    display = DEMO.of_today(TODAY)
    with_code = [line for line in DEMO_ITEMS.read_text("utf-8").splitlines()[1:] if not line.endswith(",")]

    assert len([tile for tile in display.tiles if tile.group != SPECIAL]) == len(with_code)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00", "is no CSV"),
        (b"sku,codes\n1,2\n", "has no column name, price"),
        (b'name,price,codes\n"open', "is no CSV"),
        (b"", "has no column"),
        (b"name,price,codes\n" + b"a,1,b\n" * 2001, "more than 2000 items"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(content)

    with pytest.raises(ShelfError, match=reason):
        read(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ShelfError, match="No such file"):
        read(tmp_path / "items.csv")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_shelf_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(b"name,price,unit,codes\n" + content)
    try:
        read(file).of_today(TODAY)
    except ShelfError:
        return
