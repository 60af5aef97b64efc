"""Receipt text as slips. A line is plain text, or a name and a value, form-encoded: 'key=tid&name=TID&value=1234'.

Source: Adyen, "Generate receipts".
"""

from typing import Literal
from urllib.parse import parse_qsl

from terminal.domain.payment import CardSlip

from . import messages as m
from .fields import words

MOST_LINES = 200
WIDTH = 32
"""Characters between which a name and its value stand. The receipt's layout folds what is longer than its paper."""

_COPIES: dict[str, Literal["customer", "merchant"]] = {"CustomerReceipt": "customer", "CashierReceipt": "merchant"}


def slips(receipts: tuple[m.PaymentReceipt, ...]) -> tuple[CardSlip, ...]:
    """The receipts that the till is to print, without a whole card number."""
    found = []
    for receipt in receipts[:4]:
        lines = [_line(text.text) for text in receipt.output_content.output_text[:MOST_LINES]]
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        if lines:
            found.append(CardSlip(_COPIES.get(receipt.document_qualifier, "unknown"), tuple(lines)))
    return tuple(found)


def _line(text: str) -> str:
    pairs = dict(parse_qsl(text[:1000], keep_blank_values=True)) if text[:1000].count("&") < 20 else {}
    if not pairs.keys() & {"name", "value", "key"}:
        return words(text)
    name, value = words(pairs.get("name", "")), words(pairs.get("value", ""))
    if not (name and value):
        return name or value
    return f"{name} {value:>{max(0, WIDTH - len(name) - 1)}}"
