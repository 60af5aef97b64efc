"""Text for one pinned code page: what the page has stays, the rest becomes the nearest ASCII.

One page is set at the start of a job and never changed: python-escpos' automatic choice flips pages within a
word. After `printable` one character is one byte is one column, so that all layout can count characters.
"""

import unicodedata

_NEAREST = {
    "‘": "'",
    "’": "'",
    "‚": ",",
    "‛": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "‹": "<",
    "›": ">",
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "−": "-",
    "…": "...",
    "•": "*",
    "·": ".",
    "€": "EUR",
    "™": "(TM)",
    "©": "(C)",
    "®": "(R)",
    "×": "x",
    "÷": "/",
    "⁄": "/",
    "→": "->",
    "←": "<-",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ł": "l",
    "Ł": "L",
    "ı": "i",
}
"""Where Unicode's own decomposition does not help."""

_BLANKS = "\t\u00a0\u2007\u2009\u200a\u202f\u3000"
"""Printed as a space. The byte of NBSP is a black box on some printers."""

CODECS = {"CP858": "cp858", "CP1252": "cp1252"}
"""Code page as the settings name it → Python's codec. (python-escpos knows no characters for its CP1252.)"""


def printable(text: str, codepage: str) -> str:
    """`text` with nothing in it but line feeds and characters that the page prints, one byte each.

    Control characters go: nothing that a name or a slip contains can become a command to the printer.
    """
    codec = CODECS[codepage]
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    # Nearly every line of a receipt: looked at as a whole, in a tenth of the time. What is printable and in the page
    # stands for itself in `nearest` too.
    if text.isprintable() and _has_all(text, codec):
        return text
    return "".join(nearest(char, codec) for char in text)


def encode(text: str, codepage: str) -> bytes:
    """Bytes of a text that `printable` has made."""
    return text.encode(CODECS[codepage])


def nearest(char: str, codec: str) -> str:
    """What stands for a character where Python's `codec` is the code page: itself, the nearest it has, '' or '?'."""
    if char == "\n" or " " <= char <= "~":
        return char
    if char in _BLANKS:
        return " "
    if char == "\r" or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me", "Zl", "Zp"):
        return "\n" if char in "\r\u0085\u2028\u2029" else ""
    if _has(char, codec):
        return char
    if char in _NEAREST:
        return _NEAREST[char]
    plain = "".join(
        part if _has(part, codec) else _NEAREST.get(part, "")
        for part in unicodedata.normalize("NFKD", char)
        if part == " " or part.isprintable()
    )
    return plain or "?"


def _has_all(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _has(char: str, codec: str) -> bool:
    try:
        return len(char.encode(codec)) == 1
    except UnicodeEncodeError:
        return False
