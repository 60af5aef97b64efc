"""The simulated card terminal by itself: its wires, its controls, its memory. Payments are in tests/devices."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.abc
import pytest

from terminal.protocols.zvt import bitmaps as b
from terminal.protocols.zvt import codec, requests
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.apdu import ApduStream
from terminal.sim.card_zvt import SimCardTerminal
from terminal.sim.card_zvt_faults import BadFault, Fault, parse
from terminal.sim.card_zvt_ledger import Ledger
from terminal.sim.card_zvt_machine import Pace
from terminal.sim.simulator import UnknownControl

pytestmark = pytest.mark.anyio

REGISTER = requests.register("000000", 208)
PAY = requests.authorise(12500, 208)
COMMIT = m.Ack()


class Till:
    """A till by hand, over TCP."""

    def __init__(self, stream: anyio.abc.ByteStream) -> None:
        self._stream = stream
        self._frames = ApduStream()
        self._heard: list[m.AnyMessage] = []

    async def say(self, *messages: m.AnyMessage) -> None:
        """All in one segment."""
        await self._stream.send(b"".join(codec.encode(each) for each in messages))

    async def hear(self) -> m.AnyMessage:
        """The terminal's next message."""
        while not self._heard:
            self._heard += [codec.read(each) for each in self._frames.feed(await self._stream.receive())]
        return self._heard.pop(0)

    async def run(self, command: m.FromRegister, status: m.Ack | m.Nack = COMMIT) -> list[m.AnyMessage]:
        """One command to its end; `status` answers each status information."""
        await self.say(command)
        heard: list[m.AnyMessage] = []
        while not heard or not isinstance(heard[-1], m.Completion | m.Abort | m.Nack):
            heard.append(await self.hear())
            if isinstance(heard[-1], m.StatusInformation):
                await self.say(status)
            elif not isinstance(heard[-1], m.Ack | m.Nack):
                await self.say(m.Ack())
        return heard


@asynccontextmanager
async def terminal(**options: Any) -> AsyncIterator[SimCardTerminal]:
    sim = SimCardTerminal(**{"pace": Pace(pin=0.01, host=0.01, again=0.02), **options})
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            yield sim
            tasks.cancel_scope.cancel()


@asynccontextmanager
async def till_at(sim: SimCardTerminal) -> AsyncIterator[Till]:
    host, _, port = sim.address.rpartition(":")
    async with await anyio.connect_tcp(host, int(port)) as stream:
        yield Till(stream)


async def reached(sim: SimCardTerminal, state: str) -> None:
    while sim.view()["state"] != state:  # noqa: ASYNC110 (what the bench sees has no event)
        await anyio.sleep(0.005)


def kinds(heard: list[m.AnyMessage]) -> list[str]:
    return [type(each).__name__ for each in heard]


async def test_a_payment_as_the_text_has_it() -> None:
    at = datetime(2026, 3, 9, 8, 7, 6, tzinfo=UTC)
    async with terminal(auto_ms=0, now=lambda: at) as sim, till_at(sim) as till:
        assert kinds(await till.run(REGISTER)) == ["Ack", "Completion"]
        heard = await till.run(PAY)

        assert kinds(heard) == [
            "Ack",
            *["IntermediateStatus"] * 3,
            "StatusInformation",
            "PrintTextBlock",
            "PrintTextBlock",
            "Completion",
        ]
        status = heard[4]
        assert isinstance(status, m.StatusInformation)
        assert (status.result, status.amount, status.currency, status.when) == (0, 12500, 208, "0309 080706")
        assert status.receipt_id == b"\x00\x01"
        assert sim.moved == 12500


async def test_it_prints_line_by_line_for_a_till_that_does_not_ask_for_blocks() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(m.Registration("000000", requests.CONFIG, 208))
        heard = await till.run(PAY)

        lines = [each for each in heard if isinstance(each, m.PrintLine)]
        assert [line.attribute for line in lines].count(0x81) == 2
        assert sim.moved == 12500


@pytest.mark.parametrize(("config", "prints"), [(0x08, False), (0x8A, True), (0x0A, False)])
async def test_it_prints_where_the_config_byte_says(config: int, prints: bool) -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(requests.register("000000", 208, config=config))
        heard = kinds(await till.run(PAY))

        assert ("PrintTextBlock" in heard) == prints
        assert sim.moved == 12500


async def test_no_intermediate_status_unless_wanted() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(requests.register("000000", 208, config=0x82))

        assert "IntermediateStatus" not in kinds(await till.run(PAY))


async def test_unacknowledged_it_reverses_by_itself() -> None:
    async with terminal(auto_ms=0, pace=Pace(pin=0, host=0, t3=0.2)) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await till.say(PAY)
        while not isinstance(heard := await till.hear(), m.StatusInformation):
            if not isinstance(heard, m.Ack):
                await till.say(m.Ack())
        await reached(sim, "idle")

        assert [move.state for move in sim.moves] == ["reversed"]
        enquiry = await till.run(requests.enquire("000000"))
        assert isinstance(status := enquiry[1], m.StatusInformation)
        assert status.result == 0x6C


async def test_refused_it_reverses_and_says_so() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        heard = await till.run(PAY, status=m.Nack(0xFF))

        assert kinds(heard)[-2:] == ["StatusInformation", "Abort"]
        assert sim.moved == 0


async def test_84_00_is_a_yes_and_84_9c_asks_again() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await till.run(PAY, status=m.Nack(0x00))
        assert sim.moved == 12500

        heard = await till.run(PAY, status=m.Nack(0x9C))
        assert kinds(heard).count("StatusInformation") == 6  # five tries, and one that says that it is reversed
        assert sim.moved == 12500


async def test_what_it_refuses() -> None:
    async with terminal() as sim, till_at(sim) as till:
        assert await till.run(PAY) == [m.Nack(0x6B)]
        assert await till.run(requests.register("000000", 752)) == [m.Nack(0x6F)]
        await till.run(REGISTER)
        assert await till.run(requests.authorise(100, 752)) == [m.Nack(0x6F)]
        assert await till.run(requests.authorise(0, 208)) == [m.Nack(0xC8)]
        assert kinds(await till.run(requests.end_of_day("000000"))) == ["Ack", "IntermediateStatus", "Abort"]
        await till.say(m.LogOff())
        assert await till.hear() == m.Ack()
        assert await till.run(PAY) == [m.Nack(0x6B)]
        await till.say(m.RegisterAbort())
        assert await till.hear() == m.Ack()


async def test_less_is_approved_only_for_a_till_that_can_take_it() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await sim.press("partial", "5000")
        await till.run(m.Authorisation(b.Fields((b.packed(b.AMOUNT, 12500), b.packed(b.CURRENCY, 208)))))
        assert sim.moves == ()

        await sim.press("partial", "5000")
        await till.run(PAY)
        assert sim.moved == 5000


async def test_a_terminal_that_has_never_done_anything() -> None:
    async with terminal() as sim, till_at(sim) as till:
        await till.run(REGISTER)
        heard = await till.run(requests.enquire("000000"))

        assert isinstance(status := heard[1], m.StatusInformation)
        assert status.result == 0x83


async def test_repeat_receipt_prints_when_it_may() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await till.run(PAY)

        assert kinds(await till.run(m.RepeatReceipt("000000"))) == [
            "Ack",
            "PrintTextBlock",
            "PrintTextBlock",
            "Completion",
        ]
        assert kinds(await till.run(requests.enquire("000000"))) == ["Ack", "StatusInformation", "Completion"]
        assert kinds(await till.run(requests.status("000000"))) == ["Ack", "Completion"]


async def test_nobody_puts_a_card_in() -> None:
    async with terminal(pace=Pace(card_patience=0.05)) as sim, till_at(sim) as till:
        await till.run(REGISTER)

        assert (await till.run(PAY))[-1] == m.Abort(0x6C)


async def test_a_card_that_is_in_early_is_used_once() -> None:
    async with terminal() as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await sim.press("insert-card")
        await till.run(PAY)
        assert sim.moved == 12500

        await till.say(PAY)
        while sim.view()["state"] != "card":
            if not isinstance(await till.hear(), m.Ack):
                await till.say(m.Ack())
        await sim.press("cancel")


async def test_any_bytes_do_not_stop_it() -> None:
    async with terminal() as sim:
        host, _, port = sim.address.rpartition(":")
        for noise in (b"\x00" * 40, b"\x06\x01\xff\xff\xff", b"\x06\x00\x02\x12\x34", b"\xff" * 9):
            async with await anyio.connect_tcp(host, int(port)) as stream:
                await stream.send(noise)
        async with till_at(sim) as till:
            assert kinds(await till.run(REGISTER)) == ["Ack", "Completion"]


async def test_the_view_and_the_controls() -> None:
    async with terminal(auto_ms=0, language="en") as sim, till_at(sim) as till:
        before = sim.version
        await till.run(REGISTER)
        await till.run(PAY)
        await reached(sim, "idle")
        view = sim.view()

        assert sim.version > before
        assert view["display"] == "Ready"
        assert (view["moved"], view["state"], view["auto_ms"]) == (12500, "idle", 0)
        assert isinstance(payments := view["payments"], list)
        assert payments[0]["state"] == "moved"
        pressed = {control.name: control.pressed for control in sim.controls()}
        assert pressed["auto"]
        assert not pressed["power-off"]


@pytest.mark.parametrize(
    ("control", "argument"),
    [
        ("no-such", ""),
        ("partial", ""),
        ("partial", "0"),
        ("partial", "²"),
        ("auto", "-1"),
        ("auto", "soon"),
        ("silence", "perhaps"),
        ("noise", "many"),
        ("fault", "cut"),
        ("fault", "melt before 1"),
    ],
)
async def test_what_cannot_be_pressed(control: str, argument: str) -> None:
    with pytest.raises(UnknownControl):
        await SimCardTerminal().press(control, argument)


async def test_switches_turn_over() -> None:
    sim = SimCardTerminal()
    for control, word in (("silence", "silent"), ("auto", "auto_ms"), ("fault", "fault"), ("partial", "partial")):
        argument = {"fault": "cut before 1", "partial": "100"}.get(control, "")
        before = sim.view()[word]
        await sim.press(control, argument)
        assert sim.view()[word] != before
        await sim.press(control, "off")
        assert sim.view()[word] == before


async def test_power_off_and_on() -> None:
    async with terminal() as sim:
        async with till_at(sim) as till:
            await till.run(REGISTER)
            await sim.press("power-off")
            assert (sim.view()["power"], sim.view()["display"]) == (False, "")
            with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                await till.hear()
        with pytest.raises(OSError, match=r"."):
            async with till_at(sim):
                pass
        await sim.press("power-on")
        async with till_at(sim) as till:
            assert await till.run(PAY) == [m.Nack(0x6B)], "it has forgotten that it was registered"


async def test_a_pulled_cable_that_comes_back() -> None:
    async with terminal() as sim, till_at(sim) as till:
        await sim.press("pull-cable")
        await till.say(REGISTER)
        with anyio.move_on_after(0.1) as silence:
            await till.hear()
        assert silence.cancelled_caught
        await sim.press("plug-cable")
        assert await till.hear() == m.Ack()


def test_the_ledger_survives(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    ledger = Ledger(path)
    kept = ledger.approve(100, 208, at="0309 080706", card="Dankort")
    ledger.commit(kept)
    ledger.approve(250, 208, at="0309 080707", card="Dankort")
    ledger.decline(300, 208, 5, at="0309 080708", card="Dankort")

    again = Ledger(path)

    assert [(move.amount, move.state) for move in again.moves] == [(100, "moved"), (250, "reversed")]
    assert again.moved == 100
    assert again.last is not None
    assert (again.last.result, again.last.move.amount, again.last.move.trace) == (5, 300, 3)
    assert again.approve(1, 208, at="0309 080709", card="Dankort").trace == 4


def test_faults_by_their_words() -> None:
    assert parse("cut after 12") == Fault("cut", "after", 12)
    for words in (
        "",
        "cut",
        "cut after",
        "cut after x",
        "cut during 1",
        "melt after 1",
        "cut after 1 2",
        "cut after 99999",
    ):
        with pytest.raises(BadFault):
            parse(words)


async def test_the_day_is_closed_with_its_totals() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await till.run(PAY)
        await till.run(requests.refund("000000", 2500, 208))
        heard = await till.run(requests.end_of_day("000000"))

        assert kinds(heard) == ["Ack", "IntermediateStatus", "StatusInformation", "Completion"]
        status = heard[2]
        assert isinstance(status, m.StatusInformation)
        assert (status.result, status.amount) == (0, 10000)
        assert (status.fields.get(b.TOTALS) or b"")[:4].hex() == "00010002"
        assert kinds(await till.run(requests.end_of_day("000000"))) == ["Ack", "IntermediateStatus", "Abort"]
        assert sim.moved == 10000


async def test_a_reversal_after_the_day_was_closed_is_refused() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await till.run(REGISTER)
        await till.run(PAY)
        await till.run(requests.end_of_day("000000"))
        heard = await till.run(requests.reverse("000000", "0001", 12500, 208))

        assert heard[-1] == m.Abort(0xB5)
        assert sim.moved == 12500


async def test_the_bench_offers_the_faults() -> None:
    async with terminal(auto_ms=0) as sim, till_at(sim) as till:
        await sim.press("strike", "completion duplicate")
        await sim.press("strike", "print silence")
        assert sim.view()["armed"] == {"completion": "duplicate", "print": "silence"}
        await sim.press("heal")
        await sim.press("strike", "registration-ack duplicate")
        assert kinds(await till.run(REGISTER)) == ["Ack", "Ack", "Completion"]
        assert (sim.view()["armed"], sim.struck) == ({}, 1)
        for wrong in ("", "completion", "completion fire", "nowhere cut-after"):
            with pytest.raises(UnknownControl):
                await sim.press("strike", wrong)


async def test_a_clock_that_jumps_tells_of_yesterday_until_it_is_healed() -> None:
    at = datetime(2026, 3, 9, 8, 7, 6, tzinfo=UTC)
    async with terminal(auto_ms=0, now=lambda: at) as sim, till_at(sim) as till:
        sim.arm("registration", "clock-jump")
        await till.run(REGISTER)
        await till.run(PAY)
        sim.heal()
        await till.run(PAY)

        assert [move.at for move in sim.moves] == ["0308 080706", "0309 080706"]


async def test_power_off_by_a_fault_comes_back_by_itself() -> None:
    async with terminal(auto_ms=0) as sim:
        sim.off_s = 0.05
        sim.arm("registration", "power-off")
        async with till_at(sim) as till:
            with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                await till.run(REGISTER)
        while not sim.view()["power"]:  # noqa: ASYNC110 (what the bench sees has no event)
            await anyio.sleep(0.005)
        async with till_at(sim) as till:
            assert kinds(await till.run(REGISTER)) == ["Ack", "Completion"]
