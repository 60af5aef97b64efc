"""What lies on the bench to be scanned: the shop's items with their codes as symbols, and codes that try the till.

ShelfError  the CSV cannot be read
"""

import csv
import datetime
import io
import re
from pathlib import Path

import msgspec
from markupsafe import Markup

from terminal.domain import codes_make, rcn
from terminal.domain.codes import Code, CodeError, parse
from terminal.domain.money import Amount
from terminal.protocols.escpos.code128 import BadBarcode

from .show import visible
from .symbols import bars, code_128_modules, ean_modules, gs1_128_modules, qr

ALL, SPECIAL, SCALE = "All", "Special codes", "Scale"
MAX_ITEMS = 2000
MAX_FILE = 4 * 1024 * 1024
"""Bytes."""
_SHOWN_GRAMS, _SHOWN_PRICE = 1505, 3975
"""On the labels that are ready made."""


class ShelfError(Exception):
    """The items cannot be read. The message is one English sentence."""


class Tile(msgspec.Struct, frozen=True):
    """One thing to scan. `payload` is what the scanner sends, `shown` what stands under the symbol."""

    payload: str
    shown: str
    picture: Markup
    title: str
    note: str
    group: str = ""
    words: str = ""
    """Lower case: what a search finds it by."""


class Scale(msgspec.Struct, frozen=True):
    """An item whose labels a scale prints. `code` names it on the page, `least` to `most` is what the scale shows."""

    code: str
    """As the catalogue has it: 'rcn:26:1234'."""
    title: str
    unit: str
    """'g' or 'øre'."""
    least: int
    most: int
    start: int

    def label(self, value: int) -> Tile:
        """Its label for grams or øre. Raises ValueError."""
        _, prefix, item = self.code.split(":")
        if self.unit == "g":
            code, note = codes_make.weight_code(prefix, item, value), f"{value} g"
        else:
            code, note = codes_make.price_code(prefix, item, Amount(value)), f"{value // 100},{value % 100:02d} kr"
        return _tile(code, code, bars(ean_modules(code)), self.title, note)


class Goods(msgspec.Struct, frozen=True):
    """One row of the CSV. `price` as it is written there."""

    name: str
    price: str
    department: str
    by_weight: bool
    age: str
    codes: tuple[str, ...]

    @property
    def gtin(self) -> str:
        """Its EAN-13 or EAN-8; empty: none."""
        return next((code for code in self.codes if len(code) in (8, 13) and _read(code).gtin), "")

    @property
    def scale(self) -> Scale | None:
        """The scale that prints its labels; None: it has none."""
        key = next((key for key in (_read(code).key for code in self.codes) if key.startswith("rcn:")), "")
        if not key:
            return None
        if rcn.RULES[key.split(":")[1]].measure == "weight":
            return Scale(key, f"{self.name}, by weight", "g", 1, 5000, 455)
        return Scale(key, f"{self.name}, by price", "øre", 1, 99_999, _SHOWN_PRICE)


class Display(msgspec.Struct, frozen=True):
    """Everything, as the page shows it today."""

    groups: tuple[str, ...]
    tiles: tuple[Tile, ...]
    scales: tuple[Scale, ...]


class Shelf:
    """The items, and the codes made from them."""

    def __init__(self, goods: tuple[Goods, ...] = ()) -> None:
        self._goods = goods
        self._scales = {scale.code: scale for each in goods if (scale := each.scale) is not None}
        self._items = tuple(tile for each in goods if (tile := _item(each)) is not None)

    def of_today(self, today: datetime.date | None = None) -> Display:
        """The codes with dates of today."""
        scales = tuple(self._scales.values())
        special = _special(self._goods, scales, today or datetime.datetime.now().astimezone().date())
        departments = tuple(dict.fromkeys(tile.group for tile in self._items if tile.group))
        groups = (ALL, SPECIAL, *((SCALE,) if scales else ()), *departments)
        return Display(groups, (*self._items, *special), scales)

    def label(self, code: str, value: str) -> Tile:
        """The scale's label for a weight in grams or a price in øre. Raises ValueError."""
        scale = self._scales.get(code)
        if scale is None:
            raise ValueError("No such item is weighed.")
        if not re.fullmatch("[0-9]{1,5}", value) or not scale.least <= int(value) <= scale.most:
            raise ValueError(f"The scale shows {scale.least} to {scale.most} {scale.unit}.")
        return scale.label(int(value))


def read(path: Path) -> Shelf:
    """The shelf of a CSV with a header (sku, name, price, vat, unit, department, age, deposit, codes).

    It is read as the shop's own: no more than is needed to show it. Raises ShelfError.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
        if len(data) > MAX_FILE:
            raise ShelfError(f"{path} is larger than {MAX_FILE} bytes")
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        missing = {"name", "price", "codes"} - set(rows.fieldnames or ())
        if missing:
            raise ShelfError(f"{path} has no column {', '.join(sorted(missing))}")
        goods = tuple(_goods(row) for row, _ in zip(rows, range(MAX_ITEMS + 1), strict=False))
    except OSError as error:
        raise ShelfError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ShelfError(f"{path} is no CSV: {error}") from error
    if len(goods) > MAX_ITEMS:
        raise ShelfError(f"{path} has more than {MAX_ITEMS} items: too many for a bench")
    return Shelf(goods)


def _goods(row: dict[str, str | None]) -> Goods:
    def cell(name: str) -> str:
        return (row.get(name) or "").strip()

    return Goods(
        name=cell("name"),
        price=cell("price"),
        department=cell("department"),
        by_weight=cell("unit") == "gram",
        age=cell("age"),
        codes=tuple(re.findall(r"[^\s;]+", cell("codes"))),
    )


def _read(code: str) -> Code:
    """What the till would read in it; an empty key: nothing."""
    try:
        return parse(code)
    except CodeError:
        return Code("", code)


def _item(goods: Goods) -> Tile | None:
    """The item as it stands on the shelf; None when there is no code that can be drawn."""
    price = goods.price.replace(".", ",")
    age = f" · {goods.age} years" if goods.age not in ("", "0") else ""
    note = f"{price} kr{'/kg' if goods.by_weight else ''}{age}"
    if goods.gtin:
        return _tile(goods.gtin, goods.gtin, bars(ean_modules(goods.gtin)), goods.name, note, group=goods.department)
    if goods.scale is not None:
        label = goods.scale.label(goods.scale.start)
        shown = f"{label.note} at {note}" if goods.by_weight else label.note
        return _tile(label.payload, label.shown, label.picture, goods.name, shown, group=goods.department)
    for code in goods.codes:
        try:
            return _tile(code, code, bars(code_128_modules(code)), goods.name, note, group=goods.department)
        except BadBarcode:
            continue
    return None


def _tile(payload: str, shown: str, picture: str, title: str, note: str, *, group: str = SPECIAL) -> Tile:
    words = f"{title} {shown} {group} {note}".lower()
    return Tile(payload, visible(shown), Markup(picture), title, note, group, words)  # noqa: S704 (symbols.py's own)


def _special(goods: tuple[Goods, ...], scales: tuple[Scale, ...], today: datetime.date) -> list[Tile]:
    """Codes that show what the till can read, and what it refuses."""

    def day(distance: int) -> str:
        return (today + datetime.timedelta(days=distance)).strftime("%y%m%d")

    tiles = []
    for unit, value in (("g", _SHOWN_GRAMS), ("øre", _SHOWN_PRICE)):
        # One a prefix: 26 and 28 are read by different rules.
        for scale in {scale.code.split(":")[1]: scale for scale in reversed(scales) if scale.unit == unit}.values():
            label = scale.label(value)
            note = f"scale label, {label.note}"
            tiles.append(_tile(label.payload, label.shown, label.picture, scale.title, note))
    first = next((each for each in goods if each.gtin and each.age in ("", "0")), None)
    if first is not None:
        gtin, name = first.gtin, first.name
        for note, days in (("Digital Link with lot and expiry", 30), ("Digital Link, expired", -3)):
            link = f"https://id.example.dk/01/{gtin:0>14}/10/LOT42?17={day(days)}"
            tiles.append(_tile(link, link, qr(link), name, note))
        elements = codes_make.element_string(("01", f"{gtin:0>14}"), ("10", "LOT7"), ("17", day(30)))
        picture = bars(gs1_128_modules(elements))
        tiles.append(_tile(f"]C1{elements}", elements, picture, name, "GS1-128: lot, GS, expiry"))
        wrong = gtin[:-1] + str((int(gtin[-1]) + 1) % 10)
        tiles.append(_tile(wrong, wrong, bars(ean_modules(wrong)), "Misread", "its check digit is wrong"))
    unknown = codes_make.gtin("570999999999")
    tiles.append(_tile(unknown, unknown, bars(ean_modules(unknown)), "Unknown item", "in no catalogue"))
    text = "Hello, till"
    tiles.append(_tile(text, text, qr(text), "Some text", "no product code"))
    return tiles
