"""The display's driver on a pty, the simulated display at its far end."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from terminal.app.ports.device import Problem, State
from terminal.config.settings import DisplayCd5220, DisplayEscpos, DisplaySettings
from terminal.devices.display_serial import SerialDisplay
from terminal.sim.display import SimDisplay
from tests.devices.life import Life, living

pytestmark = pytest.mark.anyio

PATIENCE = 20.0
OFTEN = 0.2
"""Seconds between two refreshes: a shop's display waits longer."""


class Pole:
    """A display on its pole, and the driver."""

    def __init__(self, sim: SimDisplay, driver: SerialDisplay, life: Life) -> None:
        self.sim, self.driver, self.life = sim, driver, life

    async def shows(self, top: str, bottom: str) -> None:
        """Wait until it does."""
        with anyio.fail_after(PATIENCE):
            while self.sim.text != (top.ljust(20), bottom.ljust(20)):  # noqa: ASYNC110 (the glass tells nobody)
                await anyio.sleep(0.01)


def settings_of(protocol: str, port: str) -> DisplaySettings:
    return DisplayCd5220(port=port) if protocol == "cd5220" else DisplayEscpos(port=port)


@pytest.fixture(params=["cd5220", "escpos-display"])
async def pole(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Pole]:
    sim = SimDisplay(protocol=request.param, link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        driver = SerialDisplay(settings_of(request.param, sim.address), OFTEN)
        async with living(driver) as life:
            with anyio.fail_after(PATIENCE):
                await life.until(State.UNKNOWN)
            yield Pole(sim, driver, life)
        tasks.cancel_scope.cancel()


async def test_an_amount_keeps_its_digits_beside_what_the_display_has_no_character_for(pole: Pole) -> None:
    pole.driver.show("Crème™ 5 dl    22,95", "Œuvre™ 2    1.122,95")
    top, bottom = pole.sim.text
    with anyio.fail_after(PATIENCE):
        while not bottom.strip():
            await anyio.sleep(0.01)
            top, bottom = pole.sim.text
    assert top.rstrip().endswith(" 22,95")
    assert bottom.endswith(" 1.122,95")


async def test_it_shows_what_it_is_given_and_the_newest_last(pole: Pole) -> None:
    pole.driver.show("Rugbrød", "22,95")
    pole.driver.show("Total", "122,95")
    await pole.shows("Total", "122,95")

    pole.driver.show("", "")
    await pole.shows("", "")
    assert pole.sim.view()["unknown_bytes"] == 0


async def test_long_lines_are_cut_and_characters_are_the_nearest(pole: Pole) -> None:
    pole.driver.show("Crème brûlée à la maison æøå", "Æblegrød … 5 € \x1bQA\n")

    is_cd = pole.sim.view()["protocol"] == "cd5220"
    await pole.shows("Crème brûlée à la ma", "Æblegrod . 5 E QA" if is_cd else "Æblegrød ... 5 € QA")


@pytest.mark.parametrize("fault", ["power-off", "garbage"])
async def test_after_its_power_was_off_or_noise_it_shows_the_present_text_again(pole: Pole, fault: str) -> None:
    pole.driver.show("Rugbrød", "22,95")
    top = "Rugbrod" if pole.sim.view()["protocol"] == "cd5220" else "Rugbrød"
    await pole.shows(top, "22,95")

    await pole.sim.press(fault)
    assert pole.sim.text[0] != top.ljust(20)
    await pole.sim.press("power-on")
    await pole.shows(top, "22,95")


async def test_unplugged_it_is_lost_and_shows_the_present_text_when_it_is_back(pole: Pole) -> None:
    pole.driver.show("Before", "1")
    await pole.shows("Before", "1")
    await pole.sim.press("unplug")
    with anyio.fail_after(PATIENCE):
        assert await pole.life.end() is Problem.LOST
    pole.driver.show("While it was away", "2")

    await pole.sim.press("plug")
    async with living(pole.driver) as life:
        with anyio.fail_after(PATIENCE):
            await life.until(State.UNKNOWN)
        await pole.shows("While it was away", "2")


async def test_one_that_takes_no_bytes_is_said_and_holds_nobody_up(pole: Pole) -> None:
    await pole.sim.press("silence", "on")
    async with anyio.create_task_group() as tasks:

        async def chatter() -> None:
            number = 0
            while True:
                number += 1
                pole.driver.show(str(number), "")
                await anyio.sleep(0.001)

        tasks.start_soon(chatter)
        with anyio.fail_after(PATIENCE):
            assert await pole.life.end() is Problem.NO_ANSWER
        tasks.cancel_scope.cancel()


async def test_one_that_is_not_there_is_waited_for(tmp_path: Path) -> None:
    driver = SerialDisplay(DisplayCd5220(port=str(tmp_path / "port")), OFTEN)
    driver.show("Hello", "")
    async with living(driver) as life, anyio.create_task_group() as tasks:
        with anyio.fail_after(PATIENCE):
            await life.until(State.DOWN, Problem.NOT_FOUND)
        sim = SimDisplay(link=tmp_path / "port")
        await tasks.start(sim.serve)
        await Pole(sim, driver, life).shows("Hello", "")
        tasks.cancel_scope.cancel()


async def test_a_cd5220_that_is_told_its_table_shows_every_danish_letter(tmp_path: Path) -> None:
    sim = SimDisplay(link=tmp_path / "port")
    async with anyio.create_task_group() as tasks:
        await tasks.start(sim.serve)
        driver = SerialDisplay(DisplayCd5220(port=sim.address, codepage="CP850", table=2), OFTEN)
        driver.show("ÆØÅ æøå", "é")
        async with living(driver) as life:
            await Pole(sim, driver, life).shows("ÆØÅ æøå", "é")
        tasks.cancel_scope.cancel()
