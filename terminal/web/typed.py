"""What the pad's digits mean."""

MAX_TYPED = 9
"""Digits and the point: 999,999.99, and a scanner's burst into the page is no amount."""


def typed_amount(typed: str) -> int | None:
    """Hundredths from the digits ('12.5' = 1250); None when nothing stands there."""
    if not typed:
        return None
    whole, _, part = typed.partition(".")
    return int(whole or "0") * 100 + int(part[:2].ljust(2, "0"))
