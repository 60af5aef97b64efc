"""From one row of a file to one item: the plain form and WooCommerce's product export.

Plain form: sku,name,price,vat,unit,department,age,deposit,codes (the first three must be there). Price in kroner incl.
VAT, for a piece or a kilogram; vat in percent, 25 when empty; unit piece or gram; age in years; deposit the sku of the
deposit item; codes separated by spaces or ';'. An item that another one names as its deposit is a deposit item.

WooCommerce (its product CSV exporter, `class-wc-product-csv-exporter.php`): ID, Type, SKU, GTIN, Name, Published, Tax
status, Tax class, Sale price with its dates, Regular price, Categories, Parent. The till sells what the shop sells:
simple products and variations, published, with a price. A sale price without dates is the price; one with dates is not
used, since the till does not know their time zone. The file says nothing of age limits, deposits and weighed items, and
not whether prices are without VAT: they are taken as including it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from terminal.domain import rcn
from terminal.domain.codes import CodeError, parse
from terminal.domain.item import Item, Unit
from terminal.domain.money import Amount, BasisPoints
from terminal.domain.sale import MAX_PRICE

from .catalogue_csv import Table

STANDARD_VAT = BasisPoints(2500)
MOST_CODES = 50

PLAIN = ("sku", "name", "price", "vat", "unit", "department", "age", "deposit", "codes")
PLAIN_NEEDED = frozenset({"sku", "name", "price"})
WOOCOMMERCE_NEEDED = frozenset({"name", "regular price"})
GTIN_COLUMN = "gtin, upc, ean, or isbn"


class BadRowReason(StrEnum):
    """Why a row cannot be imported."""

    QUOTES = "quotes"
    COLUMNS = "columns"
    SKU = "sku"
    NAME = "name"
    PRICE = "price"
    PRICE_RANGE = "price-range"
    VAT = "vat"
    TAX_CLASS = "tax-class"
    UNIT = "unit"
    WEIGHT_CODE = "weight-code"
    DEPARTMENT = "department"
    AGE = "age"
    CODE = "code"
    SHORTENED = "shortened"
    CHECK_DIGIT = "check-digit"
    MANY_CODES = "many-codes"
    SKU_TWICE = "sku-twice"
    CODE_TWICE = "code-twice"
    NO_DEPOSIT = "no-deposit"
    DEPOSIT_OF_DEPOSIT = "deposit-of-deposit"
    DEPOSIT_WEIGHED = "deposit-weighed"
    DEPOSIT_BY_WEIGHT = "deposit-by-weight"
    NO_PARENT = "no-parent"


SENTENCES: dict[BadRowReason, str] = {
    BadRowReason.QUOTES: "the quotes do not fit; nothing after this line was read",
    BadRowReason.COLUMNS: "has more values than there are columns ({})",
    BadRowReason.SKU: "the sku '{}' must be 1 to 64 printable characters",
    BadRowReason.NAME: "the name '{}' must be 1 to 200 printable characters",
    BadRowReason.PRICE: "the price '{}' is no amount in kroner, like 12,50",
    BadRowReason.PRICE_RANGE: "the price {} is above 1,000,000 kr",
    BadRowReason.VAT: "the VAT '{}' is no percentage from 0 to 99.99",
    BadRowReason.TAX_CLASS: "the tax class '{}' is not known: only standard (25 %) and zero rate are",
    BadRowReason.UNIT: "the unit '{}' is neither piece nor gram",
    BadRowReason.WEIGHT_CODE: "the code {} carries a weight: the unit must be gram",
    BadRowReason.DEPARTMENT: "the department '{}' is longer than 40 characters or not printable",
    BadRowReason.AGE: "the age '{}' is no whole number from 0 to 99",
    BadRowReason.CODE: "the code '{}' cannot be a barcode",
    BadRowReason.SHORTENED: "a spreadsheet has shortened '{}': format the column as text and export again",
    BadRowReason.CHECK_DIGIT: "the check digit of {} does not fit",
    BadRowReason.MANY_CODES: "has more than {} codes",
    BadRowReason.SKU_TWICE: "the sku {} is used above already",
    BadRowReason.CODE_TWICE: "the code {} is another item's already",
    BadRowReason.NO_DEPOSIT: "the deposit '{}' is no sku of this file",
    BadRowReason.DEPOSIT_OF_DEPOSIT: "the deposit {} has a deposit itself",
    BadRowReason.DEPOSIT_WEIGHED: "the deposit {} is a weighed item",
    BadRowReason.DEPOSIT_BY_WEIGHT: "a weighed item has no number of pieces to take the deposit {} for",
    BadRowReason.NO_PARENT: "the parent '{}' of this variation is not in the file",
}


class LeftOut(StrEnum):
    """Why a row of WooCommerce's is not for a till. Not a fault."""

    UNPUBLISHED = "not published"
    NO_PRICE = "without a price"
    SET = "variable or grouped (their parts are imported)"
    ELSEWHERE = "of a type that a till cannot sell"


class RowError(Exception):
    """The row cannot be imported. `detail` is the value in question."""

    def __init__(self, reason: BadRowReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Entry(msgspec.Struct, frozen=True):
    """An item of a file. `codes` are look-up key and text as given."""

    item: Item
    codes: dict[str, str] = {}


class Parent(msgspec.Struct, frozen=True):
    """What WooCommerce's variations take over from their product, as it stands in the file."""

    categories: str
    tax_status: str
    tax_class: str


Values = dict[str, str]
ReadRow = Callable[[list[str]], Entry | LeftOut]


def plain(table: Table) -> ReadRow:
    """Reads rows of the plain form."""
    columns = _columns(table)

    def read(row: list[str]) -> Entry:
        values = _values(columns, row)
        unit = _unit(values.get("unit", ""))
        codes = _codes(re.split(r"[\s;]+", values.get("codes", "")), unit)
        vat = values.get("vat", "")
        return Entry(
            Item(
                sku=_sku(values["sku"]),
                name=_name(values["name"]),
                price=_price(values["price"]),
                vat_rate=_vat(vat) if vat else STANDARD_VAT,
                unit=unit,
                department=_department(values.get("department", "")),
                age_limit=_age(values.get("age", "")),
                deposit_sku=_clean(values.get("deposit", "")),
            ),
            codes,
        )

    return read


def woocommerce(table: Table, parents: dict[str, Parent]) -> ReadRow:
    """Reads rows of WooCommerce's export. `parents` as `read_parents` gives them."""
    columns = _columns(table)

    def read(row: list[str]) -> Entry | LeftOut:
        values = {name: _unescape(value) for name, value in _values(columns, row).items()}
        out = _left_out(values)
        if out is not None:
            return out
        categories, tax_status, tax_class = _inherited(values, parents)
        sku = _sku(values.get("sku", "") or f"wc-{values.get('id', '')}")
        return Entry(
            Item(
                sku=sku,
                name=_name(values["name"]),
                price=_price(_asked(values)),
                vat_rate=_tax(tax_status, tax_class),
                department=_top_category(categories),
            ),
            _sku_code(values.get("sku", "")) | _codes([_gtin(values.get(GTIN_COLUMN, ""))], Unit.PIECE),
        )

    return read


def read_parents(table: Table, rows: Iterable[tuple[int, list[str]]]) -> dict[str, Parent]:
    """What variations take over from their product, by its sku and by 'id:<ID>'."""
    columns = _columns(table)
    parents: dict[str, Parent] = {}
    for _, row in rows:
        values = {name: _unescape(value) for name, value in _values(columns, row, lenient=True).items()}
        if "variable" in _types(values):
            parent = Parent(values.get("categories", ""), values.get("tax status", ""), values.get("tax class", ""))
            parents[f"id:{values.get('id', '')}"] = parent
            if values.get("sku"):
                parents[values["sku"]] = parent
    return parents


def _columns(table: Table) -> tuple[str, ...]:
    return tuple(name.casefold() for name in table.header)


def _values(columns: tuple[str, ...], row: list[str], *, lenient: bool = False) -> Values:
    if len(row) > len(columns) and any(row[len(columns) :]) and not lenient:
        raise RowError(BadRowReason.COLUMNS, f"{len(row)} in {len(columns)}")
    padded = [*row, *[""] * (len(columns) - len(row))]
    return {name: value.strip() for name, value in zip(columns, padded, strict=False)}


def _clean(text: str) -> str:
    """White space as single spaces; invisible formatting characters, which web pages are full of, left out."""
    if text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(char for char in text if unicodedata.category(char) != "Cf").split())


def _sku(text: str) -> str:
    sku = _clean(text)
    if not 0 < len(sku) <= 64 or not sku.isprintable():
        raise RowError(BadRowReason.SKU, text)
    _refuse_shortened(sku)
    return sku


def _name(text: str) -> str:
    name = _clean(text)
    if not 0 < len(name) <= 200 or not name.isprintable():
        raise RowError(BadRowReason.NAME, text)
    return name


_AMOUNT = re.compile(r"([0-9]{1,12})(?:[.,](?:([0-9]{1,2})|([0-9]{2})0{2,}))?")
_GROUPED = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3}){1,3}),([0-9]{2})|([0-9]{1,3}(?:,[0-9]{3}){1,3})\.([0-9]{2})")


def _price(text: str) -> Amount:
    """Kroner with comma or point as øre. '1.200' is refused: it may mean twelve hundred or one and a fifth."""
    match = _AMOUNT.fullmatch(text)
    if match:
        kroner, decimals = match[1], match[2] or match[3] or ""
    else:
        grouped = _GROUPED.fullmatch(text)
        if grouped is None:
            raise RowError(BadRowReason.PRICE, text)
        kroner = (grouped[1] or grouped[3]).replace(".", "").replace(",", "")
        decimals = grouped[2] or grouped[4]
    price = Amount(int(kroner) * 100 + int(decimals.ljust(2, "0")))
    if price > MAX_PRICE:
        raise RowError(BadRowReason.PRICE_RANGE, text)
    return price


def _vat(text: str) -> BasisPoints:
    match = re.fullmatch(r"([0-9]{1,2})(?:[.,]([0-9]{1,2})0*)? ?%?", text)
    if match is None:
        raise RowError(BadRowReason.VAT, text)
    return BasisPoints(int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")))


_UNITS = {"": Unit.PIECE, "piece": Unit.PIECE, "stk": Unit.PIECE, "gram": Unit.GRAM, "g": Unit.GRAM, "kg": Unit.GRAM}


def _unit(text: str) -> Unit:
    unit = _UNITS.get(text.casefold().rstrip("."))
    if unit is None:
        raise RowError(BadRowReason.UNIT, text)
    return unit


def _department(text: str) -> str:
    department = _clean(text)
    if len(department) > 40 or not department.isprintable():
        raise RowError(BadRowReason.DEPARTMENT, text)
    return department


def _age(text: str) -> int:
    if re.fullmatch(r"[0-9]{0,2}", text) is None:
        raise RowError(BadRowReason.AGE, text)
    return int(text or "0")


_WEIGHT_KEYS = tuple(f"rcn:{prefix}:" for prefix, rule in rcn.RULES.items() if rule.measure == "weight")


def _codes(texts: list[str], unit: Unit) -> dict[str, str]:
    given = [text for text in texts if text]
    if len(given) > MOST_CODES:
        raise RowError(BadRowReason.MANY_CODES, str(MOST_CODES))
    codes: dict[str, str] = {}
    for text in given:
        _refuse_shortened(text)
        try:
            code = parse(text)
        except CodeError as error:
            raise RowError(BadRowReason.CODE, text) from error
        if code.suspect:
            raise RowError(BadRowReason.CHECK_DIGIT, text)
        if code.key.startswith(_WEIGHT_KEYS) and unit is not Unit.GRAM:
            raise RowError(BadRowReason.WEIGHT_CODE, text)
        codes[code.key] = text
    return codes


def _refuse_shortened(text: str) -> None:
    """'5.70123E+12' is what a spreadsheet makes of a long number."""
    if re.fullmatch(r"[0-9][.,]?[0-9]*[eE]\+[0-9]+", text):
        raise RowError(BadRowReason.SHORTENED, text)


def _unescape(value: str) -> str:
    """WooCommerce puts an apostrophe before what a spreadsheet could take for a formula."""
    return value[1:] if value[:2] in {"'=", "'+", "'-", "'@"} else value


def _types(values: Values) -> set[str]:
    """'simple, virtual' is both."""
    return {each.strip() for each in values.get("type", "simple").casefold().split(",")}


def _left_out(values: Values) -> LeftOut | None:
    types = _types(values)
    if types & {"variable", "grouped"}:
        return LeftOut.SET
    if not types & {"simple", "variation"}:
        return LeftOut.ELSEWHERE
    if values.get("published", "1") != "1":
        return LeftOut.UNPUBLISHED
    return None if _asked(values) else LeftOut.NO_PRICE


def _asked(values: Values) -> str:
    """The price that the web shop asks for whatever the day."""
    dated = values.get("date sale price starts") or values.get("date sale price ends")
    return (values.get("sale price") if not dated else "") or values["regular price"]


def _inherited(values: Values, parents: dict[str, Parent]) -> tuple[str, str, str]:
    """Categories, tax status and tax class: the row's own, or for a variation what its product says."""
    own = (values.get("categories", ""), values.get("tax status", ""), values.get("tax class", ""))
    if "variation" not in _types(values):
        return own
    parent = parents.get(values.get("parent", ""))
    if parent is None:
        raise RowError(BadRowReason.NO_PARENT, values.get("parent", ""))
    categories, status, tax_class = own
    taken_over = tax_class in {"", "parent"}
    return categories or parent.categories, status or parent.tax_status, parent.tax_class if taken_over else tax_class


def _tax(status: str, tax_class: str) -> BasisPoints:
    if status in {"none", "shipping"}:
        return BasisPoints(0)
    match tax_class:
        case "" | "standard":
            return STANDARD_VAT
        case "zero-rate":
            return BasisPoints(0)
        case _:
            raise RowError(BadRowReason.TAX_CLASS, tax_class)


def _top_category(text: str) -> str:
    """'Drikke > Vin, Tilbud' is in Drikke; a comma within a name is written as '\\,'."""
    first = re.split(r"(?<!\\),", text, maxsplit=1)[0].replace("\\,", ",")
    return _department(first.split(" > ")[0])


def _gtin(text: str) -> str:
    """Without the hyphens that WooCommerce allows, an ISBN-10 as the number on the book's back."""
    digits = re.sub(r"[\s-]", "", text)
    if re.fullmatch(r"[0-9]{9}[0-9Xx]", digits):
        # Imported here: 12 ms, and few shops sell books by their old number.
        from stdnum import isbn

        if isbn.is_valid(digits):
            return str(isbn.to_isbn13(digits))
    return digits


def _sku_code(sku: str) -> dict[str, str]:
    """The shop's own number can be scanned or typed too, when it can be a code at all."""
    if not sku:
        return {}
    try:
        return {parse(sku).key: sku}
    except CodeError:
        return {}
