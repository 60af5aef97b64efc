"""Trade item numbers (GTIN-8, -12, -13, -14) and their check digit (GS1 General Specifications, 7.9.1)."""

LENGTHS = frozenset({8, 12, 13, 14})
_NO_NUMBER = "0" * 14


def check_digit(digits: str) -> str:
    """The check digit of ASCII digits that stand without one."""
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)


def normal(digits: str) -> str:
    """A GTIN of any length in fourteen digits; empty when `digits` is none: wrong length, characters or check digit.

    Zeros alone are no number, though their check digit is right: nobody is given them.
    """
    if len(digits) not in LENGTHS or not (digits.isascii() and digits.isdigit()):
        return ""
    padded = digits.zfill(14)
    return padded if check_digit(digits[:-1]) == digits[-1] and padded != _NO_NUMBER else ""


def expanded(digits: str) -> str:
    """The GTIN, in fourteen digits, of eight digits read as UPC-E (5.2.2.4.2); empty when they are none."""
    if not (len(digits) == 8 and digits.isascii() and digits.isdigit() and digits[0] in "01"):
        return ""
    head, last = digits[:6], digits[6]
    if last in "012":
        upc_a = head[:3] + last + "0000" + head[3:]
    elif last == "3":
        upc_a = head[:4] + "00000" + head[4:]
    elif last == "4":
        upc_a = head[:5] + "00000" + head[5:]
    else:
        upc_a = head + "0000" + last
    return normal(upc_a + digits[7])
