"""Terminals that do what the simulator does not: nonsense, silence at a chosen moment, any cutting of the stream."""

from collections.abc import Awaitable, Callable
from functools import partial

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal.devices.card_zvt_wire import Timing
from terminal.domain.money import Amount
from terminal.domain.payment import Approved, CardSlip, Declined, OutcomeUnknown, PaymentResult, TerminalMessage
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import codec
from terminal.protocols.zvt import messages as m
from tests.devices.card_bench import APPROVAL, INTENT, PATIENT, QUICK, STOPPED, Peer, Till, driver, scripted, status

pytestmark = pytest.mark.anyio

WAIT = m.IntermediateStatus(0x17)

Script = Callable[[Peer], Awaitable[None]]


async def paid_at(script: Script, *, timing: Timing = PATIENT) -> tuple[Till, PaymentResult]:
    """Pay at a scripted terminal."""
    till = Till()
    async with scripted(script) as address:
        return till, await till.pay(driver(address, timing=timing))


# --- what the till says


async def test_the_till_s_words_in_order() -> None:
    heard: list[m.AnyMessage] = []

    async def script(peer: Peer) -> None:
        heard.append(await peer.hear())
        heard.append(await peer.ask(m.Ack(), m.Completion()))
        heard.append(await peer.hear())
        heard.append(await peer.ask(m.Ack(), WAIT))
        heard.append(await peer.ask(APPROVAL))
        heard.append(await peer.ask(m.PrintLine(0, b"one")))
        heard.append(await peer.ask(m.PrintLine(0x81, b"two")))
        heard.append(await peer.ask(m.Completion()))

    till, result = await paid_at(script)

    assert [type(message).__name__ for message in heard] == ["Registration", "Ack", "Authorisation"] + ["Ack"] * 5
    registration, command = heard[0], heard[2]
    assert isinstance(registration, m.Registration)
    assert (registration.config, registration.currency) == (0x9A, 208)
    assert isinstance(command, m.Authorisation)
    assert (command.fields.number(b.AMOUNT), command.fields.number(b.CURRENCY)) == (12500, 208)
    assert result == till.approved == Approved(Amount(12500), trace="000042", receipt_number="0017")
    assert till.slips == [CardSlip("unknown", ("one", "two"))]


@pytest.mark.parametrize("piece", [1, 2, 5, 1000])
async def test_any_cutting_of_the_stream(piece: int) -> None:
    async def script(peer: Peer) -> None:
        await peer.registered()
        await peer.hear()
        data = b"".join(codec.encode(message) for message in (m.Ack(), WAIT, APPROVAL))
        for at in range(0, len(data), piece):
            await peer.send_raw(data[at : at + piece])
            await anyio.lowlevel.checkpoint()
        assert await peer.hear() == m.Ack()
        assert await peer.hear() == m.Ack()
        await peer.ask(m.Completion())

    till, result = await paid_at(script)

    assert result == till.approved


async def test_a_slip_without_an_end_mark_is_recorded_before_the_completion_is_acknowledged() -> None:
    till = Till()
    recorded: list[int] = []

    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(APPROVAL)
        await peer.ask(m.PrintLine(0, b"text"))
        recorded.append(len(till.slips))
        await peer.ask(m.Completion())
        recorded.append(len(till.slips))

    async with scripted(script) as address:
        await till.pay(driver(address))

    assert recorded == [0, 1]


# --- refusals


@pytest.mark.parametrize(("code", "reason"), [(0x9C, "busy"), (0xA0, "busy"), (0x6B, "declined")])
async def test_a_payment_that_is_refused_at_once(code: int, reason: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.registered()
        await peer.hear()
        await peer.send(m.Nack(code))

    _, result = await paid_at(script)

    assert result == Declined(reason, f"{code:02X}")  # type: ignore[arg-type]


async def test_a_registration_that_is_refused() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        await peer.send(m.Nack(0x6F))

    till, result = await paid_at(script)

    assert result == Declined("not-sent", text="registration refused: wrong currency")
    assert till.sent == 0


async def test_a_second_try_of_the_pin() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(status((b.RESULT, "37")))
        await peer.ask(APPROVAL)
        await peer.ask(m.Completion())

    till, result = await paid_at(script)

    assert result == till.approved


async def test_an_approval_that_is_said_twice_is_recorded_once() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert [await peer.ask(APPROVAL), await peer.ask(APPROVAL)] == [m.Ack(), m.Ack()]
        await peer.ask(m.Completion())

    till, result = await paid_at(script)

    assert result == till.approved


async def test_a_refusal_ended_by_a_completion() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(status((b.RESULT, "05"), (b.TEXT, b"Nej".hex())))
        await peer.ask(m.Completion())

    _, result = await paid_at(script)

    assert result == Declined("declined", "05", "Nej")


async def test_what_the_till_cannot_do_is_refused_and_the_payment_goes_on() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert await peer.ask(m.Other(0x06D8, b"")) == m.Nack(0x83)
        assert await peer.ask(m.RegisterAbort()) == m.Nack(0x83)
        await peer.ask(APPROVAL)
        await peer.ask(m.Completion())

    till, result = await paid_at(script)

    assert result == till.approved


# --- doubt


async def test_taken_back_after_the_approval() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(APPROVAL)
        await peer.ask(m.Abort(0x6C))

    till, result = await paid_at(script)

    assert result == OutcomeUnknown("the terminal approved and then took it back")
    assert till.approved is not None


async def test_ended_without_a_word() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(m.Completion())

    _, result = await paid_at(script)

    assert result == OutcomeUnknown("the terminal ended the payment without saying how")


WRONG: dict[str, m.AnyMessage] = {
    "more than asked": status((b.RESULT, "00"), (b.AMOUNT, "000000012501")),
    "another currency": status((b.RESULT, "00"), (b.AMOUNT, "000000012500"), (b.CURRENCY, "0978")),
    "two amounts": status((b.RESULT, "00"), (b.AMOUNT, "000000012500"), (b.AMOUNT, "000000000500")),
    "no digits": status((b.RESULT, "00"), (b.AMOUNT, "0000000A2500")),
    "no result": status((b.AMOUNT, "000000012500")),
    "cut off": m.Other(0x040F, bytes.fromhex("27000400")),
}


@pytest.mark.parametrize("name", WRONG)
async def test_an_approval_of_something_else_is_refused(name: str) -> None:
    answers: list[m.AnyMessage] = []

    async def script(peer: Peer) -> None:
        await peer.paying()
        answers.append(await peer.ask(WRONG[name]))
        answers.append(await peer.ask(STOPPED))
        answers.append(await peer.ask(m.Abort(0x6C)))

    till, result = await paid_at(script)

    assert isinstance(result, OutcomeUnknown)
    assert till.recorded == []
    assert answers == [m.Nack(0x9A), m.Ack(), m.Ack()]


async def test_a_second_approval_of_another_payment_is_refused() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert await peer.ask(APPROVAL) == m.Ack()
        other = status((b.RESULT, "00"), (b.AMOUNT, "000000012500"), (b.TRACE, "000043"))
        assert await peer.ask(other) == m.Nack(0x9A)
        assert await peer.ask(APPROVAL) == m.Nack(0x9A)
        await peer.ask(m.Abort(0x6C))

    till, result = await paid_at(script)

    assert isinstance(result, OutcomeUnknown)
    assert till.approved is not None


# --- time-outs


async def test_t3_no_answer_to_the_command() -> None:
    heard: list[m.AnyMessage] = []

    async def script(peer: Peer) -> None:
        await peer.registered()
        heard.append(await peer.hear())
        heard.append(await peer.hear())

    till, result = await paid_at(script, timing=QUICK)

    assert result == OutcomeUnknown("no answer to the command in 0.3 s")
    assert till.sent == 1
    assert heard[1] == m.RegisterAbort(), "what nobody waits for must not go on"


async def test_t3_no_answer_to_the_registration() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()

    till, result = await paid_at(script, timing=QUICK)

    assert isinstance(result, Declined)
    assert (result.reason, till.sent) == ("not-sent", 0)


async def test_t4_the_terminal_stops_when_asked() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert await peer.hear() == m.RegisterAbort()
        await peer.ask(m.Ack(), STOPPED)
        await peer.ask(m.Abort(0x6C))

    _, result = await paid_at(script, timing=QUICK)

    assert result == Declined("timeout", "6C")


async def test_t4_the_terminal_goes_on_and_approves() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert await peer.hear() == m.RegisterAbort()
        await peer.ask(m.Nack(0x83), APPROVAL)
        await peer.ask(m.Completion())

    till, result = await paid_at(script, timing=QUICK)

    assert result == till.approved


async def test_t4_and_then_nothing() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        assert await peer.hear() == m.RegisterAbort()

    _, result = await paid_at(script, timing=QUICK)

    assert result == OutcomeUnknown("no end of the command in 0.6 s")


async def test_t4_begins_anew_with_each_sign_of_life() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        for _ in range(3):
            await anyio.sleep(0.5)
            await peer.ask(WAIT)
        await peer.ask(APPROVAL)
        await peer.ask(m.Completion())

    till, result = await paid_at(script, timing=Timing(t4=1.0))

    assert result == till.approved


async def test_the_terminal_may_ask_for_more_time() -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.ask(m.IntermediateStatus(0x17, 0x01))
        await anyio.sleep(1.2)
        await peer.ask(APPROVAL)
        await peer.ask(m.Completion())

    till, result = await paid_at(script, timing=Timing(t4=1.0))

    assert result == till.approved
    assert till.said == [TerminalMessage("17")]


async def test_the_80_00_was_lost_but_the_terminal_works() -> None:
    async def script(peer: Peer) -> None:
        await peer.registered()
        await peer.hear()
        await peer.ask(WAIT)
        await peer.ask(APPROVAL)
        await peer.ask(m.Completion())

    till, result = await paid_at(script)

    assert result == till.approved


# --- any bytes


async def _says_anything(data: bytes) -> None:
    async def script(peer: Peer) -> None:
        await peer.paying()
        await peer.send_raw(data)
        await peer.close()

    till, result = await paid_at(script)

    assert isinstance(result, OutcomeUnknown | Declined | Approved)
    if isinstance(result, Approved):
        assert result == till.approved


@given(st.binary(max_size=40) | st.binary(max_size=30).map(lambda data: b"\x04\x0f" + bytes((len(data),)) + data))
@settings(max_examples=40)
def test_any_bytes_end_in_a_result(data: bytes) -> None:
    anyio.run(partial(_says_anything, data))


# --- the enquiry


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (m.Nack(0x9C), "the terminal does not say: busy"),
        (m.Abort(0x83), "the terminal stopped the enquiry: not possible now"),
        (m.Completion(), "the terminal says nothing about its last transaction"),
    ],
)
async def test_an_enquiry_without_an_answer(answer: m.AnyMessage, why: str) -> None:
    async def script(peer: Peer) -> None:
        await peer.registered()
        enquiry = await peer.hear()
        assert isinstance(enquiry, m.RepeatReceipt)
        assert enquiry.fields.byte(b.SERVICE) == 0x03
        await peer.send(*([answer] if isinstance(answer, m.Nack) else [m.Ack(), answer]))

    async with scripted(script) as address:
        assert await driver(address).lookup(INTENT, known=None, before=None) == OutcomeUnknown(why)


async def test_an_enquiry_that_prints_all_the_same() -> None:
    async def script(peer: Peer) -> None:
        await peer.registered()
        await peer.hear()
        await peer.ask(m.Ack(), APPROVAL)
        assert await peer.ask(m.PrintLine(0x81, b"copy")) == m.Ack()
        await peer.ask(m.Completion())

    known = Approved(Amount(12500), trace="000042", receipt_number="0017")
    async with scripted(script) as address:
        assert await driver(address).lookup(INTENT, known=known, before=None) == known


async def test_an_enquiry_that_is_cut() -> None:
    async def script(peer: Peer) -> None:
        await peer.registered()
        await peer.hear()
        await peer.close()

    async with scripted(script) as address:
        result = await driver(address).lookup(INTENT, known=None, before=None)

    assert isinstance(result, OutcomeUnknown)
    assert result.why.endswith("the terminal closed the connection")


async def test_a_payment_from_another_life_is_refused_at_registration() -> None:
    async def script(peer: Peer) -> None:
        await peer.hear()
        assert await peer.ask(APPROVAL) == m.Nack(0xFF)
        assert await peer.ask(m.PrintLine(0x81, b"x")) == m.Nack(0xCC)
        await peer.ask(m.Abort(0x6C))

    till, result = await paid_at(script)

    assert result == Declined("not-sent", text="the terminal was still in another payment")
    assert till.recorded == []
