"""Making codes: what a scale's label printer and a catalogue's author do. For demonstrations, benches and tests."""

from . import rcn
from .gs1 import GS
from .gtin import LENGTHS, check_digit
from .money import Amount


def gtin(digits: str) -> str:
    """A GTIN of its digits without the last one: 7, 11, 12 or 13 of them. Raises ValueError."""
    if len(digits) + 1 not in LENGTHS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"7, 11, 12 or 13 digits make a GTIN, not {digits!r}")
    return digits + check_digit(digits)


def price_code(prefix: str, item: str, price: Amount) -> str:
    """The Danish number of an item with a price, prefix 21 to 24. Raises ValueError."""
    return _restricted("price", prefix, item, price)


def weight_code(prefix: str, item: str, grams: int) -> str:
    """The Danish number of an item with a weight, prefix 26 to 28. Raises ValueError."""
    return _restricted("weight", prefix, item, grams)


def element_string(*elements: tuple[str, str], open_ended: tuple[str, ...] = ("10", "21", "30", "392")) -> str:
    """A GS1 element string of (AI, value); GS after those of variable length, but not at the end."""
    parts = [ai + value + (GS if ai.startswith(open_ended) else "") for ai, value in elements]
    return "".join(parts).removesuffix(GS)


def _restricted(measure: str, prefix: str, item: str, amount: int) -> str:
    code = rcn.write(prefix, item, amount)
    if rcn.RULES[prefix].measure != measure:
        raise ValueError(f"{prefix} is for a {rcn.RULES[prefix].measure}, not for a {measure}")
    return code
