"""Receipt text of 06 D1 and 06 D3, collected into slips (chapters 3.5, 3.6).

A slip ends with an attribute whose high bit is set (not 80, not FF: those are no end). A terminal that never sets it
leaves one slip open, which `flush` gives.
"""

import re
from collections.abc import Iterable
from typing import Literal

from terminal.domain.payment import CardSlip
from terminal.protocols.masking import mask_text

from . import messages as m
from .charset import Charset, text
from .errors import FieldError

MOST_LINES = 500
"""Lines of one slip. A receipt has thirty to sixty."""

_LINE_FEEDS = 0xFF
_MOST_FEEDS = 10
_INDENT = 0x0F
_RECEIPT_TYPE, _LINES, _ATTRIBUTE, _TEXT = 0x1F07, 0x25, 0x09, 0x07

_MONEY_WORDS = re.compile(r"bel(ø|oe)b|betrag|amount|total|summe|\b(dkk|eur|kr|euro)\b|€", re.IGNORECASE)
_AMOUNT = re.compile(r"(?<![\d.,:])(\d{1,3}(?:[ .,]\d{3}){1,3}|\d{1,10})[.,](\d{2})(?![\d.,:])")
"""With or without separators of thousands; no part of a date or a longer number."""

Copy = Literal["customer", "merchant", "unknown"]
_COPIES: dict[int, Copy] = {0x01: "merchant", 0x02: "customer"}
_CUSTOMER = ("kundenbeleg", "kundebeleg", "kundekvittering", "kundens kopi", "customer", "cardholder")
_MERCHANT = ("händlerbeleg", "haendlerbeleg", "forretningens kopi", "butikskopi", "merchant")
"""A print line says no receipt type, the text does."""


def amounts_on(lines: Iterable[str]) -> frozenset[int]:
    """The amounts, in minor units, on the lines of a receipt that name money. Empty: it says none that can be read."""
    found = (each for line in lines if _MONEY_WORDS.search(line) for each in _AMOUNT.finditer(line))
    return frozenset(int(re.sub(r"\D", "", each[1]) + each[2]) for each in found)


class Slips:
    """Collects the print commands of one transaction."""

    def __init__(self, charset: Charset = "cp437") -> None:
        self._charset: Charset = charset
        self._lines: list[str] = []
        self._copy: Copy = "unknown"
        self._ended: list[CardSlip] = []

    def feed(self, command: m.PrintLine | m.PrintTextBlock) -> tuple[CardSlip, ...]:
        """The slips that this command ends. Raises FieldError for a slip without end."""
        match command:
            case m.PrintLine():
                self._print(command.attribute or 0, command.text)
            case m.PrintTextBlock():
                self._block(command)
        ended, self._ended = tuple(self._ended), []
        return ended

    def flush(self) -> tuple[CardSlip, ...]:
        """What was begun and not ended."""
        self._end()
        ended, self._ended = tuple(self._ended), []
        return ended

    def _print(self, attribute: int, line: bytes) -> None:
        if attribute == _LINE_FEEDS:
            for _ in range(min(line[0] if line else 1, _MOST_FEEDS)):
                self._add("")
            return
        # The low bits of an end mark are no indent: 81 is what terminals send, since 80 would be none.
        self._add(" " * (0 if _ends(attribute) else attribute & _INDENT) + text(line, self._charset))
        if _ends(attribute):
            self._end()

    def _block(self, block: m.PrintTextBlock) -> None:
        objects = block.fields.objects
        kind = objects.get(_RECEIPT_TYPE)
        if kind:
            self._copy = _COPIES.get(kind[-1], "unknown")
        attribute = 0
        for lines in objects.all(_LINES):
            for node in lines.children.nodes:
                if node.tag == _TEXT:
                    self._add(" " * (attribute & _INDENT) + text(node.value, self._charset))
                elif node.tag == _ATTRIBUTE and node.value:
                    attribute = node.value[0]
                    if _ends(attribute):
                        self._end()
                        attribute = 0
                    elif attribute == _LINE_FEEDS:
                        self._add("")
                        attribute = 0

    def _add(self, line: str) -> None:
        if len(self._lines) >= MOST_LINES:
            raise FieldError(f"a slip has more than {MOST_LINES} lines")
        self._lines.append(mask_text(line.rstrip()))

    def _end(self) -> None:
        lines, copy = self._lines, self._copy
        self._lines, self._copy = [], "unknown"
        while lines and not lines[-1]:
            lines.pop()
        while lines and not lines[0]:
            lines.pop(0)
        if lines:
            self._ended.append(CardSlip(_copy_of(lines) if copy == "unknown" else copy, tuple(lines)))


def _ends(attribute: int) -> bool:
    return attribute > 0x80 and attribute != _LINE_FEEDS


def _copy_of(lines: list[str]) -> Copy:
    whole = "\n".join(lines).lower()
    customer, merchant = (any(word in whole for word in words) for words in (_CUSTOMER, _MERCHANT))
    if customer == merchant:
        return "unknown"
    return "customer" if customer else "merchant"
