"""When what is ordered where: the tickets of a sale for the printers that have departments.

A ticket is made when the sale is paid: at a counter an order stands then, and not before. For a place with tables a
printer can say that it also wants one when a sale is set aside; what changes after that is on the next ticket.
"""

from .item import Quantity
from .order import Order, Ordered, OrderJob, OrderLine
from .sale import Line, Sale
from .till import OrderPrinter, Setup


def tickets(
    sale: Sale,
    setup: Setup,
    *,
    first_job: int,
    local: str,
    cashier: str,
    number: str = "",
    set_aside: bool = False,
    gone: bool = False,
) -> tuple[OrderJob, ...]:
    """The tickets of a sale that is paid, set aside or given up (`gone`), numbered from `first_job`."""
    jobs: list[OrderJob] = []
    for printer in setup.orders:
        lines = _news(sale, printer, gone=gone) if printer.set_aside or not set_aside else ()
        if lines:
            order = Order(printer.name, sale.id, local, cashier, lines, number, sale.parked_as)
            jobs.append(OrderJob(first_job + len(jobs), order))
    return tuple(jobs)


def with_ordered(sale: Sale, jobs: tuple[OrderJob, ...]) -> tuple[Ordered, ...]:
    """What of the sale has been ordered, with these tickets."""
    known = {(each.printer, each.line.line): each for each in sale.ordered}
    for job in jobs:
        for line in job.order.lines:
            key = (job.order.printer, line.line)
            before = known[key].line.quantity if key in known else 0
            known[key] = Ordered(key[0], OrderLine(line.line, line.name, before + line.quantity, line.unit))
    return tuple(each for each in known.values() if each.line.quantity)


def _news(sale: Sale, printer: OrderPrinter, *, gone: bool) -> tuple[OrderLine, ...]:
    wanted = {} if gone else {line.id: _line(line) for line in sale.basket.lines if _is_made_by(printer, line)}
    sent = {each.line.line: each.line for each in sale.ordered if each.printer == printer.name}
    news: list[OrderLine] = []
    for number in sorted(wanted.keys() | sent.keys()):
        line = wanted.get(number) or sent[number]
        now: Quantity = wanted[number].quantity if number in wanted else 0
        before: Quantity = sent[number].quantity if number in sent else 0
        if now != before:
            news.append(OrderLine(number, line.name, now - before, line.unit))
    return tuple(news)


def _line(line: Line) -> OrderLine:
    return OrderLine(line.id, line.item.name, line.quantity, line.unit)


def _is_made_by(printer: OrderPrinter, line: Line) -> bool:
    goods = line.quantity > 0 and not line.parent and not line.item.is_deposit and line.credit is None
    return goods and line.item.department in printer.departments
