"""Printing and the drawer: each intent once, its outcome written down, and nothing sent twice by itself."""

import pytest

from terminal.app.health import HealthBoard
from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintOutcome, PrintUnknown
from terminal.app.printing import PrintDesk, Station, retry_when_well
from terminal.app.receipt_layout import lay_out
from terminal.domain import commands as c
from terminal.domain import events as e
from terminal.domain.document import Text
from terminal.domain.errors import Reason, SaleError
from terminal.domain.payment import CardSlip
from tests.app.lane import Lane, Paper, running
from tests.domain.playbook import MILK, Playbook, kr

pytestmark = pytest.mark.anyio

OUT_OF_PAPER = NotPrinted(Problem.PAPER_OUT, "no paper")
CUT = PrintUnknown(Problem.LOST, "the cable")


def desk(*outcomes: PrintOutcome, before: tuple[e.AnyEvent, ...] = ()) -> tuple[Lane, Paper, PrintDesk]:
    lane, paper = Lane(*before), Paper(*outcomes)
    return lane, paper, PrintDesk(lane.till, (Station("printer", paper),), lane.changes, "en")


def sells(lane: Lane) -> None:
    lane.does(c.AddItem(MILK), c.PayCash(kr(20)))


def after_a_sale(*news: e.AnyEvent) -> tuple[e.AnyEvent, ...]:
    till = Playbook()
    till.sells(MILK)
    return (*till.history[1:], *news)


def ended(lane: Lane) -> list[tuple[int, str]]:
    return [(event.job, event.outcome) for event in lane.book.events if isinstance(event, e.PrintEnded)]


@pytest.mark.parametrize(
    ("outcome", "written", "left"),
    [
        (Printed(confirmed=True), "printed", ""),
        (Printed(confirmed=False), "unconfirmed", ""),
        (OUT_OF_PAPER, "not-printed", "not-printed"),
        (CUT, "unknown", "unknown"),
    ],
)
async def test_a_receipt_is_printed_once_and_the_outcome_written_down(
    outcome: PrintOutcome, written: str, left: str
) -> None:
    lane, paper, prints = desk(outcome)
    async with running(prints.run):
        sells(lane)
        await lane.until(lambda: len(ended(lane)) == 1)
    assert lane.book.kinds(after=2) == ["SaleClosed", "PrintStarted", "PrintEnded"]
    assert ended(lane) == [(1, written)]
    assert [job.state for job in lane.state.jobs.values()] == ([left] if left else [])
    assert lane.state.last is not None
    assert paper.documents == [lay_out(lane.state.last, "en")]


async def test_receipts_come_out_in_their_order() -> None:
    lane, _, prints = desk()
    for _ in range(3):
        sells(lane)
    async with running(prints.run):
        await lane.until(lambda: not lane.state.jobs)
    assert ended(lane) == [(1, "printed"), (2, "printed"), (3, "printed")]


async def test_what_was_queued_before_a_cut_is_printed_after_it() -> None:
    lane, paper, prints = desk(before=after_a_sale())
    async with running(prints.run):
        await lane.until(lambda: not lane.state.jobs)
    assert len(paper.documents) == 1


async def test_what_was_half_printed_at_a_cut_is_not_sent_again() -> None:
    lane, paper, prints = desk(before=after_a_sale(e.PrintStarted(1)))
    async with running(prints.run):
        await lane.until(lambda: lane.state.jobs[1].state == "unknown")
        sells(lane)
        await lane.until(lambda: 2 not in lane.state.jobs)
    assert len(paper.documents) == 1
    assert lane.state.jobs[1].problem == "stopped"


async def test_a_person_who_found_no_receipt_gets_a_copy_with_its_card_slips() -> None:
    slip = CardSlip("customer", ("KORT",))
    till = Playbook()
    till.adds(MILK)
    till.pays_card(None, slip)
    lane, paper, prints = desk(before=(*till.history[1:], e.PrintStarted(1)))
    async with running(prints.run):
        await lane.until(lambda: lane.state.jobs[1].state == "unknown")
        prints.copy_of_job(1)
        await lane.until(lambda: not lane.state.jobs)
    assert lane.book.kinds()[-4:] == ["CopyWanted", "PrintEnded", "PrintStarted", "PrintEnded"]
    (document,) = paper.documents
    assert Text("COPY", align="center", bold=True, big=True) in document
    assert Text("KORT") in document


async def test_a_person_who_has_it_in_hand_drops_the_job() -> None:
    lane, paper, prints = desk(before=after_a_sale(e.PrintStarted(1), e.PrintEnded(1, "unknown")))
    prints.drop(1)
    assert lane.state.jobs == {}
    assert ended(lane)[-1] == (1, "dropped")
    assert paper.documents == []


async def test_only_what_certainly_did_not_print_may_be_tried_again() -> None:
    lane, paper, prints = desk(OUT_OF_PAPER)
    async with running(prints.run):
        sells(lane)
        await lane.until(lambda: len(ended(lane)) == 1)
        prints.again(1)
        await lane.until(lambda: not lane.state.jobs)
    assert ended(lane) == [(1, "not-printed"), (1, "printed")]
    assert len(paper.documents) == 2


@pytest.mark.parametrize("news", [(), (e.PrintStarted(1),), (e.PrintStarted(1), e.PrintEnded(1, "printed"))])
async def test_a_job_that_is_on_its_way_or_settled_is_left_alone(news: tuple[e.AnyEvent, ...]) -> None:
    lane, _, prints = desk(before=after_a_sale(*news))
    seq = lane.till.seq
    for person in (prints.again, prints.drop, prints.copy_of_job):
        with pytest.raises(SaleError) as refused:
            person(1)
        assert refused.value.reason is Reason.NO_SUCH_JOB
    assert lane.till.seq == seq


async def test_a_doubtful_receipt_is_not_tried_again_by_itself() -> None:
    lane, _, prints = desk(before=after_a_sale(e.PrintStarted(1), e.PrintEnded(1, "unknown")))
    with pytest.raises(SaleError):
        prints.again(1)
    prints.retry_where_well(lambda _: True)
    assert lane.state.jobs[1].state == "unknown"


async def test_a_printer_that_is_well_again_prints_what_waited() -> None:
    lane, paper, prints = desk(OUT_OF_PAPER)
    board = HealthBoard(lane.board, lane.changes)
    board.add("printer", "printer")
    board.tell("printer", Health(State.DOWN, Problem.PAPER_OUT))

    async with running(prints.run, lambda: retry_when_well(prints, board, lane.changes)):
        sells(lane)
        await lane.until(lambda: len(ended(lane)) == 1)
        assert len(paper.documents) == 1
        board.tell("printer", Health(State.OK))
        await lane.until(lambda: not lane.state.jobs)
    assert len(paper.documents) == 2


async def test_a_receipt_is_asked_for_again_and_says_copy() -> None:
    lane, paper, prints = desk()
    async with running(prints.run):
        sells(lane)
        await lane.until(lambda: not lane.state.jobs)
        assert lane.state.last is not None
        prints.copy(lane.state.last)
        await lane.until(lambda: not lane.state.jobs)
    assert [Text("COPY", align="center", bold=True, big=True) in document for document in paper.documents] == [
        False,
        True,
    ]
