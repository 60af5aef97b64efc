"""Asking a printer how it is, and what the answer means for a person.

Some printers answer nothing, some hang up when asked (settings: status = false). No answer is never a good one.
"""

import anyio
import msgspec

from terminal.app.ports.device import Health, Problem, State
from terminal.protocols.escpos import status as dle
from terminal.protocols.escpos.status import Query

from .printer_wire import Wire


class Answer(msgspec.Struct, frozen=True):
    """What a round of questions brought."""

    status: dle.Status = dle.Status()
    complete: bool = False
    """False: the printer was silent to one of the questions; what it said before still counts."""
    garbage: bool = False
    """It said something that no printer says: another speed, or no printer at all."""
    drawer_high: bool | None = None
    """Level of pin 3 of the drawer's socket; None: it did not say."""


async def ask(wire: Wire, *, patience: float) -> Answer:
    """DLE EOT 1, 2 and 4, and 3 when there is an error. `patience` is in seconds, for each answer.

    The time counts from when the printer has taken what was sent before.
    The answers carry no number, so after one that did not come nothing more is asked on this wire: a late one
    would be taken for the next. Raises DeviceError when the wire fails.
    """
    replies: list[dle.Reply] = []
    if not wire.answers:
        return Answer()
    for query in (Query.PRINTER, Query.OFFLINE, Query.PAPER, Query.ERROR):
        if query is Query.ERROR and not dle.combine(replies).offline.error:
            break
        wire.discard_input()
        await wire.send(dle.question(query), stall=patience)
        try:
            reply = await _reply_in_time(wire, query, patience)
        except _Garbage:
            return _answer(replies, complete=False, garbage=True)
        if reply is None:
            return _answer(replies, complete=False)
        replies.append(reply)
    return _answer(replies, complete=True)


def _answer(replies: list[dle.Reply], *, complete: bool, garbage: bool = False) -> Answer:
    high = next((reply.drawer_high for reply in replies if isinstance(reply, dle.PrinterState)), None)
    return Answer(dle.combine(replies), complete, garbage, high)


async def worked_through(wire: Wire, *, patience: float, limit: float) -> bool:
    """Whether the printer comes to the GS r at the end of a job within `limit` seconds.

    It is asked meanwhile why it should have stopped, so that a person hears of the paper at once: then False, too.
    `patience` is between two such questions, in seconds. Raises DeviceError when the wire fails.
    """
    automatic = 0
    with anyio.move_on_after(limit):
        while True:
            with anyio.move_on_after(patience):
                for byte in await wire.receive():
                    if automatic:
                        automatic -= 1
                    elif dle.is_answer(byte):
                        if hindrance(Answer(dle.combine([dle.decode(Query.OFFLINE, byte)]))) is not Problem.NONE:
                            return False
                    elif dle.begins_automatic(byte):
                        automatic = 3
                    elif dle.is_in_order(byte):
                        return True
                continue
            await wire.send(dle.question(Query.OFFLINE), stall=patience)
    return False


class _Garbage(Exception):
    """Something came that no printer says."""


async def _reply_in_time(wire: Wire, query: Query, patience: float) -> dle.Reply | None:
    left = wire.queued()
    while True:
        with anyio.move_on_after(patience):
            return await _reply(wire, query)
        before, left = left, wire.queued()
        if not left < before:
            return None


async def _reply(wire: Wire, query: Query) -> dle.Reply:
    """The first byte that can be an answer; an automatic status and XON in between are passed over. Raises _Garbage."""
    while True:
        for byte in await wire.receive():
            if dle.is_garbage(byte):
                raise _Garbage
            if dle.is_answer(byte):
                return dle.decode(query, byte)


def health_of(answer: Answer) -> Health:
    """The printer's state in a person's terms; the first thing to put right is the one that is named.

    The cover before the paper: with the cover open most printers see no paper either.
    """
    problem = hindrance(answer)
    if problem is not Problem.NONE:
        return Health(State.DOWN, problem, _SENTENCE[problem])
    if not answer.complete:
        return Health(State.UNKNOWN, Problem.NO_ANSWER, "It does not answer when it is asked how it is.")
    if answer.status.paper.near_end:
        return Health(State.ATTENTION, Problem.PAPER_LOW, _SENTENCE[Problem.PAPER_LOW])
    return Health(State.OK)


def hindrance(answer: Answer) -> Problem:
    """Why it will not print what it is sent; NONE when it said nothing against it."""
    status = answer.status
    found = (
        (answer.garbage, Problem.GARBAGE),
        (status.offline.cover_open, Problem.COVER_OPEN),
        (status.error.cutter, Problem.CUTTER),
        (status.error.auto_recoverable, Problem.OVERHEATED),
        (status.error.unrecoverable or status.offline.error, Problem.FAULT),
        (status.paper.end or status.offline.paper_stop, Problem.PAPER_OUT),
        (status.printer.offline, Problem.OFFLINE),
    )
    return next((problem for is_so, problem in found if is_so), Problem.NONE)


_SENTENCE = {
    Problem.GARBAGE: "It answers what no printer says: its speed may be another one.",
    Problem.NO_ANSWER: "It does not answer, and it should.",
    Problem.COVER_OPEN: "Its cover is open.",
    Problem.CUTTER: "Its cutter is stuck.",
    Problem.OVERHEATED: "Its print head is too hot.",
    Problem.FAULT: "It reports an error that it does not recover from.",
    Problem.PAPER_OUT: "It is out of paper.",
    Problem.OFFLINE: "It is offline and does not say why.",
    Problem.PAPER_LOW: "Its paper is nearly at the end.",
}


def sentence(problem: Problem) -> str:
    """The English sentence for what `hindrance` gave."""
    return _SENTENCE[problem]
