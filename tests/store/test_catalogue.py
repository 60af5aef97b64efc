"""The catalogue on disk: what a till finds in it, and that it sees another process's import."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.app.ports.catalogue import Catalogue, CatalogueError, Revision
from terminal.domain.codes import parse
from terminal.domain.codes_make import weight_code
from terminal.domain.item import Item, Unit
from terminal.domain.money import Amount
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_import import import_items
from terminal.store.catalogue_schema import FILE, NEWEST, open_catalogue
from terminal.store.catalogue_words import endings, fold, typed

DEMO = Path(__file__).parents[2] / "terminal" / "sim" / "demo" / "items.csv"


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    assert import_items(DEMO, tmp_path).bad == ()
    opened = SqliteCatalogue(tmp_path)
    yield opened
    opened.close()


def names(items: tuple[Item, ...]) -> list[str]:
    return [item.name for item in items]


def test_an_empty_catalogue(tmp_path: Path) -> None:
    catalogue = SqliteCatalogue(tmp_path)
    assert catalogue.revision() == Revision(0, 0, "")
    assert catalogue.departments() == ()
    assert catalogue.search("a", 10) == ()
    assert catalogue.by_code("05700000010010") is None
    catalogue.close()


def test_finds_by_code_and_by_number(catalogue: Catalogue) -> None:
    rye = catalogue.by_code(parse("5700000010010").key)
    assert rye == Item("1001", "Rugbrød med kerner", Amount(2800), department="Brød")
    assert catalogue.by_sku("1001") == rye
    assert catalogue.by_code(parse("https://id.example/01/05700000010010/10/L1").key) == rye


def test_a_weight_code_finds_its_item_whatever_the_weight(catalogue: Catalogue) -> None:
    code = parse(weight_code("26", "3001", 1250))
    found = catalogue.by_code(code.key)
    assert found is not None
    assert (found.name, found.unit, found.price) == ("Tomater, løs vægt", Unit.GRAM, 2995)
    assert code.weight_grams == 1250


@pytest.mark.parametrize("key", ["0000", "0", "", "5700000010010", "1001 ", "1001", "kaffe", "%", "x" * 5000, "\ud800"])
def test_never_pads_nor_guesses(catalogue: Catalogue, key: str) -> None:
    assert catalogue.by_code(key) is None


def test_departments_in_the_order_of_the_file_without_deposits(catalogue: Catalogue) -> None:
    assert catalogue.departments() == (
        "Brød",
        "Mejeri",
        "Frugt & grønt",
        "Ost & kød",
        "Drikke",
        "Kolonial",
        "Café",
        "Kiosk",
    )
    assert names(catalogue.in_department("Café", 3)) == ["Filterkaffe", "Caffe latte", "Te, kande"]
    assert catalogue.in_department("Pant", 10) == ()
    assert catalogue.in_department("nowhere", 10) == ()
    assert catalogue.in_department("Café", -1) == ()


def test_deposit_items_are_marked(catalogue: Catalogue) -> None:
    beer, deposit = catalogue.by_sku("5001"), catalogue.by_sku("PANT-A")
    assert beer is not None
    assert deposit is not None
    assert (beer.deposit_sku, beer.age_limit, beer.is_deposit) == ("PANT-A", 16, False)
    assert (deposit.price, deposit.is_deposit) == (100, True)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kaffe", ["Kaffe, formalet 400 g", "Filterkaffe"]),  # the number is KAFFE, not kaffe
        ("KAFFE", ["Filterkaffe", "Kaffe, formalet 400 g"]),
        ("brød", ["Rugbrød med kerner", "Franskbrød", "Smørrebrød med sild"]),
        ("creme fraiche", ["Crème fraîche 18 % 0,5 l"]),
        ("crème", ["Crème fraîche 18 % 0,5 l"]),
        ("løs kart", ["Kartofler, løs vægt"]),
        ("ÆG", ["Æg M/L 10 stk."]),
        ("5700000020", ["Minimælk 1 l", "Letmælk 1 l", "Kærnemælk 1 l", "Smør saltet 200 g"]),
        ("2005", ["Crème fraîche 18 % 0,5 l"]),
        ("mælk xyz", []),
        ("  ", []),
    ],
)
def test_search(catalogue: Catalogue, words: str, found: list[str]) -> None:
    assert names(catalogue.search(words, 4)) == found


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text() | st.lists(st.sampled_from('"*^:()-+{}, AND OR NOT NEAR name codes \x00 a ø'), max_size=9))
def test_any_text_can_be_searched(catalogue: Catalogue, words: str | list[str]) -> None:
    found = catalogue.search("".join(words), 5)
    assert len(found) <= 5
    assert len({item.sku for item in found}) == len(found)


@given(st.text(st.characters(codec="utf-8")))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_words_of_a_search_are_bounded() -> None:
    assert len(typed("a " * 1000)) == 8
    assert len(typed("b" * 1000)[0]) == 40


def test_letters_of_their_own_stay() -> None:
    assert fold("Rød grøD med FLØDE, På Å") == "rød grød med fløde på å"
    assert fold("Café Ñandú") == "cafe nandu"


def test_endings() -> None:
    assert endings("rugbrød 1250 af") == "ugbrød gbrød brød rød"


def test_sees_what_another_process_imports(catalogue: Catalogue, tmp_path: Path) -> None:
    before = catalogue.revision()
    assert (before.number, before.items, before.source) == (1, 51, "items.csv")
    fresh = tmp_path / "fresh.csv"
    fresh.write_text("sku,name,price\n9,Nyt,1\n", encoding="utf-8")
    program = (
        "from pathlib import Path; from terminal.store.catalogue_import import import_items; import sys;"
        " import_items(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    subprocess.run([sys.executable, "-c", program, str(fresh), str(tmp_path)], check=True)
    assert catalogue.revision() == Revision(2, 1, catalogue.revision().digest, "fresh.csv")
    assert catalogue.revision().digest != before.digest
    assert catalogue.by_sku("1001") is None
    assert catalogue.by_sku("9") == Item("9", "Nyt", Amount(100))


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(CatalogueError, match=r"is damaged .*import the items again"):
        SqliteCatalogue(tmp_path)


def test_damage_found_while_reading_is_said(tmp_path: Path) -> None:
    import_items(DEMO, tmp_path)
    with (tmp_path / FILE).open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    catalogue = SqliteCatalogue(tmp_path)
    with pytest.raises(CatalogueError, match="is damaged"):
        catalogue.by_sku("1001")
    catalogue.close()


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    import_items(DEMO, tmp_path)
    with apsw.Connection(str(tmp_path / FILE)) as db:
        db.pragma("user_version", NEWEST + 1)
    db.close()
    with pytest.raises(CatalogueError, match="newer Kasse"):
        SqliteCatalogue(tmp_path)


def test_no_migration_beside_an_open_till(tmp_path: Path) -> None:
    till = SqliteCatalogue(tmp_path)
    with apsw.Connection(str(tmp_path / FILE)) as db:
        db.pragma("user_version", NEWEST - 1)
    db.close()
    with pytest.raises(CatalogueError, match="stop the till first"):
        open_catalogue(tmp_path, wait=0.0)
    till.close()


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CatalogueError, match="cannot be used"):
        SqliteCatalogue(tmp_path / "file")


def test_what_root_makes_belongs_to_the_folders_owner(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 12345, 12345)
    import_items(DEMO, folder)
    assert {path.stat().st_uid for path in folder.iterdir()} == {folder.stat().st_uid}
