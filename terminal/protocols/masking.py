"""Card numbers: at most the first six and the last four digits may be seen (PCI DSS 3.4)."""

import re

_RUN = re.compile(r"[0-9]+(?:[ -][0-9]+)*")
"""Digits, in groups or not."""
_GROUP = re.compile(r"[0-9]+")
_LENGTHS = range(13, 20)


def mask_digits(number: str) -> str:
    """A card number with everything but its first six and last four places starred.

    Of fewer than 13 places, no more than the last third stays: less than a card number has, and maybe an account's.
    """
    if len(number) >= 13:
        return number[:6] + "*" * (len(number) - 10) + number[-4:]
    seen = min(4, len(number) // 3)
    return "*" * (len(number) - seen) + number[len(number) - seen :]


def mask_packed(value: bytes) -> str:
    """A card number or track 2 in packed form (BMP 22, 23): 'E' is a place that came masked, 'D' ends the number."""
    places = value.hex().upper().split("D", 1)[0].rstrip("F").replace("E", "*")
    return mask_digits(places if all(place in "0123456789*" for place in places) else "*" * len(places))


def mask_text(line: str) -> str:
    """A line of receipt text without a whole card number.

    A number that fails the card schemes' check digit, or begins as no scheme's does, stays: receipts carry long
    references.
    """
    return _RUN.sub(_masked, line)


def _masked(found: re.Match[str]) -> str:
    run = found.group()
    if len(run) < _LENGTHS.start:
        return run
    groups = [each.span() for each in _GROUP.finditer(run)]
    for first, (start, _) in enumerate(groups):
        for _, end in groups[first:]:
            places = [i for i in range(start, end) if run[i].isdigit()]
            if len(places) in _LENGTHS and run[start] in "23456" and _passes_luhn([int(run[i]) for i in places]):
                hidden = frozenset(places[6:-4])
                return "".join("*" if i in hidden else char for i, char in enumerate(run))
    return run


def _passes_luhn(digits: list[int]) -> bool:
    total = 0
    for i, digit in enumerate(reversed(digits)):
        doubled = digit * (1 + i % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
