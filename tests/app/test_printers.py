"""Several printers: each its own worker, take-over by rule of what was certainly not printed, and of nothing else."""

import msgspec
import pytest

from terminal.app.health import HealthBoard
from terminal.app.order_layout import lay_out_order
from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.printer import NotPrinted, PrintOutcome, PrintUnknown
from terminal.app.printing import PrintDesk, Station, retry_when_well
from terminal.app.receipt_layout import lay_out_slips
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.document import Cut, Text
from terminal.domain.order import Order, OrderLine
from terminal.domain.payment import CardSlip
from terminal.domain.till import OrderPrinter
from tests.app.lane import Lane, Paper, running
from tests.domain.playbook import ALL, BREAD, MILK, kr

pytestmark = pytest.mark.anyio

NO_PAPER = NotPrinted(Problem.PAPER_OUT)
CUT_OFF = PrintUnknown(Problem.LOST)
CAFE = msgspec.structs.replace(ALL, orders=(OrderPrinter("kitchen", frozenset({"Bageri"})),))


class Cafe:
    """A till with a receipt printer, a kitchen printer and a bar printer. The kitchen's work goes to the bar, the
    bar's to the receipt printer, and that one's to the kitchen: a circle."""

    def __init__(self, *before: e.AnyEvent, **outcomes: tuple[PrintOutcome, ...]) -> None:
        self.lane = Lane(*before, setup=CAFE)
        self.papers = {name: Paper(*outcomes.get(name, ())) for name in ("printer", "kitchen", "bar")}
        instead = {"printer": "kitchen", "kitchen": "bar", "bar": "printer"}
        stations = [Station(name, paper, instead[name]) for name, paper in self.papers.items()]
        self.desk = PrintDesk(self.lane.till, stations, self.lane.changes, "en")

    def sells(self) -> None:
        self.lane.does(c.AddItem(BREAD), c.PayCash(kr(50)))

    def story(self) -> list[tuple[int, str, str, str]]:
        """(job, printer, outcome, to) of each end."""
        ends = [event for event in self.lane.book.events if isinstance(event, e.PrintEnded)]
        return [(end.job, end.printer, end.outcome, end.to) for end in ends]

    def printed(self) -> dict[str, int]:
        return {name: len(paper.documents) for name, paper in self.papers.items()}


async def test_each_job_comes_out_of_its_own_printer() -> None:
    cafe = Cafe()
    async with running(cafe.desk.run):
        cafe.sells()
        await cafe.lane.until(lambda: not cafe.lane.state.jobs)
    assert sorted(cafe.story()) == [(1, "printer", "printed", ""), (2, "kitchen", "printed", "")]
    assert cafe.printed() == {"printer": 1, "kitchen": 1, "bar": 0}


async def test_what_the_kitchen_cannot_print_comes_out_at_the_bar() -> None:
    cafe = Cafe(kitchen=(NO_PAPER,))
    async with running(cafe.desk.run):
        cafe.sells()
        await cafe.lane.until(lambda: not cafe.lane.state.jobs)
    assert (2, "kitchen", "passed-on", "bar") in cafe.story()
    assert (2, "bar", "printed", "") in cafe.story()
    (ticket,) = cafe.papers["bar"].documents
    assert Text("KITCHEN", align="center", bold=True) in ticket


async def test_what_perhaps_came_out_is_sent_nowhere_else() -> None:
    cafe = Cafe(kitchen=(CUT_OFF,))
    async with running(cafe.desk.run):
        cafe.sells()
        await cafe.lane.until(lambda: cafe.lane.state.jobs.keys() == {2} and cafe.lane.state.jobs[2].state == "unknown")
        cafe.desk.retry_where_well(lambda _: True)
        cafe.sells()
        await cafe.lane.until(lambda: cafe.lane.state.jobs.keys() == {2})
    assert cafe.printed() == {"printer": 2, "kitchen": 2, "bar": 0}
    assert cafe.lane.state.jobs[2].on == "kitchen"


async def test_a_job_is_not_passed_round_in_a_circle() -> None:
    cafe = Cafe(kitchen=(NO_PAPER,), bar=(NO_PAPER,), printer=(NO_PAPER, NO_PAPER))
    async with running(cafe.desk.run):
        cafe.sells()
        # The receipt goes printer, kitchen (and is printed there or after the ticket failed there, at the bar …).
        await cafe.lane.until(
            lambda: all(job.state == "not-printed" for job in cafe.lane.state.jobs.values()) or not cafe.lane.state.jobs
        )
    for number in (1, 2):
        tried = [printer for job, printer, _, _ in cafe.story() if job == number]
        assert len(tried) == len(set(tried))


async def test_a_cut_after_the_passing_on_prints_where_it_was_passed_to() -> None:
    first = Cafe(kitchen=(NO_PAPER,))
    async with running(first.desk.run):
        first.sells()
        await first.lane.until(lambda: not first.lane.state.jobs)
    history = first.lane.book.events
    at = next(i for i, event in enumerate(history) if isinstance(event, e.PrintEnded) and event.to == "bar")
    again = Cafe(*history[1 : at + 1])
    async with running(again.desk.run):
        await again.lane.until(lambda: not again.lane.state.jobs)
    assert again.printed()["bar"] == 1
    assert again.printed()["kitchen"] == 0


async def test_a_cut_while_the_bar_prints_for_the_kitchen_is_asked_about_there() -> None:
    cafe = Cafe(kitchen=(NO_PAPER,))
    async with running(cafe.desk.run):
        cafe.sells()
        await cafe.lane.until(lambda: not cafe.lane.state.jobs)
    history = cafe.lane.book.events
    at = next(i for i, event in enumerate(history) if isinstance(event, e.PrintStarted) and event.printer == "bar")
    again = Cafe(*history[1 : at + 1])
    async with running(again.desk.run):
        await again.lane.until(lambda: 2 in again.lane.state.jobs and again.lane.state.jobs[2].state == "unknown")
        assert again.desk.now_on(again.lane.state.jobs[2]) == "bar"
    assert again.printed()["bar"] == 0


async def test_a_printer_that_is_not_in_the_settings_any_more_leaves_its_tickets_to_the_receipt_printer() -> None:
    lane = Lane(setup=CAFE)
    lane.does(c.AddItem(BREAD), c.PayCash(kr(50)))
    paper = Paper()
    desk = PrintDesk(lane.till, (Station("printer", paper),), lane.changes, "en")
    async with running(desk.run):
        await lane.until(lambda: not lane.state.jobs)
    assert len(paper.documents) == 2


async def test_what_waited_is_printed_by_whoever_is_well_first() -> None:
    cafe = Cafe(kitchen=(NO_PAPER,), bar=(NO_PAPER,), printer=(NO_PAPER,))
    board = HealthBoard(cafe.lane.board, cafe.lane.changes)
    for name in cafe.papers:
        board.add(name, "printer")
        board.tell(name, Health(State.DOWN, Problem.PAPER_OUT))
    desk = cafe.desk
    # A ticket alone: the receipt was printed before.
    order = Order("kitchen", 1, "2026-11-24T13:00:00+01:00", "Kasse", (OrderLine(1, "Rugbrød", 1000),))
    async with running(desk.run, lambda: retry_when_well(desk, board, cafe.lane.changes)):
        cafe.lane.does(c.WantCopy(order=order))
        await cafe.lane.until(lambda: [job.state for job in cafe.lane.state.jobs.values()] == ["not-printed"])
        assert [end[1] for end in cafe.story()] == ["kitchen", "bar", "printer"]
        board.tell("bar", Health(State.UNKNOWN, Problem.NO_ANSWER))
        board.tell("printer", Health(State.UNKNOWN, detail="Its status is not asked for."))
        await cafe.lane.until(lambda: not cafe.lane.state.jobs)
    assert cafe.story()[-1] == (1, "printer", "printed", "")


async def test_a_ticket_that_perhaps_came_out_is_asked_for_again_as_a_copy() -> None:
    cafe = Cafe(kitchen=(CUT_OFF,))
    async with running(cafe.desk.run):
        cafe.sells()
        await cafe.lane.until(lambda: 2 in cafe.lane.state.jobs and cafe.lane.state.jobs[2].state == "unknown")
        cafe.desk.copy_of_job(2)
        await cafe.lane.until(lambda: not cafe.lane.state.jobs)
    assert Text("COPY", align="center", bold=True, big=True) in cafe.papers["kitchen"].documents[1]
    assert cafe.story()[-1] == (3, "kitchen", "printed", "")


async def test_slips_without_a_receipt_are_a_paper_each() -> None:
    cafe = Cafe()
    slips = (CardSlip("customer", ("AFVIST",)), CardSlip("merchant", ("AFVIST", "BUTIK")))
    async with running(cafe.desk.run):
        cafe.lane.does(c.WantCopy(None, slips))
        await cafe.lane.until(lambda: not cafe.lane.state.jobs)
    (document,) = cafe.papers["printer"].documents
    assert document == lay_out_slips(slips, "en", copy=True)
    assert [part for part in document if isinstance(part, Cut)] == [Cut(), Cut()]


@pytest.mark.parametrize(("code", "off"), [("da", "AFBESTILT"), ("en", "CALLED OFF")])
def test_a_ticket_has_what_is_made_and_no_price(code: str, off: str) -> None:
    lines = (OrderLine(1, "Rugbrød", 2000), OrderLine(2, MILK.name, -1000))
    order = Order("kitchen", 7, "2026-11-24T13:00:00+01:00", "Anna", lines, "1-42", "Bord 4")
    texts = [part.text for part in lay_out_order(order, code) if isinstance(part, Text)]
    assert texts[:2] == ["KITCHEN", "1-42 Bord 4"]
    assert texts[3:] == ["2 x Rugbrød", off, "1 x Sødmælk 1 l"]
