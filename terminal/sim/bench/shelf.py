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

from terminal.domain.codes import GS, check_digit

from .show import visible
from .symbols import bars, ean_modules, gs1_128_modules, qr

ALL, SPECIAL, SCALE = "All", "Special codes", "Scale"
_PRICE_CODES = ("21", "22", "23", "24")
_WEIGHT_CODES = ("26", "27", "28")
"""Danish restricted circulation numbers with four digits of item, 27 with five (GS1 Denmark)."""
MAX_ITEMS = 2000
MAX_FILE = 4 * 1024 * 1024
"""Bytes."""


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
    """An item whose label the scale prints: what the label begins with, and the range of what is put on the scale."""

    code: str
    title: str
    unit: str
    """'g' or 'øre'."""
    least: int
    most: int
    start: int


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
        return next((code for code in self.codes if _is_ean(code) and not _scale_code(code)), "")

    @property
    def scale_code(self) -> str:
        """Prefix and item number of its scale label; empty: none."""
        return next(filter(None, map(_scale_code, self.codes)), "")


class Display(msgspec.Struct, frozen=True):
    """Everything, as the page shows it today."""

    groups: tuple[str, ...]
    tiles: tuple[Tile, ...]
    scales: tuple[Scale, ...]


class Shelf:
    """The items, and the codes made from them."""

    def __init__(self, goods: tuple[Goods, ...] = ()) -> None:
        self._goods = goods
        self._scales = {scale.code: scale for scale in _scales(goods)}
        self._items = tuple(tile for each in goods if (tile := _item(each)) is not None)

    def of_today(self, today: datetime.date | None = None) -> Display:
        """The codes with dates of today."""
        special = _special(self._goods, today or datetime.datetime.now().astimezone().date())
        departments = tuple(dict.fromkeys(tile.group for tile in self._items if tile.group))
        scales = tuple(self._scales.values())
        groups = (ALL, SPECIAL, *((SCALE,) if scales else ()), *departments)
        return Display(groups, (*self._items, *special), scales)

    def label(self, code: str, value: str) -> Tile:
        """The scale's label for a weight in grams or a price in øre. Raises ValueError."""
        scale = self._scales.get(code)
        if scale is None:
            raise ValueError("No such item is weighed.")
        if not re.fullmatch("[0-9]{1,5}", value):
            raise ValueError("The scale shows whole numbers of at most five digits.")
        return _label(scale, int(value))


def read(path: Path) -> Shelf:
    """The shelf of a CSV with a header (sku, name, price, vat, unit, department, age, deposit, codes).

    Raises ShelfError.
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
        by_weight=cell("unit") in ("gram", "g", "kg"),
        age=cell("age"),
        codes=tuple(re.findall(r"[^\s|;,]+", cell("codes"))),
    )


def _is_ean(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) in (8, 13) and check_digit(code[:-1]) == code[-1]


def _scale_code(code: str) -> str:
    """What a scale's label begins with, of a whole label or of a key like 'rcn:26:1234'; empty: it is neither."""
    match = re.fullmatch("rcn:(2[1-4]|2[68]):([0-9]{4})|rcn:(27):([0-9]{5})", code)
    if match:
        return "".join(part for part in match.groups() if part)
    if len(code) != 13 or not _is_ean(code) or code[:2] not in _PRICE_CODES + _WEIGHT_CODES:
        return ""
    return code[: 7 if code.startswith("27") else 6]


def _price(goods: Goods) -> str:
    price = goods.price.replace(".", ",")
    age = f" · {goods.age} years" if goods.age not in ("", "0") else ""
    return f"{price} kr{'/kg' if goods.by_weight else ''}{age}"


def _item(goods: Goods) -> Tile | None:
    if goods.gtin:
        picture = Markup(bars(ean_modules(goods.gtin)))  # noqa: S704 (digits, drawn here)
        return _tile(goods.gtin, goods.gtin, picture, goods.name, _price(goods), group=goods.department)
    if goods.scale_code:
        scale = _scale(goods, goods.scale_code)
        label = _label(scale, scale.start)
        return _tile(label.payload, label.shown, label.picture, goods.name, label.note, group=goods.department)
    return None


def _tile(payload: str, shown: str, picture: Markup, title: str, note: str, *, group: str = SPECIAL) -> Tile:
    return Tile(payload, visible(shown), picture, title, note, group, f"{title} {shown} {group} {note}".lower())


def _scales(goods: tuple[Goods, ...]) -> list[Scale]:
    return [_scale(each, each.scale_code) for each in goods if each.scale_code]


def _scale(goods: Goods, code: str) -> Scale:
    if code[:2] in _PRICE_CODES:
        return Scale(code, f"{goods.name}, by price", "øre", 1, 99_999, 3975)
    return Scale(code, f"{goods.name}, by weight", "g", 1, 5000, 455)


def _label(scale: Scale, value: int) -> Tile:
    digits = scale.code + str(value).zfill(12 - len(scale.code))
    code = digits + check_digit(digits)
    note = f"{value} g" if scale.unit == "g" else f"{value // 100},{value % 100:02d} kr"
    return Tile(code, code, Markup(bars(ean_modules(code))), scale.title, note)  # noqa: S704 (digits, drawn here)


def _special(goods: tuple[Goods, ...], today: datetime.date) -> list[Tile]:
    """Codes that show what the till can read, and what it refuses."""

    def day(distance: int) -> str:
        return (today + datetime.timedelta(days=distance)).strftime("%y%m%d")

    tiles = [
        _tile(label.payload, label.shown, label.picture, label.title, f"scale label, {label.note}")
        for code in (_PRICE_CODES, _WEIGHT_CODES)
        for each in goods
        if each.scale_code[:2] in code
        for label in [_label(_scale(each, each.scale_code), 3975 if code is _PRICE_CODES else 1505)]
    ][:4]
    first = next((each for each in goods if each.gtin and each.age in ("", "0")), None)
    if first is not None:
        gtin, name = first.gtin, first.name
        for note, days in (("Digital Link with lot and expiry", 30), ("Digital Link, expired", -3)):
            link = f"https://id.example.dk/01/{gtin:0>14}/10/LOT42?17={day(days)}"
            tiles.append(_tile(link, link, Markup(qr(link)), name, note))  # noqa: S704 (drawn here)
        elements = f"01{gtin:0>14}10LOT7{GS}17{day(30)}"
        picture = Markup(bars(gs1_128_modules(elements)))  # noqa: S704 (drawn here)
        tiles.append(_tile(f"]C1{elements}", elements, picture, name, "GS1-128: lot, GS, expiry"))
        wrong = gtin[:-1] + str((int(gtin[-1]) + 1) % 10)
        tiles.append(_ean(wrong, "Misread", "its check digit is wrong"))
    unknown = "570999999999"
    tiles.append(_ean(unknown + check_digit(unknown), "Unknown item", "in no catalogue"))
    text = "Hello, till"
    tiles.append(_tile(text, text, Markup(qr(text)), "Some text", "no product code"))  # noqa: S704 (drawn here)
    return tiles


def _ean(digits: str, title: str, note: str) -> Tile:
    return _tile(digits, digits, Markup(bars(ean_modules(digits))), title, note)  # noqa: S704 (digits, drawn here)
