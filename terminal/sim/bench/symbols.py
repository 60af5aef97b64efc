"""Draws codes as the symbols that are printed on packages, as SVG. A phone or a scanner reads them off the screen.

EAN-13, EAN-8: GS1 General Specifications, chapter 5.2. GS1-128: the same, chapter 5.4. QR codes by segno.
"""

from collections.abc import Iterable

from terminal.domain.gs1 import GS
from terminal.protocols.escpos import code128

_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
"""Number set A. Set C is its complement, set B is set C read backwards."""
_PARITY = (
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
)  # fmt: skip
"""How the first digit of an EAN-13 shows: by the number sets of the six after it."""
_GUARD, _CENTRE = "101", "01010"
_HEIGHT = 44
"""Modules."""
_QUIET = 10
"""Modules of white at either side."""


def ean_modules(digits: str) -> str:
    """The bars of an EAN-13 or EAN-8, a character a module, '1' = black. The check digit is drawn as it stands."""
    if not (digits.isascii() and digits.isdigit() and len(digits) in (8, 13)):
        raise ValueError("an EAN has 8 or 13 digits")
    parity, shown = (_PARITY[int(digits[0])], digits[1:]) if len(digits) == 13 else ("AAAA", digits)
    half = len(shown) // 2
    left = (_digit(digit, number_set) for digit, number_set in zip(shown[:half], parity, strict=True))
    right = (_digit(digit, "C") for digit in shown[half:])
    return "".join((_GUARD, *left, _CENTRE, *right, _GUARD))


def _digit(digit: str, number_set: str) -> str:
    bars = _LEFT[int(digit)]
    if number_set == "A":
        return bars
    turned = bars.translate({48: "1", 49: "0"})
    return turned if number_set == "C" else turned[::-1]


def gs1_128_modules(elements: str) -> str:
    """The bars of a GS1-128. `elements` is an element string, GS between elements of variable length."""
    data = "{B{1" + elements.replace("{", "{{").replace(GS, "{1")
    return code128.modules(code128.symbols(data.encode("ascii")))


def code_128_modules(text: str) -> str:
    """The bars of a Code 128. Raises code128.BadBarcode when `text` is not printable ASCII."""
    return code128.modules(code128.symbols(code128.escpos_data(text)))


def bars(modules: str) -> str:
    """The modules as an SVG element."""
    width = len(modules) + 2 * _QUIET
    path = "".join(f"M{at + _QUIET} 0h{run}v{_HEIGHT}h-{run}z" for at, run in _runs(modules))
    return (
        f'<svg class="bars" viewBox="0 0 {width} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="{path}"/></svg>'
    )


def qr(text: str) -> str:
    """A QR code as an SVG element."""
    import segno

    code = segno.make_qr(text, error="m", boost_error=False)
    rows = ["".join("1" if dark else "0" for dark in row) for row in code.matrix_iter(scale=1, border=4)]
    path = "".join(f"M{at} {y}h{run}v1h-{run}z" for y, row in enumerate(rows) for at, run in _runs(row))
    size = len(rows)
    return f'<svg class="matrix" viewBox="0 0 {size} {size}" aria-hidden="true"><path d="{path}"/></svg>'


def _runs(modules: str) -> Iterable[tuple[int, int]]:
    """(place, length) of each black run."""
    at = 0
    for white in modules.split("0"):
        if white:
            yield at, len(white)
        at += len(white) + 1
