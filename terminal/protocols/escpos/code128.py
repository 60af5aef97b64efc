"""Code 128: from text to what `GS k 73` wants, from that to symbols, from symbols to bars.

    BadBarcode  the text or the bytes are no Code 128

In `GS k` the first two bytes choose the code set ({A, {B, {C), a `{` in the middle changes it, and in set C
a byte is a pair of digits, 0 to 99 (Epson, "ESC/POS Command Reference", GS k, CODE128). Symbols and bars:
ISO/IEC 15417.
"""

import re

from .realtime import harmless

_DIGITS = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
_WIDTHS = (*(_DIGITS[at : at + 6] for at in range(0, len(_DIGITS), 6)), "2331112")
"""Widths of bar, space, bar … in modules; the index is the symbol's value; the last is the stop."""

_START = {"A": 103, "B": 104, "C": 105}
_TO = {"A": 101, "B": 100, "C": 99}
_SHIFT = 98
_STOP = 106
_FUNCTION = {"1": 102, "2": 97, "3": 96}
MAX_DATA = 255
"""`GS k 73 n` counts its data in one byte."""

_RUNS = re.compile(r"[0-9]{4,}|.", re.DOTALL)


class BadBarcode(ValueError):
    """No Code 128 can say this."""


def escpos_data(text: str) -> bytes:
    """The data of `GS k 73` for printable ASCII; runs of digits go in pairs. Raises BadBarcode.

    Where the pairs happen to be a real-time command (16 20 01 00 01 opens the drawer) they are written singly.
    """
    if not text or any(not " " <= char <= "~" for char in text):
        raise BadBarcode("a barcode holds one or more printable ASCII characters")
    data = _paired(text)
    if not harmless(data):
        data = b"{B" + text.replace("{", "{{").encode("ascii")
    if len(data) > MAX_DATA:
        raise BadBarcode(f"a barcode holds at most {MAX_DATA} bytes, not {len(data)}")
    return data


def _paired(text: str) -> bytes:
    out = bytearray()
    code_set = ""

    def change(to: str) -> None:
        nonlocal code_set
        if code_set != to:
            code_set = to
            out.extend(b"{" + to.encode("ascii"))

    for run in _RUNS.findall(text):
        digits = run
        if len(digits) >= 4:
            if len(digits) % 2:
                change("B")
                out.append(ord(digits[0]))
                digits = digits[1:]
            change("C")
            out.extend(int(digits[i : i + 2]) for i in range(0, len(digits), 2))
        else:
            change("B")
            out.extend(b"{{" if run == "{" else run.encode("ascii"))
    return bytes(out)


def symbols(data: bytes) -> tuple[int, ...]:
    """The symbols of the data of `GS k 73`, from start to check symbol and stop. Raises BadBarcode."""
    reader = _Reader(data)
    reader.read()
    values = reader.values
    if len(values) < 2:
        raise BadBarcode("nothing after the start")
    check = (values[0] + sum(i * value for i, value in enumerate(values[1:], 1))) % 103
    return (*values, check, _STOP)


def text_of(data: bytes) -> str:
    """What a scanner will read from the data of `GS k 73`; FNC1 is GS. Raises BadBarcode."""
    reader = _Reader(data)
    reader.read()
    return "".join(reader.text)


class _Reader:
    """Walks over the data of `GS k 73` once, for the symbols and for the text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._set = ""
        self.values: list[int] = []
        self.text: list[str] = []

    def read(self) -> None:
        data = self._data
        if len(data) < 2 or data[:1] != b"{" or chr(data[1]) not in _START:
            raise BadBarcode("the data must begin with {A, {B or {C")
        self._set = chr(data[1])
        self.values.append(_START[self._set])
        at = 2
        while at < len(data):
            if data[at] == 0x7B:
                if at + 1 >= len(data):
                    raise BadBarcode("the data ends in the middle of a {")
                at += self._escape(chr(data[at + 1]), data[at + 2 : at + 3])
            else:
                self._plain(data[at], self._set)
                at += 1

    def _escape(self, code: str, after: bytes) -> int:
        """Takes `{code`, gives how many bytes were used."""
        if code == "{" and self._set != "C":
            self._plain(0x7B, self._set)
        elif code in _TO and code != self._set:
            self._set = code
            self.values.append(_TO[code])
        elif code in _FUNCTION and (self._set != "C" or code == "1"):
            self.values.append(_FUNCTION[code])
            if code == "1" and len(self.values) > 2:
                self.text.append("\x1d")
        elif code == "S" and self._set != "C" and after:
            self.values.append(_SHIFT)
            self._plain(after[0], "A" if self._set == "B" else "B")
            return 3
        else:
            raise BadBarcode(f"{{{code!r} means nothing in set {self._set}")
        return 2

    def _plain(self, byte: int, code_set: str) -> None:
        match code_set:
            case "C" if byte < 100:
                self.values.append(byte)
                self.text.append(f"{byte:02d}")
            case "B" if 0x20 <= byte < 0x80:
                self.values.append(byte - 0x20)
                self.text.append(chr(byte))
            case "A" if byte < 0x60:
                self.values.append(byte - 0x20 if byte >= 0x20 else byte + 0x40)
                self.text.append(chr(byte))
            case _:
                raise BadBarcode(f"{byte:#04x} is not in set {code_set}")


def modules(values: tuple[int, ...]) -> str:
    """The bars of symbols, a character a module, '1' = black."""
    return "".join(
        ("1" if i % 2 == 0 else "0") * int(width) for value in values for i, width in enumerate(_WIDTHS[value])
    )
