"""Lines of a fixed number of characters: wrapping at words, a left and a right part, a table's row.

Pure functions over text that `escpos_charset.printable` has made: one character is one column.
"""

from terminal.domain.document import Align, Cell
from terminal.domain.money import share

_NARROWEST = 8
"""Below this many columns a left part is not wrapped beside its right part but above it."""


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` characters, broken at spaces, else in the word. At least one line.

    A line that fits stays as it is, its inner spaces too: a card terminal lays out its slip with them.
    """
    if len(text) <= width and "\n" not in text:
        return [text.rstrip(" ")]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        rest = paragraph.rstrip(" ")
        while len(rest) > width:
            indent = len(rest) - len(rest.lstrip(" "))
            cut = rest.rfind(" ", 0, width + 1)
            if cut <= indent:
                cut = width
            lines.append(rest[:cut].rstrip(" "))
            rest = rest[cut:].lstrip(" ")
        lines.append(rest)
    return lines


def columns(left: str, right: str, width: int) -> list[str]:
    """`left` and `right` on one line where there is room; `left` wraps, `right` is never cut."""
    if 0 < len(right) < width - len(left) and "\n" not in left and right == right.strip(" \n"):
        # Nearly every line of a receipt.
        return [left.ljust(width - len(right)) + right]
    right = " ".join(right.split("\n")).strip(" ")
    if not right:
        return wrap(left, width)
    room = width - len(right) - 1
    if room < min(_NARROWEST, len(left)):
        above = wrap(left, width) if left.strip(" ") else []
        return [*above, *(line.rjust(width) for line in wrap(right, width))]
    lines = wrap(left, room)
    return [*lines[:-1], lines[-1].ljust(width - len(right)) + right]


def row(cells: tuple[Cell, ...], width: int) -> list[str]:
    """Cells side by side by their shares, one space between; a long cell wraps in its own column.

    A column that is too narrow takes room from those that have some, for its text or at least for its longest
    word: a number is not broken in two where there is any other way.
    """
    if not cells:
        return [""]
    inner = width - (len(cells) - 1)
    if inner < len(cells):
        return wrap(" ".join(cell.text for cell in cells), width)
    widths = _widths(cells, inner)
    wrapped = [wrap(cell.text, size) for cell, size in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    return [
        " ".join(
            justify(lines[i] if i < len(lines) else "", size, cell.align)
            for lines, size, cell in zip(wrapped, widths, cells, strict=True)
        ).rstrip(" ")
        for i in range(height)
    ]


def _widths(cells: tuple[Cell, ...], inner: int) -> list[int]:
    shares = tuple(max(cell.share, 0) for cell in cells)
    spread = share(inner - len(cells), shares if any(shares) else (1,) * len(cells))
    widths = [1 + part for part in spread]
    needs = [len(cell.text) for cell in cells]
    if sum(needs) > inner:
        needs = [max(map(len, cell.text.split()), default=0) for cell in cells]
    for i, need in enumerate(needs):
        while widths[i] < need:
            slack, donor = max((widths[j] - max(needs[j], 1), j) for j in range(len(cells)))
            if slack <= 0:
                break
            moved = min(slack, need - widths[i])
            widths[donor] -= moved
            widths[i] += moved
    return widths


def justify(text: str, width: int, align: Align) -> str:
    """`text` in exactly `width` columns (it must fit)."""
    match align:
        case "left":
            return text.ljust(width)
        case "center":
            return text.center(width)
        case "right":
            return text.rjust(width)
