"""One language: its words (gettext) and the way it writes money, quantities and dates.

`make setup` compiles the catalogue (kasse.po to kasse.mo); without the compiled file the .po is read, which gives
the same words and costs a start some 20 ms.
"""

import gettext
import io
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from terminal.domain.item import Quantity, Unit
from terminal.domain.money import Amount, BasisPoints

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "kasse"

SEPARATORS = {"da": (",", "."), "en": (".", ",")}
"""Decimal point and thousands separator. All that a till needs of Babel's formatting, which goes through Decimal and a
parsed pattern (30 µs a number, and a screen has forty) and takes 25 ms of a start to import; a test compares them."""


class Language:
    """Words and forms of one language. Use `language(code)`: there is one object a language."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._words = _words(code)
        self._decimal, self._group = SEPARATORS[code]

    def gettext(self, message: str) -> str:
        """The words for an English message; the message itself where there are none."""
        return self._words.gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """The words for a counted message."""
        return self._words.ngettext(one, many, n)

    def money(self, amount: Amount | int) -> str:
        """'1.234,50' from 123450. No currency sign; a real minus is '-', for printers know no other."""
        sign, whole, part = "-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
        return f"{sign}{whole:,}".replace(",", self._group) + f"{self._decimal}{part:02}"

    def quantity(self, quantity: Quantity, unit: Unit) -> str:
        """'3', '-1', '1,505 kg'."""
        sign, size = "-" if quantity < 0 else "", abs(quantity)
        if unit is Unit.PIECE and size % 1000 == 0:
            return f"{sign}{size // 1000}"
        return f"{sign}{size // 1000}{self._decimal}{size % 1000:03}" + (" kg" if unit is Unit.GRAM else "")

    def percent(self, rate: BasisPoints | int) -> str:
        """'25 %', '12,5 %'."""
        whole, part = divmod(rate, 100)
        digits = f"{whole}{self._decimal}{part:02}".rstrip("0").rstrip(self._decimal)
        return f"{digits} %"

    def time(self, local: str) -> str:
        """'24-11-2026 17:00' from an ISO 8601 time with offset."""
        moment = datetime.fromisoformat(local)
        return moment.strftime("%d-%m-%Y %H:%M" if self.code == "da" else "%d %b %Y %H:%M")

    def date(self, day: str) -> str:
        """'24-11-2026' from an ISO 8601 date."""
        moment = datetime.fromisoformat(day)
        return moment.strftime("%d-%m-%Y" if self.code == "da" else "%d %b %Y")


@lru_cache(maxsize=4)
def language(code: str) -> Language:
    """The language of that code: 'da' or 'en'."""
    return Language(code)


def _words(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    folder = LOCALE / code / "LC_MESSAGES"
    compiled, source = folder / f"{DOMAIN}.mo", folder / f"{DOMAIN}.po"
    if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalogue = read_po(file, locale=code, domain=DOMAIN)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)
