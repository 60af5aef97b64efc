"""Names and amounts as the messages' JSON has them."""

from decimal import Decimal

from terminal.protocols.masking import mask_text

from .errors import MessageError

CURRENCIES = {208: "DKK", 978: "EUR"}
"""ISO 4217, numeric to letters. Both have two decimals."""

MOST_MINOR = 9_999_999_999
"""The largest amount of the schema is 99999999.999999."""

_WORDS = {"id": "ID", "poi": "POI", "ok": "OK"}


def field_name(name: str) -> str:
    """'poi_transaction_id' is 'POITransactionID'."""
    return "".join(_WORDS.get(word, word.capitalize()) for word in name.split("_"))


def minor(amount: Decimal) -> int:
    """An amount in whole minor units, exactly. Raises MessageError for less than nothing, too much, or part of one."""
    # The exponent first: a number like 1E+999999 must not be written out.
    if not amount.is_finite() or not -12 <= amount.adjusted() <= 8 or len(amount.as_tuple().digits) > 28:
        if amount.is_finite() and amount == 0:
            return 0
        raise MessageError("an amount is no amount of money")
    units = amount.scaleb(2)
    if units != units.to_integral_value() or not 0 <= units <= MOST_MINOR:
        raise MessageError("an amount is below nothing, or no whole number of minor units")
    return int(units)


def major(units: int) -> Decimal:
    """Minor units as the JSON number, with two decimals."""
    return Decimal(units).scaleb(-2)


def words(text: str, most: int = 100) -> str:
    """A stranger's text for the journal: one line, at most `most` characters, no whole card number in it."""
    return mask_text("".join(char if char.isprintable() else " " for char in text[: 4 * most])).strip()[:most]
