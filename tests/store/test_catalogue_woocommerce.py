"""WooCommerce's product export: what of it a till sells, and how its columns are read."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.domain.codes import parse
from terminal.domain.codes_make import gtin
from terminal.domain.item import Item
from terminal.domain.money import Amount, BasisPoints
from terminal.store.catalogue import SqliteCatalogue
from terminal.store.catalogue_import import ImportResult, import_items
from terminal.store.catalogue_rows import BadRowReason, LeftOut

GTIN = "GTIN, UPC, EAN, or ISBN"
# The columns and their order are the exporter's own, so that a real file's shape is tested.
COLUMNS = (
    f"ID|Type|SKU|{GTIN}|Name|Published|Is featured?|Visibility in catalog|Short description|Description|"
    "Date sale price starts|Date sale price ends|Tax status|Tax class|In stock?|Stock|Low stock amount|"
    "Backorders allowed?|Sold individually?|Weight (kg)|Length (cm)|Width (cm)|Height (cm)|Allow customer reviews?|"
    "Purchase note|Sale price|Regular price|Categories|Tags|Shipping class|Images|Download limit|Download expiry days|"
    "Parent|Grouped products|Upsells|Cross-sells|External URL|Button text|Position|Attribute 1 name|"
    "Attribute 1 value(s)"
).split("|")
SIMPLE = {
    "ID": "7",
    "Type": "simple",
    "SKU": "KRUS",
    "Name": "Krus",
    "Published": "1",
    "Tax status": "taxable",
    "Regular price": "79,95",
    "Description": 'Et "stort" krus,\nmed hank',
}
Product = dict[str, str]


def bring(folder: Path, *products: Product) -> ImportResult:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(products)
    path = folder / "wc-product-export.csv"
    path.write_text(text.getvalue(), encoding="utf-8-sig")
    return import_items(path, folder / "data")


def stored(folder: Path) -> dict[str, Item]:
    catalogue = SqliteCatalogue(folder / "data")
    try:
        every = [*(catalogue.in_department(name, 99) for name in catalogue.departments())]
        return {item.sku: item for items in every for item in items}
    finally:
        catalogue.close()


def by_code(folder: Path, text: str) -> str:
    catalogue = SqliteCatalogue(folder / "data")
    try:
        found = catalogue.by_code(parse(text).key)
        return found.sku if found else ""
    finally:
        catalogue.close()


def only(folder: Path, **changes: str) -> Item:
    result = bring(folder, {**SIMPLE, "Categories": "Hus", **changes})
    assert result.bad == ()
    (item,) = stored(folder).values()
    return item


def test_a_simple_product(tmp_path: Path) -> None:
    result = bring(tmp_path, {**SIMPLE, GTIN: gtin("570000000001"), "Categories": "Hus > Køkken, Tilbud"})
    assert (result.form, result.items, result.bad, result.left_out) == ("woocommerce", 1, (), {})
    assert stored(tmp_path) == {"KRUS": Item("KRUS", "Krus", Amount(7995), department="Hus")}
    assert by_code(tmp_path, gtin("570000000001")) == "KRUS"
    assert by_code(tmp_path, "KRUS") == "KRUS"


def test_variations_take_over_from_their_product(tmp_path: Path) -> None:
    shirt = {"ID": "10", "Type": "variable", "Name": "Trøje", "Published": "1", "Categories": "Tøj"}
    result = bring(
        tmp_path,
        {**SIMPLE, "ID": "11", "Type": "variation", "SKU": "T-S", "Name": "Trøje - S", "Parent": "id:10"},
        shirt,
        {**shirt, "ID": "20", "SKU": "BOG", "Tax class": "zero-rate"},
        {
            **SIMPLE,
            "ID": "21",
            "Type": "variation, virtual",
            "SKU": "",
            "Name": "Avis - man",
            "Parent": "BOG",
            "Tax class": "parent",
        },
    )
    assert result.bad == ()
    assert result.left_out == {LeftOut.SET: 2}
    assert stored(tmp_path) == {
        "T-S": Item("T-S", "Trøje - S", Amount(7995), department="Tøj"),
        "wc-21": Item("wc-21", "Avis - man", Amount(7995), BasisPoints(0), department="Tøj"),
    }


def test_a_variation_without_its_product_is_a_bad_row(tmp_path: Path) -> None:
    result = bring(tmp_path, {**SIMPLE, "Type": "variation", "Parent": "NONE"})
    assert [(bad.line, bad.reason, bad.detail) for bad in result.bad] == [(2, BadRowReason.NO_PARENT, "NONE")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Published": "0"}, LeftOut.UNPUBLISHED),
        ({"Published": "-1"}, LeftOut.UNPUBLISHED),
        ({"Published": "'-1"}, LeftOut.UNPUBLISHED),
        ({"Regular price": ""}, LeftOut.NO_PRICE),
        ({"Type": "grouped"}, LeftOut.SET),
        ({"Type": "external"}, LeftOut.ELSEWHERE),
        ({"Type": "subscription"}, LeftOut.ELSEWHERE),
    ],
)
def test_what_is_not_for_a_till_is_counted(tmp_path: Path, changes: Product, why: LeftOut) -> None:
    result = bring(tmp_path, {**SIMPLE, **changes})
    assert (result.items, result.bad, result.left_out) == (0, (), {why: 1})


def test_a_sale_price_without_dates_is_the_price(tmp_path: Path) -> None:
    assert only(tmp_path, **{"Sale price": "59,95"}).price == 5995


def test_a_sale_price_with_dates_is_not_used(tmp_path: Path) -> None:
    assert only(tmp_path, **{"Sale price": "59,95", "Date sale price ends": "2031-01-01 0:00:00"}).price == 7995


@pytest.mark.parametrize(
    ("changes", "rate"),
    [
        ({}, 2500),
        ({"Tax class": "zero-rate"}, 0),
        ({"Tax status": "none"}, 0),
        ({"Tax status": "shipping"}, 0),
        ({"Tax status": ""}, 2500),
    ],
)
def test_vat(tmp_path: Path, changes: Product, rate: int) -> None:
    assert only(tmp_path, **changes).vat_rate == rate


def test_a_tax_class_without_a_known_rate_is_a_bad_row(tmp_path: Path) -> None:
    result = bring(tmp_path, SIMPLE, {**SIMPLE, "SKU": "2", "Tax class": "reduced-rate"})
    # The first product's description has two lines.
    assert [(bad.line, bad.reason) for bad in result.bad] == [(4, BadRowReason.TAX_CLASS)]
    assert result.revision is None


@pytest.mark.parametrize(
    ("categories", "department"),
    [("Mad\\, drikke > Vin, Tilbud", "Mad, drikke"), ("Hus", "Hus"), ("Hus &", "Hus &")],
)
def test_the_department_is_the_first_category_s_top(tmp_path: Path, categories: str, department: str) -> None:
    assert only(tmp_path, Categories=categories).department == department


def test_what_was_escaped_for_spreadsheets_is_given_back(tmp_path: Path) -> None:
    assert only(tmp_path, Name="'-18 grader").name == "-18 grader"


@pytest.mark.parametrize(
    ("given_as", "scanned"),
    [("978-87-02-01234-1", ""), ("0-306-40615-2", "9780306406157"), ("570-0000 000 011", "5700000000011")],
)
def test_gtin_and_isbn(tmp_path: Path, given_as: str, scanned: str) -> None:
    result = bring(tmp_path, {**SIMPLE, GTIN: given_as})
    if not scanned:
        assert [bad.reason for bad in result.bad] == [BadRowReason.CHECK_DIGIT]
    else:
        assert result.bad == ()
        assert by_code(tmp_path, scanned) == "KRUS"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    products=st.lists(
        st.dictionaries(
            st.sampled_from(COLUMNS),
            st.sampled_from(["simple", "variation", "variable", "1", "9,5", "id:1", "zero-rate", "x > y, z"])
            | st.text(st.characters(codec="utf-8"), max_size=50),
        ),
        max_size=5,
    )
)
def test_any_products_are_imported_whole_or_not_at_all(tmp_path: Path, products: list[Product]) -> None:
    result = bring(tmp_path, *products)
    assert (result.revision is None) == bool(result.bad)
    assert all(bad.sentence.isprintable() for bad in result.bad)
