"""DLE EOT: what a byte says, and that nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.escpos import status
from terminal.protocols.escpos.status import ErrorCause, OfflineCause, PaperState, PrinterState, Query

REPLIES = st.one_of(
    st.builds(PrinterState, st.booleans(), st.booleans()),
    st.builds(OfflineCause, st.booleans(), st.booleans(), st.booleans(), st.booleans()),
    st.builds(ErrorCause, st.booleans(), st.booleans(), st.booleans()),
    st.builds(PaperState, st.booleans(), st.booleans()),
)
QUERY_OF = {
    PrinterState: Query.PRINTER,
    OfflineCause: Query.OFFLINE,
    ErrorCause: Query.ERROR,
    PaperState: Query.PAPER,
}


@given(REPLIES)
def test_what_a_simulator_says_is_what_the_driver_hears(reply: status.Reply) -> None:
    byte = status.encode(reply)
    assert status.is_answer(byte)
    assert status.decode(QUERY_OF[type(reply)], byte) == reply


@pytest.mark.parametrize(
    ("query", "byte", "reply"),
    [
        (Query.PRINTER, 0x12, PrinterState()),
        (Query.PRINTER, 0x16, PrinterState(drawer_high=True)),
        (Query.PRINTER, 0x1A, PrinterState(offline=True)),
        (Query.OFFLINE, 0x16, OfflineCause(cover_open=True)),
        (Query.OFFLINE, 0x32, OfflineCause(paper_stop=True)),
        (Query.OFFLINE, 0x52, OfflineCause(error=True)),
        (Query.ERROR, 0x1A, ErrorCause(cutter=True)),
        (Query.ERROR, 0x52, ErrorCause(auto_recoverable=True)),
        (Query.PAPER, 0x1E, PaperState(near_end=True)),
        (Query.PAPER, 0x7E, PaperState(near_end=True, end=True)),
        (Query.PAPER, 0x16, PaperState(near_end=True)),
    ],
)
def test_bytes_of_real_printers(query: Query, byte: int, reply: status.Reply) -> None:
    assert status.decode(query, byte) == reply


@given(st.sampled_from(Query), st.integers(0, 255))
def test_every_byte_is_an_answer_or_refused(query: Query, byte: int) -> None:
    if status.is_answer(byte):
        assert QUERY_OF[type(status.decode(query, byte))] is query
    else:
        with pytest.raises(status.NotStatus):
            status.decode(query, byte)


@pytest.mark.parametrize("byte", [0x11, 0x13, 0x10, 0x14, 0x18, 0x00, 0x0F, 0x60, 0xFF])
def test_flow_control_and_an_automatic_status_are_no_answers(byte: int) -> None:
    assert not status.is_answer(byte)


def test_one_round_is_one_status() -> None:
    combined = status.combine([PrinterState(offline=True), OfflineCause(error=True), ErrorCause(cutter=True)])
    assert combined == status.Status(
        PrinterState(offline=True), OfflineCause(error=True), ErrorCause(cutter=True), PaperState()
    )
