"""History: the state after an event. Total: it never refuses, whatever an old journal holds."""

from collections.abc import Callable
from typing import Any, assert_never

import msgspec

from . import events, evolve_pay
from .order import OrderJob
from .ordering import with_ordered
from .print_states import FINAL, TRANSITIONS, Step
from .sale import Basket, Line, Sale
from .till import PrintJob, TillState

_replace = msgspec.structs.replace


def evolve(state: TillState, event: events.AnyEvent) -> TillState:
    """The next state."""
    match event:
        case events.TillStarted():
            return _till_started(state, event)
        case events.TillStopped():
            return _till_stopped(state, event)
        case events.CatalogueChanged():
            return _catalogue_changed(state, event)
        case events.LineAdded():
            return _line_added(state, event)
        case events.QuantityChanged():
            return _quantity_changed(state, event)
        case events.LineRemoved():
            return _line_removed(state, event)
        case events.LineDiscounted():
            return _line_discounted(state, event)
        case events.SaleDiscounted():
            return _sale_discounted(state, event)
        case events.PriceOverridden():
            return _price_overridden(state, event)
        case events.AgeConfirmed():
            return _age_confirmed(state, event)
        case events.Undone():
            return _undone(state, event)
        case events.SaleVoided():
            return _sale_voided(state, event)
        case events.SaleParked():
            return _sale_parked(state, event)
        case events.SaleResumed():
            return _sale_resumed(state, event)
        case events.TenderTaken():
            return evolve_pay.tender_taken(state, event)
        case events.SaleClosed():
            return _sale_closed(state, event)
        case events.PaymentIntended():
            return evolve_pay.intended(state, event)
        case events.PaymentSent() | events.PaymentAcked():
            return evolve_pay.moved(state, event)
        case events.PaymentApproved():
            return evolve_pay.approved(state, event)
        case events.SlipKept():
            return evolve_pay.slip(state, event)
        case events.PaymentDone():
            return evolve_pay.done(state, event)
        case events.PaymentDeclined() | events.PaymentCancelled() | events.PaymentReversed():
            return evolve_pay.failed(state, event)
        case events.PaymentInDoubt():
            return evolve_pay.in_doubt(state, event)
        case events.DayEnding() | events.DayKept():
            return _replace(state, day_ending=isinstance(event, events.DayEnding))
        case events.DayEnded():
            return evolve_pay.day_ended(state, event)
        case events.PrintStarted():
            return _print_started(state, event)
        case events.PrintEnded():
            return _print_ended(state, event)
        case events.CopyWanted():
            return _copy_wanted(state, event)
        case events.DrawerWanted():
            return _drawer_wanted(state, event)
        case events.DrawerEnded():
            return _drawer_ended(state, event)
        case events.DrawerOpened() | events.DrawerClosed():
            return _replace(state, drawer_open=isinstance(event, events.DrawerOpened))
        case events.ScannerCalibrated():
            return _scanner_calibrated(state, event)
    assert_never(event)


def _with_sale(state: TillState, sale: Sale) -> TillState:
    return _replace(state, sales={**state.sales, sale.id: sale})


def _change(state: TillState, sale_id: int, change: Callable[[Sale], Sale]) -> TillState:
    sale = state.sales.get(sale_id)
    return state if sale is None else _with_sale(state, change(sale))


def _basket(state: TillState, sale_id: int, change: Callable[[Basket], Basket]) -> TillState:
    return _change(state, sale_id, lambda sale: _replace(sale, basket=change(sale.basket), undo=sale.basket))


def _line(state: TillState, sale_id: int, line_id: int, change: Callable[[Line], Line]) -> TillState:
    return _basket(
        state,
        sale_id,
        lambda basket: _replace(
            basket, lines=tuple(change(line) if line.id == line_id else line for line in basket.lines)
        ),
    )


def _without(state: TillState, sale_id: int) -> TillState:
    sales = {number: sale for number, sale in state.sales.items() if number != sale_id}
    return _replace(state, sales=sales, current=0 if state.current == sale_id else state.current)


def _till_started(state: TillState, event: events.TillStarted) -> TillState:
    return _replace(state, register=event.register, cashier=event.cashier, seller=event.seller, running=True)


def _till_stopped(state: TillState, _: events.TillStopped) -> TillState:
    return _replace(state, running=False)


def _catalogue_changed(state: TillState, event: events.CatalogueChanged) -> TillState:
    return _replace(state, revision=event.revision)


def _line_added(state: TillState, event: events.LineAdded) -> TillState:
    sale = state.sales.get(event.sale) or Sale(event.sale)
    basket = _replace(sale.basket, lines=sale.basket.lines + event.lines)
    next_line = max((line.id for line in event.lines), default=0) + 1
    sale = _replace(sale, basket=basket, undo=sale.basket, next_line=max(sale.next_line, next_line))
    return _replace(
        _with_sale(state, sale), current=event.sale, next_sale=max(state.next_sale, event.sale + 1), last=None
    )


def _quantity_changed(state: TillState, event: events.QuantityChanged) -> TillState:
    def change(basket: Basket) -> Basket:
        return _replace(
            basket,
            lines=tuple(
                _replace(line, quantity=event.quantity, weighed=event.weighed or line.weighed)
                if event.line in (line.id, line.parent)
                else line
                for line in basket.lines
            ),
        )

    return _basket(state, event.sale, change)


def _line_removed(state: TillState, event: events.LineRemoved) -> TillState:
    def change(basket: Basket) -> Basket:
        return _replace(basket, lines=tuple(line for line in basket.lines if event.line not in (line.id, line.parent)))

    return _basket(state, event.sale, change)


def _line_discounted(state: TillState, event: events.LineDiscounted) -> TillState:
    return _line(state, event.sale, event.line, lambda line: _replace(line, discount=event.discount))


def _sale_discounted(state: TillState, event: events.SaleDiscounted) -> TillState:
    return _basket(state, event.sale, lambda basket: _replace(basket, discount=event.discount))


def _price_overridden(state: TillState, event: events.PriceOverridden) -> TillState:
    return _line(
        state,
        event.sale,
        event.line,
        lambda line: _replace(line, price=event.price, override=event.reason, approver=event.approver),
    )


def _age_confirmed(state: TillState, event: events.AgeConfirmed) -> TillState:
    return _change(state, event.sale, lambda sale: _replace(sale, age_confirmed=max(sale.age_confirmed, event.years)))


def _undone(state: TillState, event: events.Undone) -> TillState:
    return _change(state, event.sale, lambda sale: _replace(sale, basket=sale.undo or sale.basket, undo=None))


def _with_job(state: TillState, job: PrintJob) -> TillState:
    return _replace(state, jobs={**state.jobs, job.id: job}, next_job=max(state.next_job, job.id + 1))


def _with_orders(state: TillState, sale_id: int, orders: tuple[OrderJob, ...]) -> TillState:
    """The tickets are to be printed; the sale, if it is still there, knows what has been ordered."""
    for each in orders:
        state = _with_job(state, PrintJob(each.job, order=each.order))
    return _change(state, sale_id, lambda sale: _replace(sale, ordered=with_ordered(sale, orders))) if orders else state


def _sale_voided(state: TillState, event: events.SaleVoided) -> TillState:
    sale = state.sales.get(event.sale)
    after = _without(state, event.sale)
    if event.print_job and sale is not None:
        after = _with_job(after, PrintJob(event.print_job, slips=sale.slips))
    return _with_orders(after, event.sale, event.orders)


def _sale_parked(state: TillState, event: events.SaleParked) -> TillState:
    state = _with_orders(state, event.sale, event.orders)
    parked = _change(state, event.sale, lambda sale: _replace(sale, parked_as=event.name, undo=None))
    return _replace(parked, current=0 if state.current == event.sale else state.current)


def _sale_resumed(state: TillState, event: events.SaleResumed) -> TillState:
    if event.sale not in state.sales:
        return state
    state = _with_orders(state, state.current, event.orders)
    left = state if state.current == event.sale else _off_the_screen(state)
    # It keeps its name: a table is one, also while it is on the screen and when it makes room for another.
    return _replace(left, current=event.sale, last=None)


def _off_the_screen(state: TillState) -> TillState:
    """The current sale makes room for another. One that nothing is left of is gone; card slips are left to be printed.

    It cannot be undone any more: undo could bring back a return that another sale has since taken, and the money would
    go out twice.
    """
    sale = state.sale
    if sale is not None and not sale.basket.lines and sale.settled and not sale.slips:
        return _without(state, sale.id)
    return _change(state, state.current, lambda left: _replace(left, undo=None))


def _sale_closed(before: TillState, event: events.SaleClosed) -> TillState:
    state = before if event.settles is None else evolve_pay.done(before, event.settles)
    sale = state.sales.get(event.sale)
    closed = _without(state, event.sale)
    jobs, drawers = closed.jobs, closed.drawers
    if event.print_job:
        slips = sale.slips if sale else ()
        jobs = {**jobs, event.print_job: PrintJob(event.print_job, event.receipt, slips=slips)}
    if event.drawer:
        drawers = {**drawers, event.drawer: "sale"}
    after = _replace(
        closed,
        jobs=jobs,
        drawers=drawers,
        last=event.receipt,
        next_receipt=max(state.next_receipt, event.receipt.number + 1),
        next_job=max(state.next_job, event.print_job + 1),
        next_drawer=max(state.next_drawer, event.drawer + 1),
    )
    return _with_orders(after, event.sale, event.orders)


def _print_step(state: TillState, number: int, step: Step, **changes: Any) -> TillState:
    """One step in the table, and no more; what is none changes nothing."""
    job = state.jobs.get(number)
    after = TRANSITIONS.get((job.state, step)) if job is not None else None
    if job is None or after is None:
        return state
    if after in FINAL:
        return _replace(state, jobs={each: left for each, left in state.jobs.items() if each != number})
    return _replace(state, jobs={**state.jobs, number: _replace(job, state=after, **changes)})


def _print_started(state: TillState, event: events.PrintStarted) -> TillState:
    return _print_step(state, event.job, "started", on=event.printer)


def _print_ended(state: TillState, event: events.PrintEnded) -> TillState:
    changes = {"on": event.to} if event.outcome == "passed-on" else {}
    return _print_step(state, event.job, event.outcome, problem=event.problem, **changes)


def _copy_wanted(state: TillState, event: events.CopyWanted) -> TillState:
    return _with_job(state, PrintJob(event.job, event.receipt, copy=True, slips=event.slips, order=event.order))


def _drawer_wanted(state: TillState, event: events.DrawerWanted) -> TillState:
    drawers = {**state.drawers, event.drawer: event.reason}
    return _replace(state, drawers=drawers, next_drawer=max(state.next_drawer, event.drawer + 1))


def _drawer_ended(state: TillState, event: events.DrawerEnded) -> TillState:
    return _replace(state, drawers={n: why for n, why in state.drawers.items() if n != event.drawer})


def _scanner_calibrated(state: TillState, event: events.ScannerCalibrated) -> TillState:
    others = {name: each for name, each in state.scanners.items() if name != event.scanner}
    return _replace(state, scanners={**others, event.scanner: event} if event.layout else others)
