"""A receipt as it came out of the simulated printer: what stands on the paper, as data, as text, as a picture."""

from collections.abc import Iterable

import msgspec

from .receipt_items import FONT_DOTS, BarCode, Blank, Item, Line, Picture, QrCode


class Receipt(msgspec.Struct, frozen=True):
    """One piece of paper, from cut to cut. Without `cut` it still hangs in the printer."""

    number: int
    items: tuple[Item, ...]
    raw: bytes
    """The bytes that were printed for it, real-time commands left out."""
    cut: bool
    dots: int
    """Width of the paper that can be printed on."""

    @property
    def text(self) -> str:
        """The lines as a person sees them, at their place; codes and pictures in brackets."""
        return "\n".join(line for item in self.items for line in self._lines(item))

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """(kind, data) of the QR codes and barcodes, in order."""
        return tuple(_codes(self.items))

    def png(self) -> bytes:
        """The receipt as a picture."""
        # Pillow and what draws codes are only needed when somebody looks.
        from .receipt_picture import draw

        return draw(self.items, self.dots)

    def _lines(self, item: Item) -> list[str]:
        match item:
            case Line():
                used = sum(span.dots for span in item.spans)
                lead = (0, (self.dots - used) // 2, self.dots - used)[item.align] // FONT_DOTS[0][0]
                return [(" " * lead + item.text).rstrip()]
            case Blank(dots=dots):
                return [""] * (dots // 30)
            case QrCode() | BarCode():
                return [f"[{kind} {data}]" for kind, data in _codes((item,))]
            case Picture():
                return [f"[picture {8 * item.width} x {item.height}]"]


def _codes(items: Iterable[Item]) -> Iterable[tuple[str, str]]:
    for item in items:
        match item:
            case QrCode(data=data):
                yield "QR", data.decode("utf-8", "replace")
            case BarCode():
                yield item.kind, item.text
            case _:
                continue
