"""From the text in a barcode to what it means: which item, how much of it, which lot.

Read are GTIN-8, -12, -13 and -14, UPC-E, GS1 element strings (AIs 01, 10, 17, 21, 30, 310n, 392n) bare or as people
write them with brackets, GS1 Digital Link on any host, and the Danish numbers with a price or a weight (rcn.py). A
symbology identifier (AIM, ISO/IEC 15424: ']E0', ']d2') may lead.

Anything else is the shop's own code and stands for itself: nothing is padded, nothing cut, so '0000' finds the item
'0000' and no other.

    CodeError    the text is no code at all
"""

import datetime as dt
import re
from enum import StrEnum
from typing import Literal

import msgspec

from . import gs1, rcn
from .gs1 import GS
from .gtin import LENGTHS, expanded, normal
from .money import Amount, divide

MAX_LENGTH = 2000
"""Characters of a code. A Digital Link with every AI and a shop's own query is far below it."""

_FORBIDDEN = re.compile("[\x00-\x1c\x1e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters other than GS, and halves of characters, which cannot be stored."""
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GS1_SYMBOLOGIES = frozenset({"]C1", "]e0", "]e1", "]e2", "]d2", "]Q3", "]J1"})
"""They hold element strings, or (]d2, ]Q3) a Digital Link."""
_WITH_ADD_ON = "]E3"
"""An EAN-13 and the two or five digits beside it that number a magazine's issue."""
_SHORTEST_ELEMENT_STRING = 16
"""Characters of AI 01 alone. Below it no text without a sign of GS1 is taken for one."""
_YEAR = 2026
"""The middle of the hundred years in which a two-digit year lies (GS1 General Specifications, 7.12)."""


class CodeReason(StrEnum):
    """Why a text is no code, closed."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    CONTROL_CHARACTER = "control-character"


class CodeError(Exception):
    """No code at all. The message is one English sentence."""

    def __init__(self, reason: CodeReason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Code(msgspec.Struct, frozen=True):
    """What a code means. A measure of zero in a code is none: no reading is not zero."""

    key: str
    """What the catalogue is asked by: a GTIN in fourteen digits, 'rcn:<prefix>:<item>' for a Danish number with a price
    or a weight ('rcn:21:1234'), or else `raw`."""
    raw: str
    """As it stood in the barcode, without the symbology identifier; GS stays."""
    gtin: str = ""
    """Fourteen digits. Empty for an own code, and where the number changes with the price or the weight."""
    lot: str = ""
    expiry: str = ""
    """YYYY-MM-DD, the last day it may be sold. A date without a day is the month's last; one that is none is empty."""
    serial: str = ""
    weight_grams: int | None = None
    price: Amount | None = None
    """For the whole of what the code is stuck on, in the register's currency."""
    count: int | None = None
    symbology: str = ""
    """The identifier that led (']d2'), or empty."""
    suspect: Literal["", "check-digit"] = ""
    """'check-digit': looks like a GTIN but its check digit is wrong. It may be an own code: the key is `raw`."""


def parse(text: str) -> Code:
    """What a scanned or typed text means. Raises CodeError."""
    symbology, raw = _split(text)
    if symbology == _WITH_ADD_ON and normal(raw[:13]):
        return _code(raw, symbology, normal(raw[:13]))
    found = _gs1(raw, symbology)
    if found is not None:
        return found
    if len(raw) in LENGTHS and raw.isascii() and raw.isdigit():
        gtin = normal(raw) or expanded(raw)
        if gtin:
            return _code(raw, symbology, gtin)
        return Code(raw, raw, symbology=symbology, suspect="check-digit" if raw.strip("0") else "")
    return Code(raw, raw, symbology=symbology)


def _split(text: str) -> tuple[str, str]:
    """The symbology identifier and the rest. Raises CodeError."""
    if len(text) > MAX_LENGTH:
        raise CodeError(CodeReason.TOO_LONG, f"a code has at most {MAX_LENGTH} characters, this has {len(text)}")
    control = _FORBIDDEN.search(text)
    if control is not None:
        raise CodeError(CodeReason.CONTROL_CHARACTER, f"a code has no control character: U+{ord(control[0]):04X}")
    identifier = _SYMBOLOGY.match(text)
    symbology = identifier[0] if identifier else ""
    raw = text[len(symbology) :]
    if not raw.strip(GS):
        raise CodeError(CodeReason.EMPTY, "a code has at least one character")
    return symbology, raw


def _gs1(raw: str, symbology: str) -> Code | None:
    """The code when it is an element string or a Digital Link that names an item; else None."""
    if not raw.isascii():
        return None
    if raw[:8].lower().startswith(("http://", "https://")):
        found = gs1.digital_link(raw)
    elif raw.startswith("(") and "(01)" in raw:
        found = gs1.bracketed(raw)
    elif symbology in _GS1_SYMBOLOGIES or GS in raw or _looks_like_elements(raw):
        # Some scanners send GS for the FNC1 that leads, too.
        found = gs1.element_string(raw.lstrip(GS))
    else:
        return None
    if found is None or "01" not in found:
        return None
    gtin = normal(found["01"])
    if not gtin:
        return Code(raw, raw, symbology=symbology, suspect="check-digit")
    return _code(raw, symbology, gtin, found)


def _looks_like_elements(raw: str) -> bool:
    return len(raw) >= _SHORTEST_ELEMENT_STRING and raw[:2].isdigit()


def _code(raw: str, symbology: str, gtin: str, elements: gs1.Elements | None = None) -> Code:
    """A code with an item's number. What the elements say of price and weight comes before what is in the number."""
    elements = elements or {}
    weight, price = _weight(elements), _price(elements)
    restricted = rcn.read(gtin)
    if restricted is not None and restricted.measure == "weight":
        weight = weight or restricted.amount
    elif restricted is not None:
        price = price or restricted.amount
    return Code(
        restricted.key if restricted else gtin,
        raw,
        gtin="" if restricted else gtin,
        lot=elements.get("10", ""),
        expiry=_date(elements.get("17", "")),
        serial=elements.get("21", ""),
        weight_grams=weight or None,
        price=Amount(price) if price else None,
        count=int(elements.get("30", "0")) or None,
        symbology=symbology,
    )


def _weight(elements: gs1.Elements) -> int:
    """Grams of AI 310n, net weight in kilograms with n decimals; rounded to the gram."""
    return _scaled(elements, "310", 1000)


def _price(elements: gs1.Elements) -> int:
    """Øre of AI 392n, the amount to be paid with n decimals; rounded to the øre."""
    return _scaled(elements, "392", 100)


def _scaled(elements: gs1.Elements, identifier: str, units: int) -> int:
    """The value of an AI whose fourth digit counts its decimals, in `units` to one; 0 when it is not there."""
    for ai, value in elements.items():
        if len(ai) == 4 and ai.startswith(identifier):
            return divide(int(value) * units, 10 ** int(ai[3]))
    return 0


def _date(digits: str) -> str:
    """ISO date of YYMMDD; empty when there is no such day."""
    if len(digits) != 6:
        return ""
    year, month, day = 2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if year - _YEAR > 50:
        year -= 100
    try:
        date = dt.date(year, month, day or 1)
    except ValueError:
        return ""
    if not day:
        date = dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    return date.isoformat()
