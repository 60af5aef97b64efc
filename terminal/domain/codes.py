"""From the text in a barcode to what it means: which item, how much, which lot.

Read are GTIN-8, -12, -13 and -14, GS1 element strings (AIs 01, 10, 17, 21, 30, 310n, 392n), GS1 Digital Link, and the
Danish restricted circulation numbers (GS1 Denmark: 21-24 four digits of item and a price of six, 26 and 28 four digits
and six of grams, 27 five digits and five of grams). Anything else is the shop's own code and stands for itself: nothing
is padded, nothing cut, so '0000' finds an item '0000' and no other.

biip does the reading. A plain GTIN goes past it: that is nearly every scan, costs 2 µs here and 100 µs there, and biip
takes 16 MB to load.

    CodeError    the text is no code at all: empty, too long, or with control characters
"""

from types import ModuleType

import msgspec

from .money import Amount

MAX_LENGTH = 400
"""Characters. A GS1 Digital Link with every AI we read stays below it."""

GS = "\x1d"
GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_RESTRICTED = "2"
_KILOGRAM = 1000


class CodeError(Exception):
    """No code at all. The message is one English sentence."""


class Code(msgspec.Struct, frozen=True):
    """What a code means."""

    key: str
    """What the catalogue is asked by: a GTIN in fourteen digits, 'rcn:<prefix>:<item>' for a Danish code with price or
    weight ('rcn:21:1234'), or the text itself."""
    raw: str
    """As scanned, without symbology identifier; GS stays."""
    gtin: str = ""
    """Fourteen digits, or empty."""
    lot: str = ""
    expiry: str = ""
    """YYYY-MM-DD; an expiry without a day means the month's last."""
    serial: str = ""
    weight_grams: int | None = None
    price: Amount | None = None
    """In the code itself, for the whole of what it is stuck on."""
    count: int | None = None
    suspect: str = ""
    """'check-digit': looks like a GTIN but its check digit is wrong. The key is the text: it may be an own code."""


def parse(text: str) -> Code:
    """What a scanned or typed text means. Raises CodeError."""
    raw = _stripped(text)
    if raw.isascii() and raw.isdigit() and len(raw) in GTIN_LENGTHS:
        return _digits(raw)
    if GS not in raw and not raw.startswith(("http://", "https://", "(01)")) and not _may_be_element_string(text, raw):
        return Code(raw, raw)
    return _by_biip(raw)


def check_digit(digits: str) -> str:
    """The GS1 check digit of digits without one (GS1 General Specifications, 7.9.1)."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def _stripped(text: str) -> str:
    """The text without a symbology identifier (']d2'), checked to be a code at all."""
    if not text or len(text) > MAX_LENGTH:
        raise CodeError(f"a code has 1 to {MAX_LENGTH} characters, this has {len(text)}")
    raw = text
    if len(raw) > 3 and raw[0] == "]" and raw[1].isalpha() and raw[1].isascii() and raw[2] in "0123456789":
        raw = raw[3:]
    raw = raw.strip(" ").lstrip(GS)
    if not raw or not raw.replace(GS, "").isprintable():
        raise CodeError("a code has no control characters")
    return raw


def _may_be_element_string(text: str, raw: str) -> bool:
    """Whether a text without GS can be an element string: it is marked as one, or begins with a whole GTIN."""
    if text[:3] in ("]C1", "]d2", "]Q3", "]e0", "]J1"):
        return True
    return len(raw) > 16 and raw[:2] == "01" and raw[2:16].isdigit() and raw.isascii()


def _digits(raw: str) -> Code:
    if check_digit(raw[:-1]) != raw[-1]:
        return Code(raw, raw, suspect="check-digit")
    gtin = raw.zfill(14)
    if len(raw) == 13 and raw[0] == _RESTRICTED:
        return _variable_measure(raw, gtin)
    return Code(gtin, raw, gtin=gtin)


def _variable_measure(raw: str, gtin: str) -> Code:
    """A Danish restricted circulation number: item and price, item and weight, or just a number."""
    biip = _biip()
    from biip.rcn import Rcn, RcnRegion

    try:
        number = Rcn.parse(raw, config=biip.ParseConfig(rcn_region=RcnRegion.DENMARK))
    except biip.ParseError:
        return Code(gtin, raw, gtin=gtin)
    if not isinstance(number, Rcn) or number.item_reference is None:
        return Code(gtin, raw, gtin=gtin)
    key = f"rcn:{raw[:2]}:{number.item_reference}"
    price = Amount(int(number.price * 100)) if number.price else None
    weight = int(number.weight * _KILOGRAM) if number.weight else None
    return Code(key, raw, weight_grams=weight, price=price)


def _by_biip(raw: str) -> Code:
    biip = _biip()
    text = _without_brackets(raw) if raw.startswith("(01)") else raw
    try:
        result = biip.parse(text, config=biip.ParseConfig(rcn_region="denmark", separator_chars=(GS,)))
    except (biip.ParseError, ValueError, LookupError, ArithmeticError, AssertionError):
        # biip 5.2 means to raise ParseError alone, but a bad host in a URL or a lone ']' escape it as these.
        return Code(raw, raw)
    parts = result.gs1_digital_link_uri or result.gs1_message
    if parts is None:
        return Code(raw, raw)
    found = {element.ai.ai: element for element in reversed(parts.element_strings)}
    if "01" not in found or found["01"].gtin is None:
        return Code(raw, raw, suspect="check-digit" if "01" in found else "")
    gtin = found["01"].value.zfill(14)
    weight = next((e.decimal for ai, e in found.items() if ai.startswith("310")), None)
    price = next((e.decimal for ai, e in found.items() if ai.startswith("392")), None)
    expiry = found["17"].date if "17" in found else None
    return Code(
        gtin,
        raw,
        gtin=gtin,
        lot=found["10"].value if "10" in found else "",
        expiry=expiry.isoformat() if expiry else "",
        serial=found["21"].value if "21" in found else "",
        weight_grams=int(weight * _KILOGRAM) if weight else None,
        price=Amount(int(price * 100)) if price is not None else None,
        count=int(found["30"].value) if "30" in found else None,
    )


def _without_brackets(raw: str) -> str:
    """'(01)0570…(10)AB' as people write it, to the element string it stands for. Every field is ended: allowed."""
    return raw.lstrip("(").replace("(", GS).replace(")", "")


_loaded: ModuleType | None = None


def _biip() -> ModuleType:
    """biip, loaded when the first code needs it, without its table of GS1 company prefixes.

    The table says which company a prefix was given to, which no till asks, and takes 10 of the 16 MB.
    """
    global _loaded  # noqa: PLW0603 (a module, once)
    if _loaded is None:
        import biip
        import biip.gs1_prefixes as prefixes
        import biip.rcn

        if hasattr(prefixes, "_GS1_COMPANY_PREFIX_TRIE"):
            prefixes._GS1_COMPANY_PREFIX_TRIE = {}
        _loaded = biip
    return _loaded
