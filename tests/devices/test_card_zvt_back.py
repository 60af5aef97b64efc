"""Money that goes back through a ZVT terminal, a tip on top, and the receipt id that is mirrored."""

import msgspec
import pytest

from terminal.domain.money import Amount
from terminal.domain.payment import (
    Acknowledged,
    Approved,
    CardSlip,
    Declined,
    OutcomeUnknown,
    PaymentIntent,
    PaymentResult,
)
from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import messages as m
from tests.devices.card_bench import (
    APPROVAL,
    INTENT,
    QUICK,
    QUICK_PACE,
    STOPPED,
    Peer,
    Till,
    Wire,
    driver,
    eventually,
    scripted,
    settled,
    simulator,
    status,
)

pytestmark = pytest.mark.anyio

REFUND = PaymentIntent(8, 4, Amount(5000), purpose="refund")
PAID = Approved(Amount(12500), trace="000042", receipt_number="0017")


def reversal_of(payment: PaymentResult) -> PaymentIntent:
    assert isinstance(payment, Approved)
    return PaymentIntent(9, 4, payment.amount, purpose="reverse", of=payment)


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_refund(wire: Wire) -> None:
    async with simulator(wire, auto=True) as sim:
        terminal, till = driver(sim.address), Till()
        moved: list[int] = []
        till.on_record = lambda _: moved.append(sim.moved)
        result = await till.pay(terminal, REFUND)

        assert isinstance(result, Approved)
        assert result.amount == 5000
        assert [type(each) for each in till.recorded] == [Approved, Acknowledged, CardSlip, CardSlip]
        assert moved == [0, 0, 0, 0]
        assert sim.moved == -5000
        assert [(move.amount, move.kind) for move in sim.ledger] == [(-5000, "refund")]


@pytest.mark.parametrize("wire", ["tcp", "pty"])
async def test_a_reversal(wire: Wire) -> None:
    async with simulator(wire, auto=True) as sim:
        terminal = driver(sim.address)
        paid = await Till().pay(terminal)
        till = Till()
        result = await till.pay(terminal, reversal_of(paid))

        assert isinstance(result, Approved)
        assert result.amount == 12500
        assert [type(each) for each in till.recorded] == [Approved, Acknowledged, CardSlip, CardSlip]
        assert [(move.amount, move.kind) for move in sim.ledger] == [(12500, "sale"), (-12500, "reversal")]


async def test_a_reversal_takes_the_tip_back_too() -> None:
    async with simulator(auto=True) as sim:
        terminal = driver(sim.address)
        await sim.press("tip", "1500")
        paid = await Till().pay(terminal)
        assert isinstance(paid, Approved)
        assert (paid.amount, paid.tip, sim.moved) == (12500, 1500, 14000)

        back = await Till().pay(terminal, reversal_of(paid))
        assert isinstance(back, Approved)
        assert (back.amount, back.tip, sim.moved) == (12500, 1500, 0)


async def test_a_payment_is_reversed_once() -> None:
    async with simulator(auto=True) as sim:
        terminal = driver(sim.address)
        paid = await Till().pay(terminal)
        await Till().pay(terminal, reversal_of(paid))

        assert await Till().pay(terminal, reversal_of(paid)) == Declined("declined", "B5")
        assert sim.moved == 0


async def test_a_reversal_of_what_has_no_number_does_not_leave() -> None:
    async with simulator() as sim:
        till = Till()
        result = await till.pay(driver(sim.address), reversal_of(Approved(Amount(12500))))

        assert isinstance(result, Declined)
        assert (result.reason, till.sent) == ("not-sent", 0)


@pytest.mark.parametrize("purpose", ["refund", "reverse"])
async def test_what_cannot_be_recorded_does_not_go_back(purpose: str) -> None:
    async with simulator(auto=True) as sim:
        terminal, till = driver(sim.address), Till()
        paid = await Till().pay(terminal)
        assert isinstance(paid, Approved)
        intent = REFUND if purpose == "refund" else reversal_of(paid)

        def full(news: Approved | CardSlip | Acknowledged) -> None:
            raise OSError("no space left")

        till.on_record = full
        with pytest.raises(OSError, match="no space left"):
            await till.pay(terminal, intent)

        assert await settled(terminal, None, paid, intent) == Declined("not-found", "6C")
        assert sim.moved == 12500


@pytest.mark.parametrize("purpose", ["refund", "reverse"])
@pytest.mark.parametrize("point", ["status-information", "print-customer", "completion"])
async def test_cut_off_it_is_asked_about(purpose: str, point: str) -> None:
    async with simulator(auto=True, pace=QUICK_PACE) as sim:
        paid, till = await Till().pay(driver(sim.address)), Till()
        assert isinstance(paid, Approved)
        intent = REFUND if purpose == "refund" else reversal_of(paid)
        sim.arm(point, "cut-before")
        assert isinstance(await till.pay(driver(sim.address, timing=QUICK), intent), OutcomeUnknown)

        end = await settled(driver(sim.address, timing=QUICK), till.approved, paid, intent)
        await eventually(lambda: all(move.state != "pending" for move in sim.moves))
        assert sim.moved == 12500 - (intent.amount if isinstance(end, Approved) else 0)
        assert isinstance(end, Approved) == (point == "completion")


@pytest.mark.parametrize("purpose", ["refund", "reverse"])
async def test_a_receipt_that_says_another_amount_is_in_doubt(purpose: str) -> None:
    async with simulator(auto=True) as sim:
        terminal, till = driver(sim.address), Till()
        paid = await Till().pay(terminal)
        assert isinstance(paid, Approved)
        intent = REFUND if purpose == "refund" else reversal_of(paid)
        await sim.press("receipt-wrong", "on")

        result = await till.pay(terminal, intent)

        assert isinstance(result, OutcomeUnknown)
        assert "receipt" in result.why
        assert till.slips == []
        assert await settled(terminal, till.approved, paid, intent) == Declined("reversed", "6C")
        assert sim.moved == 12500


async def test_a_receipt_that_said_another_amount_is_not_done_by_asking() -> None:
    """The terminal did not take back what was refused: a person has to look."""
    said = APPROVAL

    async def script(peer: Peer) -> None:
        await peer.registered()
        command = await peer.hear()
        await peer.send(m.Ack())
        if isinstance(command, m.RepeatReceipt):
            await peer.ask(said)
            await peer.ask(m.Completion())
            return
        await peer.ask(said)
        assert isinstance(await peer.ask(m.PrintLine(0x81, b"Total 126,00")), m.Nack)
        await peer.ask(m.Completion())

    async with scripted(script) as address:
        terminal, till = driver(address), Till()
        intent = PaymentIntent(9, 4, Amount(12500), purpose="reverse", of=PAID)
        assert isinstance(await till.pay(terminal, intent), OutcomeUnknown)
        result = await terminal.lookup(intent, known=till.approved, before=PAID)

    assert isinstance(result, OutcomeUnknown)
    assert "receipt" in result.why


WRONG: dict[str, tuple[PaymentIntent, m.StatusInformation]] = {
    "more than asked": (INTENT, status((b.RESULT, "00"), (b.AMOUNT, "000000012600"))),
    "a tip that does not explain it": (
        INTENT,
        status((b.RESULT, "00"), (b.AMOUNT, "000000014000"), objects="1F3606000000000100"),
    ),
    "a tip above all": (INTENT, status((b.RESULT, "00"), (b.AMOUNT, "000000001000"), objects="1F3606000000014000")),
    "a tip in no amount": (INTENT, status((b.RESULT, "00"), objects="1F3606000000001000")),
    "less goes back": (REFUND, status((b.RESULT, "00"), (b.AMOUNT, "000000004900"))),
    "another amount is reversed": (
        PaymentIntent(9, 4, Amount(12500), purpose="reverse", of=PAID),
        status((b.RESULT, "00"), (b.AMOUNT, "000000012400")),
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_an_amount_that_was_not_asked_is_in_doubt(name: str) -> None:
    intent, said = WRONG[name]
    answers: list[m.AnyMessage] = []

    async def script(peer: Peer) -> None:
        await peer.registered()
        await peer.hear()
        await peer.send(m.Ack())
        answers.append(await peer.ask(said))
        await peer.ask(STOPPED)
        await peer.ask(m.Abort(0x6C))

    async with scripted(script) as address:
        till = Till()
        assert isinstance(await till.pay(driver(address), intent), OutcomeUnknown)

    assert isinstance(answers[0], m.Nack)
    assert till.recorded == []


async def test_a_tip_with_less_than_asked() -> None:
    async with simulator(auto=True) as sim:
        await sim.press("partial", "5000")
        await sim.press("tip", "700")
        result = await Till().pay(driver(sim.address))

        assert isinstance(result, Approved)
        assert (result.amount, result.tip, sim.moved) == (5000, 700, 5700)


def approved(trace: int, receipt_id: str) -> m.StatusInformation:
    size = len(receipt_id) // 2
    return status(
        (b.RESULT, "00"),
        (b.AMOUNT, "000000012500"),
        (b.TRACE, f"{trace:06d}"),
        objects=f"1F1F{size:02X}{receipt_id}" if receipt_id else "",
    )


async def heard_ids(*said: m.StatusInformation, log_off: bool = False) -> list[bytes | None]:
    """Tag 1F1F of each command, when the terminal answers them with these."""
    heard: list[bytes | None] = []
    answers = list(said)

    async def script(peer: Peer) -> None:
        await peer.registered()
        command = await peer.hear()
        assert isinstance(command, m.Authorisation)
        heard.append(command.fields.objects.get(0x1F1F))
        answer = answers.pop(0)
        await peer.send(m.Ack())
        await peer.ask(answer)
        await peer.ask(m.Completion() if answer.result == 0 else m.Abort(answer.result))
        if log_off:
            assert isinstance(await peer.hear(), m.LogOff)
            await peer.send(m.Ack())

    async with scripted(script) as address:
        terminal = driver(address, log_off=log_off)
        for number in range(len(said)):
            await Till().pay(terminal, msgspec.structs.replace(INTENT, id=number + 1))
    return heard


async def test_the_last_receipt_id_is_mirrored() -> None:
    assert await heard_ids(approved(1, "00A7"), approved(2, "00A8"), STOPPED, approved(3, "00A9")) == [
        b"",
        b"\x00\xa7",
        b"\x00\xa8",
        b"\x00\xa8",
    ]


async def test_a_receipt_id_that_is_not_known_is_empty_and_never_zero() -> None:
    assert await heard_ids(approved(1, "00A7"), approved(2, ""), approved(3, "")) == [b"", b"\x00\xa7", b""]


async def test_a_till_that_shares_its_terminal_mirrors_nothing() -> None:
    assert await heard_ids(approved(1, "00A7"), approved(2, "00A8"), log_off=True) == [b"", b""]


async def test_after_a_restart_the_terminal_s_own_word_is_mirrored() -> None:
    async with simulator(auto=True) as sim:
        paid = await Till().pay(driver(sim.address))
        assert isinstance(paid, Approved)
        assert paid.reference == "0001"
        terminal = driver(sim.address)
        assert await terminal.lookup(INTENT, known=paid, before=None) == paid

        assert isinstance(await Till().pay(terminal, msgspec.structs.replace(INTENT, id=8)), Approved)
        assert sim.moved == 25000


async def test_one_behind_and_the_terminal_reverses() -> None:
    async with simulator(auto=True) as sim:
        first, second = driver(sim.address), driver(sim.address)
        await Till().pay(first)
        await Till().pay(second)
        await Till().pay(first)

        assert [move.state for move in sim.moves] == ["moved", "reversed", "moved"]


async def test_what_was_in_doubt_is_not_mirrored_unless_the_terminal_says_it() -> None:
    async with simulator(auto=True, pace=QUICK_PACE) as sim:
        terminal, till = driver(sim.address, timing=QUICK), Till()
        await Till().pay(terminal)
        sim.arm("completion", "cut-before")
        assert isinstance(await till.pay(terminal, msgspec.structs.replace(INTENT, id=8)), OutcomeUnknown)
        # Settled by a person: the terminal was never asked.
        assert isinstance(await Till().pay(terminal, msgspec.structs.replace(INTENT, id=9)), Approved)

        assert [move.state for move in sim.moves] == ["moved", "moved", "moved"]
