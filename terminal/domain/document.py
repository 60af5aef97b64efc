"""A document as data: what stands on a strip of paper, before any printer's own language.

A printer driver renders it to bytes, the screen renders it to HTML, tests compare it as it is.
"""

from typing import Literal

import msgspec

Align = Literal["left", "center", "right"]


class Text(msgspec.Struct, frozen=True, tag="text"):
    """One paragraph; a driver wraps it at words to its width."""

    text: str
    align: Align = "left"
    bold: bool = False
    big: bool = False
    """Double width and double height."""


class Columns(msgspec.Struct, frozen=True, tag="columns"):
    """One line with a left part (cut or wrapped when too long) and a right part that is never cut."""

    left: str
    right: str
    bold: bool = False
    big: bool = False


class Cell(msgspec.Struct, frozen=True):
    """One cell of a table row. `share` is its part of the line's width; the row's shares are summed."""

    text: str
    share: int
    align: Align = "left"


class Row(msgspec.Struct, frozen=True, tag="row"):
    """One line of a table (the VAT table)."""

    cells: tuple[Cell, ...]
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper."""

    double: bool = False


class Feed(msgspec.Struct, frozen=True, tag="feed"):
    """Empty lines."""

    lines: int = 1


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code, centred."""

    data: str


class Barcode(msgspec.Struct, frozen=True, tag="barcode"):
    """A Code 128 barcode of ASCII text, centred, its text below."""

    data: str


class Logo(msgspec.Struct, frozen=True, tag="logo"):
    """The shop's logo, when the printer has one configured; else nothing."""


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """Feed past the knife and cut."""


Element = Text | Columns | Row | Rule | Feed | Qr | Barcode | Logo | Cut
Document = tuple[Element, ...]
