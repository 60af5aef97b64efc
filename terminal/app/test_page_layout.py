"""What a printer's test puts on paper: what a person compares with what stands here, and what another reads back."""

from terminal.domain import document as d
from terminal.texts import Language

LETTERS = "ÆØÅ æøå € é ü ö ä ß §"
BARCODE = "TEST-12345"
"""No item and no receipt."""
QR = "Kasse: ÆØÅ æøå € é"


def lay_out(name: str, local: str, *, columns: int, codepage: str, words: Language) -> d.Document:
    """A printer's test. `local` is the shop's time (ISO 8601), `columns` the characters a line as the settings say.

    The ruler's last digit must stand at the right edge: else `columns` is wrong. A wrong letter in the table means that
    `codepage`, or the printer's own setting, is.
    """
    _ = words.gettext
    return (
        d.Logo(),
        d.Text(_("Test"), align="center", bold=True, big=True),
        d.Columns(name, words.time(local)),
        d.Rule(double=True),
        d.Text(LETTERS, align="center"),
        d.Text(_("Bold"), bold=True),
        d.Text(_("Big"), big=True),
        d.Columns(_("One line of a receipt"), "1.234,50"),
        d.Rule(),
        d.Text(ruler(columns)),
        d.Text(_("{} characters a line").format(columns), align="center"),
        d.Rule(),
        d.Text(codepage, align="center", bold=True),
        *(d.Text(row, align="center") for row in code_table(codepage)),
        d.Rule(),
        d.Barcode(BARCODE),
        d.Qr(QR),
        d.Text(_("This is no receipt."), align="center"),
        d.Cut(),
    )


def ruler(columns: int) -> str:
    """'1234567890123…'."""
    return "".join(str(place % 10) for place in range(1, columns + 1))


def code_table(codepage: str) -> tuple[str, ...]:
    """The upper half of a code page, sixteen characters a line; a place without one is a dot."""
    rows = []
    for first in range(0x80, 0x100, 16):
        signs = (bytes([code]).decode(codepage, "replace") for code in range(first, first + 16))
        rows.append(f"{first:02X} " + "".join(sign if sign.isprintable() and sign.strip() else "." for sign in signs))
    return tuple(row.replace("\N{REPLACEMENT CHARACTER}", ".") for row in rows)
