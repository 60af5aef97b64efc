"""The scale's driver on a pty, the simulated scale at its far end: every reading, every fault, and its way back."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from terminal.app.changes import Changes
from terminal.app.ports.device import Problem, State
from terminal.app.ports.scale import NoWeight, Weighing, Weight
from terminal.config.settings import ScaleCas, ScaleSettings, ScaleToledo
from terminal.devices.scale_serial import Pace, SerialScale
from terminal.protocols.cas import Cas
from terminal.protocols.toledo8217 import Toledo8217
from terminal.sim.scale import SimScale
from tests.devices.life import Life, living

pytestmark = pytest.mark.anyio

PROTOCOLS = ("toledo-8217", "cas")
PATIENCE = 20.0


QUICKLY = Pace(poll=0.05, quick=0.02, to_rest=1.0, lasts=0.5)
"""The driver's own patience is for a shop."""


def scale_of(settings: ScaleSettings) -> SerialScale:
    return SerialScale(settings, Toledo8217() if isinstance(settings, ScaleToledo) else Cas(), QUICKLY)


def settings_of(protocol: str, port: str) -> ScaleSettings:
    return ScaleToledo(port=port) if protocol == "toledo-8217" else ScaleCas(port=port)


class Counter:
    """A scale on a counter, its cable, the driver alive."""

    def __init__(self, sim: SimScale, driver: SerialScale, life: Life) -> None:
        self.sim, self.driver, self.life = sim, driver, life
        self.heard: list[Weighing] = []
        self._news = Changes()
        driver.follow(self._hear)

    def _hear(self, weighing: Weighing) -> None:
        self.heard.append(weighing)
        self._news.tell()

    async def put(self, grams: int) -> None:
        await self.sim.press("load", str(grams))

    async def weigh(self) -> Weighing:
        with anyio.fail_after(PATIENCE):
            return await self.driver.weigh()

    async def grams(self) -> int:
        weighing = await self.weigh()
        assert isinstance(weighing, Weight), weighing
        return weighing.grams

    async def problem(self) -> Problem:
        weighing = await self.weigh()
        assert isinstance(weighing, NoWeight), weighing
        return weighing.problem

    async def until(self, state: State, problem: Problem = Problem.NONE) -> None:
        with anyio.fail_after(PATIENCE):
            await self.life.until(state, problem)

    async def seen(self, *, grams: int = 0, problem: Problem = Problem.NONE) -> None:
        """Wait until the driver has read this by itself."""
        with anyio.fail_after(PATIENCE):
            version = -1
            while not any(_is(each, grams, problem) for each in self.heard):
                version = await self._news.wait(version)


def _is(weighing: Weighing, grams: int, problem: Problem) -> bool:
    return weighing.grams == grams if isinstance(weighing, Weight) else not grams and weighing.problem is problem


def real(link: str) -> Path:
    """Where the link leads."""
    return Path(link).resolve()


@pytest.fixture(params=PROTOCOLS)
async def counter(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Counter]:
    sim = SimScale(protocol=request.param, link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        driver = scale_of(settings_of(request.param, sim.address))
        async with living(driver) as life:
            counter = Counter(sim, driver, life)
            await counter.until(State.OK)
            yield counter
        tasks.cancel_scope.cancel()


async def test_what_lies_on_it_is_weighed(counter: Counter) -> None:
    for grams in (532, 1, 14_999):
        await counter.put(grams)
        assert await counter.grams() == grams


async def test_nothing_on_it_is_no_weight(counter: Counter) -> None:
    assert await counter.problem() is Problem.NONE


async def test_a_tare_is_taken_off_by_the_scale(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("tare", "32")

    assert await counter.grams() == 500


async def test_motion_is_waited_for(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("motion", "on")
    async with anyio.create_task_group() as tasks:

        async def rest() -> None:
            await anyio.sleep(0.3)
            await counter.sim.press("motion", "off")

        tasks.start_soon(rest)
        assert await counter.grams() == 532


async def test_motion_that_does_not_end_is_no_weight_and_then_a_fault(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("motion", "on")

    assert await counter.problem() is Problem.MOTION
    await counter.until(State.ATTENTION, Problem.MOTION)
    await counter.sim.press("motion", "off")
    await counter.until(State.OK)
    assert await counter.grams() == 532


async def test_overload_is_said_at_once(counter: Counter) -> None:
    await counter.put(15_001)

    assert await counter.problem() is Problem.OVERLOAD
    await counter.until(State.ATTENTION, Problem.OVERLOAD)
    await counter.put(100)
    await counter.until(State.OK)


async def test_below_zero_is_no_weight(counter: Counter) -> None:
    await counter.put(-120)

    assert await counter.problem() is Problem.UNDER_ZERO
    await counter.until(State.ATTENTION, Problem.UNDER_ZERO)
    await counter.put(0)
    await counter.until(State.OK)


async def test_a_lost_zero_has_a_name(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("not-zero", "on")

    # CAS has no word for it: the scale refuses to answer.
    expected = Problem.NOT_ZERO if counter.sim.view()["protocol"] == "toledo-8217" else Problem.FAULT
    assert await counter.problem() is expected
    await counter.sim.press("not-zero", "off")
    await counter.until(State.OK)
    assert await counter.grams() == 532


@pytest.mark.parametrize(
    ("fault", "problem"),
    [
        ("silence", Problem.NO_ANSWER),
        ("garbage", Problem.GARBAGE),
        ("half", Problem.GARBAGE),
        ("parity", Problem.GARBAGE),
    ],
)
async def test_a_scale_that_says_nothing_or_nonsense_is_down_and_comes_back(
    counter: Counter, fault: str, problem: Problem
) -> None:
    await counter.put(532)
    await counter.sim.press(fault, "on")

    if (fault, counter.sim.view()["protocol"]) == ("half", "cas"):
        problem = Problem.NO_ANSWER  # half of its first answer, one byte, is nothing
    assert await counter.problem() is problem
    await counter.until(State.DOWN, problem)
    await counter.sim.press(fault, "off")
    await counter.until(State.OK)
    assert await counter.grams() == 532


async def test_one_disturbed_answer_costs_no_weighing(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("garbage", "on")
    async with anyio.create_task_group() as tasks:

        async def heal() -> None:
            await anyio.sleep(0.1)
            await counter.sim.press("garbage", "off")

        tasks.start_soon(heal)
        assert await counter.grams() == 532


async def test_a_slow_scale_is_read_whole(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("slow", "15")

    assert await counter.grams() == 532


async def test_unplugged_it_is_lost_and_nobody_waits_for_it(counter: Counter) -> None:
    await counter.put(532)
    await counter.sim.press("motion", "on")
    async with anyio.create_task_group() as tasks:

        async def pull() -> None:
            await anyio.sleep(0.1)
            await counter.sim.press("unplug")

        tasks.start_soon(pull)
        assert await counter.problem() is Problem.LOST
    with anyio.fail_after(PATIENCE):
        assert await counter.life.end() is Problem.LOST
    assert await counter.problem() is Problem.LOST


@pytest.mark.parametrize("how", ["plug", "replug-elsewhere"])
async def test_it_comes_back_under_the_same_link(counter: Counter, how: str) -> None:
    await counter.put(532)
    before, version = real(counter.sim.address), counter.sim.version
    if how == "plug":
        await counter.sim.press("unplug")
    await counter.sim.press(how)
    with anyio.fail_after(PATIENCE):
        await counter.life.end()
    async with living(counter.driver) as life:
        counter.life = life
        await counter.until(State.OK)
        assert await counter.grams() == 532
    assert counter.sim.version > version
    assert how == "plug" or real(counter.sim.address) != before


async def test_a_scale_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    driver = scale_of(ScaleToledo(port=str(tmp_path / "port")))
    async with living(driver) as life, anyio.create_task_group() as tasks:
        sim = SimScale(link=tmp_path / "port")
        counter = Counter(sim, driver, life)
        await counter.until(State.DOWN, Problem.NOT_FOUND)
        assert await counter.problem() is Problem.NOT_FOUND

        await tasks.start(sim.serve)
        await counter.until(State.OK)
        tasks.cancel_scope.cancel()


async def test_the_same_load_has_the_same_number_until_it_was_another(counter: Counter) -> None:
    await counter.put(532)
    first = await counter.weigh()
    await counter.sim.press("motion", "on")
    await counter.seen(problem=Problem.MOTION)
    await counter.sim.press("motion", "off")
    await counter.put(534)
    again = await counter.weigh()
    counter.heard.clear()
    await counter.put(0)
    await counter.seen()
    await counter.put(532)
    emptied = await counter.weigh()
    await counter.put(700)
    changed = await counter.weigh()

    weights = [each for each in (first, again, emptied, changed) if isinstance(each, Weight)]
    assert [each.grams for each in weights] == [532, 534, 532, 700]
    assert [each.load - weights[0].load for each in weights] == [0, 0, 1, 2]


async def test_it_is_read_also_when_nobody_asks(counter: Counter) -> None:
    await counter.put(250)
    await counter.seen(grams=250)


async def test_many_who_ask_at_once_are_all_answered(counter: Counter) -> None:
    await counter.put(532)
    answers: list[int] = []

    async def ask() -> None:
        answers.append(await counter.grams())

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(ask)

    assert answers == [532] * 5
