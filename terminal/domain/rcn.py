"""Danish restricted circulation numbers: what a shop's scale or a butcher prints, with a price or a weight inside.

GS1 Denmark's rules for GTIN-13 with price and with weight. Numbers that begin with 20, 25 or 29 are a shop's own and
say nothing more.
"""

from typing import Literal, NamedTuple

from .gtin import check_digit


class Rule(NamedTuple):
    """How the twelve digits before the check digit are divided: two of prefix, then item, then measure."""

    measure: Literal["price", "weight"]
    """Price in øre, weight in grams."""
    item_digits: int


RULES = {
    "21": Rule("price", 4),
    "22": Rule("price", 4),
    "23": Rule("price", 4),
    "24": Rule("price", 4),
    "26": Rule("weight", 4),
    "27": Rule("weight", 5),
    "28": Rule("weight", 4),
}


class Restricted(NamedTuple):
    """What such a number says."""

    key: str
    """'rcn:<prefix>:<item>', the same for every price and weight of the item."""
    measure: Literal["price", "weight"]
    amount: int
    """Øre or grams."""


def read(gtin: str) -> Restricted | None:
    """What a valid GTIN in fourteen digits says; None when it is no number with a price or a weight."""
    prefix = gtin[1:3]
    if gtin[0] != "0" or prefix not in RULES:
        return None
    rule = RULES[prefix]
    end = 3 + rule.item_digits
    return Restricted(f"rcn:{prefix}:{gtin[3:end]}", rule.measure, int(gtin[end:13]))


def write(prefix: str, item: str, amount: int) -> str:
    """The thirteen digits for an item with a price (øre) or a weight (grams). Raises ValueError."""
    if prefix not in RULES:
        raise ValueError(f"no number with a price or a weight begins with {prefix!r}, but {', '.join(RULES)}")
    rule = RULES[prefix]
    room = 10 - rule.item_digits
    if not (len(item) == rule.item_digits and item.isascii() and item.isdigit()):
        raise ValueError(f"an item under {prefix} has {rule.item_digits} digits, not {item!r}")
    if not 0 <= amount < 10**room:
        raise ValueError(f"the {rule.measure} has {room} digits under {prefix}, {amount} does not fit")
    digits = f"{prefix}{item}{amount:0{room}}"
    return digits + check_digit(digits)
