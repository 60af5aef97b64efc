"""What the pad's digits mean."""

from terminal.domain.errors import Reason, SaleError

MAX_TYPED = 9
"""Digits and the point: 999,999.99, and a scanner's burst into the page is no amount."""


def typed_amount(typed: str) -> int | None:
    """Hundredths from the digits ('12.5' = 1250); None when nothing stands there."""
    if not typed:
        return None
    whole, _, part = typed.partition(".")
    return int(whole or "0") * 100 + int(part[:2].ljust(2, "0"))


def typed_field(text: str) -> int:
    """Hundredths from what was typed into a field, with either decimal sign. Raises SaleError."""
    plain = text.strip().replace(",", ".")
    whole, _, part = plain.partition(".")
    if not (whole + part).isascii() or not (whole + part).isdecimal() or len(part) > 2:
        raise SaleError(Reason.BAD_AMOUNT, text)
    return typed_amount(plain) or 0
