"""Every kind of payment × every fault × every point of its dialogue × kill -9 of the till, or not.

After recovery: what moved at the far end is what the journal says, nothing was moved twice, and what is still in doubt
is in the journal as such, so that the screen shows it; a person who looks at the far end settles it.
"""

from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Literal

import anyio
import anyio.to_thread
import msgspec
import pytest

from terminal.domain.payment_states import PaymentState
from terminal.sim.payment_faults import FAULTS, Fault, PaymentSim
from tests.matrix.beds import Bed, Nexo, Vipps, Zvt
from tests.matrix.lanes import AT_ONCE, COUNTED, Lane, read, said
from tests.matrix.till_process import PRICE, Order

pytestmark = pytest.mark.anyio

PERSONS_FAULTS: frozenset[Fault] = frozenset({"wrong-amount", "wrong-currency", "clock-jump", "garbage", "duplicate"})
"""After these the far end has said something untrue, and only a person can tell. After the others asking must do."""

ATTEMPTS = 4

Answer = Literal["paid", "not-paid", "person"]


class NeverStruckError(Exception):
    """The dialogue did not come to the point in time: nothing was tried, and so nothing found."""


class Cell(msgspec.Struct, frozen=True):
    """One of the matrix."""

    order: Order
    point: str
    fault: Fault
    kill: bool


class Outcome(msgspec.Struct, frozen=True):
    """What came of it."""

    answer: Answer
    problem: str = ""


async def one(cell: Cell, bed: Bed, folder: Path, context: ForkServerContext) -> Outcome:
    """One cell, from an empty folder to the comparison."""
    await anyio.Path(folder).mkdir(parents=True)
    async with bed.serve() as (sim, make):
        lane = Lane(folder, bed, make, context)
        if cell.order != "pay":
            # On a machine with much to do a good payment may come too late for these patiences, and is then not paid.
            for _ in range(5):
                await lane.does("pay")
                if read(folder).moved:
                    break
            assert sum(move.amount for move in sim.ledger) > PRICE, "the payment that is to be given back"
        cause = bed.cause(cell.order, cell.point)
        if cause is not None:
            sim.arm(*cause)
        sim.arm(cell.point, cell.fault)
        struck = sim.struck + (1 if cause is not None else 0)
        first = sim if cell.kill and cause is None else None
        await lane.does(cell.order, kill_when=first)
        if cell.kill and cause is not None:
            # The fault strikes while a till that was cut off asks; that one is killed too.
            await lane.does("recover", kill_when=sim if sim.struck == struck else None)
        if cell.kill:
            await lane.does("recover")
        if sim.struck <= struck - (1 if cause is None else 0):
            raise NeverStruckError
        sim.heal()
        await anyio.sleep(0.15)
        await lane.does("recover")
        return await _compare(cell, lane, sim)


async def _compare(cell: Cell, lane: Lane, sim: PaymentSim) -> Outcome:
    books = read(lane.folder)
    at_far_end = sum(move.amount for move in sim.ledger)
    answer: Answer = "paid" if len(books.moved) > (0 if cell.order == "pay" else 1) else "not-paid"
    if books.state.payments:
        if any(payment.state is not PaymentState.IN_DOUBT for payment in books.state.payments.values()):
            return Outcome("person", f"open, and not shown as a doubt: {books.state.payments}")
        if cell.fault not in PERSONS_FAULTS:
            return Outcome("person", f"nobody could tell: {[each.doubt for each in books.state.doubts]}")
        was_moved = at_far_end != sum(books.moved.values())
        await lane.does("settle-paid" if was_moved else "settle-unpaid")
        answer, books = "person", read(lane.folder)
    if at_far_end != sum(books.moved.values()):
        return Outcome(answer, f"the far end moved {at_far_end}, the journal says {books.moved}")
    keys = Counter((move.key, move.kind) for move in sim.ledger)
    if any(times > 1 for times in keys.values()):
        return Outcome(answer, f"moved twice: {sim.ledger}")
    if books.state.payments or books.problems:
        return Outcome(answer, f"still open: {books.state.payments}; {books.problems}")
    return Outcome(answer)


async def tried(cell: Cell, bed: Bed, folder: Path, context: ForkServerContext) -> Outcome:
    """A cell; again when a machine with much to do was too slow to bring the dialogue to the fault."""
    for number in range(1, ATTEMPTS):
        try:
            return await one(cell, bed, folder / str(number), context)
        except* NeverStruckError:
            pass
    return await one(cell, bed, folder / str(ATTEMPTS), context)


async def every(cells: list[Cell], bed: Bed, folder: Path, context: ForkServerContext) -> dict[Cell, Outcome]:
    """All cells of a bed, a few at a time."""
    outcomes: dict[Cell, Outcome] = {}
    limit = anyio.CapacityLimiter(AT_ONCE)

    async def run_one(number: int, cell: Cell) -> None:
        async with limit:
            try:
                outcomes[cell] = await tried(cell, bed, folder / str(number), context)
            except Exception as error:  # noqa: BLE001 (a cell that breaks is a finding, told with its name)
                outcomes[cell] = Outcome("person", f"{_innermost(error)!r}: {said(folder / str(number))}")

    async with anyio.create_task_group() as tasks:
        for number, cell in enumerate(cells):
            tasks.start_soon(run_one, number, cell)
    return outcomes


def _innermost(error: Exception) -> Exception:
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def cells_of(bed: Bed, orders: tuple[Order, ...]) -> list[Cell]:
    return [
        Cell(order, point, fault, kill)
        for order in orders
        for point in bed.points(order)
        for fault in FAULTS
        for kill in (False, True)
    ]


def judge(name: str, cells: list[Cell], outcomes: dict[Cell, Outcome]) -> None:
    COUNTED[name] += len(cells)
    wrong = [f"{cell}: {outcome}" for cell, outcome in outcomes.items() if outcome.problem]
    assert not wrong, f"{len(wrong)} of {len(cells)}:\n" + "\n".join(wrong)
    assert len(outcomes) == len(cells)


async def test_zvt(tmp_path: Path, server: ForkServerContext) -> None:
    bed = Zvt()
    cells = cells_of(bed, ("pay", "refund", "reverse"))
    judge("zvt", cells, await every(cells, bed, tmp_path, server))


async def test_nexo(tmp_path: Path, server: ForkServerContext) -> None:
    bed = Nexo(tmp_path)
    cells = cells_of(bed, ("pay", "refund", "reverse"))
    judge("nexo", cells, await every(cells, bed, tmp_path, server))


async def test_mobilepay(tmp_path: Path, server: ForkServerContext) -> None:
    bed = Vipps()
    cells = cells_of(bed, ("pay", "refund"))
    judge("mobilepay", cells, await every(cells, bed, tmp_path, server))


def test_a_thousand_cells_at_the_least() -> None:
    beds: tuple[tuple[Bed, tuple[Order, ...]], ...] = (
        (Zvt(), ("pay", "refund", "reverse")),
        (Nexo(Path("unused")), ("pay", "refund", "reverse")),
        (Vipps(), ("pay", "refund")),
    )
    assert sum(len(cells_of(bed, orders)) for bed, orders in beds) >= 1000
