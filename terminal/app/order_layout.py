"""What stands on an order ticket: large, without prices, for somebody who stands at a stove."""

from terminal.domain.document import Cut, Document, Element, Feed, Rule, Text
from terminal.domain.item import Unit
from terminal.domain.order import Order, OrderLine
from terminal.texts import Language, language


def lay_out_order(order: Order, code: str, *, copy: bool = False) -> Document:
    """The ticket as a document; `code` is the language. What is called off stands apart and says so."""
    words = language(code)
    _ = words.gettext
    # The name of the printer that it is meant for: it may come out of another one, and has to be carried over.
    parts: list[Element] = [Text(order.printer.upper(), align="center", bold=True)]
    if copy:
        parts.append(Text(_("COPY"), align="center", bold=True, big=True))
    title = order.number or f"#{order.sale}"
    parts.append(Text(f"{title} {order.name}".rstrip(), align="center", bold=True, big=True))
    parts.append(Text(f"{words.time(order.local)}  {order.cashier}", align="center"))
    wanted = [line for line in order.lines if line.quantity > 0]
    off = [line for line in order.lines if line.quantity < 0]
    parts.append(Rule(double=True))
    parts += [_made(line, words) for line in wanted]
    if off:
        if wanted:
            parts.append(Rule())
        parts.append(Text(_("CALLED OFF"), bold=True, big=True))
        parts += [_made(line, words) for line in off]
    parts += [Rule(double=True), Feed(), Cut()]
    return tuple(parts)


def _made(line: OrderLine, words: Language) -> Element:
    many = words.quantity(abs(line.quantity), line.unit)
    return Text(f"{many} {line.name}" if line.unit is Unit.GRAM else f"{many} x {line.name}", big=True)
