"""The switch of a drawer on a pin: gpiozero's own simulated pins stand for the header."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest
from gpiozero import DigitalInputDevice  # type: ignore[import-untyped]
from gpiozero.pins.mock import MockFactory, MockPin  # type: ignore[import-untyped]

from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.config.settings import DrawerGpio
from terminal.devices.drawer_gpio import GpioDrawer
from terminal.devices.gpio_library import chip_factory
from tests.devices.drawer_bed import ROOT, Bed
from tests.devices.life import living

pytestmark = pytest.mark.anyio

News = list[bool | None]


def with_switch(**more: Any) -> DrawerGpio:
    return DrawerGpio(**{"sense_pin": 27, "cool_down_ms": 500, "debounce_ms": 20, **more})


def a_drawer(folder: Path, pins: Any, settings: DrawerGpio) -> tuple[GpioDrawer, News]:
    drawer, news = GpioDrawer(settings, pins=Bed(folder, pins)), News()
    drawer.on_sense(news.append)
    return drawer, news


async def moves(pins: Any, *, high: bool) -> None:
    """The drawer moves."""
    pin = pins.pin(27)
    await anyio.to_thread.run_sync(pin.drive_high if high else pin.drive_low)


async def heard(news: News, wanted: News) -> None:
    with anyio.fail_after(20):
        while news[: len(wanted)] != wanted:  # noqa: ASYNC110 - the list tells nobody
            await anyio.sleep(0.005)


@pytest.mark.parametrize("open_high", [True, False])
@pytest.mark.parametrize("pull", ["up", "down", "none"])
async def test_the_switch_tells_at_the_start_and_at_every_change(tmp_path: Path, pull: str, open_high: bool) -> None:
    pins = MockFactory()
    if pull == "none":
        pins.pin(27).drive_high()
    drawer, news = a_drawer(tmp_path, pins, with_switch(sense_pull=pull, sense_open_high=open_high))
    starts_high = pull != "down"
    at_first = starts_high is open_high
    async with living(drawer):
        await heard(news, [at_first])
        assert pins.pin(27).pull == {"up": "up", "down": "down", "none": "floating"}[pull]
        await moves(pins, high=not starts_high)
        await heard(news, [at_first, not at_first])
        assert await drawer.look() is (not at_first)
        await moves(pins, high=starts_high)
        await heard(news, [at_first, not at_first, at_first])
    assert news == [at_first, not at_first, at_first, None]
    assert await drawer.look() is None


async def test_a_switch_that_bounces_changes_once(tmp_path: Path) -> None:
    pins = MockFactory()
    drawer, news = a_drawer(tmp_path, pins, with_switch(debounce_ms=500))
    async with living(drawer):
        await heard(news, [True])
        for _ in range(5):
            await moves(pins, high=False)
            await anyio.sleep(0.01)
            await moves(pins, high=True)
            await anyio.sleep(0.01)
        await moves(pins, high=False)
        await heard(news, [True, False])
    assert news == [True, False, None]


class TornOut(MockPin):  # type: ignore[misc]
    """A pin whose chip can be torn out."""

    gone = False

    def _get_state(self) -> Any:
        if self.gone:
            raise OSError(19, "No such device")
        return super()._get_state()


async def test_a_switch_that_is_gone_ends_the_life_and_the_next_life_has_it_again(tmp_path: Path) -> None:
    pins = MockFactory(pin_class=TornOut)
    drawer, news = a_drawer(tmp_path, pins, with_switch())
    async with living(drawer) as life:
        await heard(news, [True])
        pins.pin(27).gone = True
        await moves(pins, high=False)
        assert await life.end() is Problem.LOST
    assert news == [True, None]
    assert life.told == [Health(State.OK)]
    async with living(drawer):
        await heard(news, [True, None, True])
        await moves(pins, high=False)
        await heard(news, [True, None, True, False])


async def test_a_pin_that_somebody_else_reads_is_told_so(tmp_path: Path) -> None:
    pins = MockFactory()
    other = DigitalInputDevice(27, pin_factory=pins)
    drawer, news = a_drawer(tmp_path, pins, with_switch())
    async with living(drawer) as life:
        assert await life.end() is Problem.IN_USE
    other.close()
    assert news == []


async def test_a_pull_that_the_board_cannot_give_is_told_with_the_pin(tmp_path: Path) -> None:
    """GPIO2 has a resistor on the board that pulls it up."""
    drawer, _ = a_drawer(tmp_path, MockFactory(), with_switch(sense_pin=2, sense_pull="down"))
    async with living(drawer) as life:
        assert await life.end() is Problem.FAULT
    assert "GPIO2" in str(life.ended)


# The library


@pytest.mark.parametrize("chip", ["/dev/null", "/dev/gpiochip99"])
def test_what_is_no_chip_is_told_so_and_nothing_else_taken_instead(chip: str) -> None:
    with pytest.raises(DeviceError, match=chip) as caught:
        chip_factory(chip)
    assert caught.value.problem is Problem.NOT_FOUND


LOAD = """
import os, sys
from terminal.devices import drawer_gpio
assert not {"gpiozero", "lgpio"} & set(sys.modules), "loaded before it is needed"
from terminal.devices.gpio_library import load_lgpio
assert load_lgpio().__name__ == "lgpio"
print(os.getcwd())
"""


@pytest.mark.parametrize("told", [True, False], ids=["LG_WD", "none"])
def test_lgpio_is_loaded_late_and_leaves_the_current_folder_alone(tmp_path: Path, told: bool) -> None:
    current, work, temporary = (tmp_path / name for name in ("current", "work", "temporary"))
    for folder in (current, work, temporary):
        folder.mkdir()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    if told:
        environment["LG_WD"] = str(work)
    said = subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=current,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert said.stdout.strip() == str(current)
    assert os.listdir(current) == os.listdir(temporary) == []  # noqa: PTH208 - names alone
    assert os.listdir(work) == ([".lgd-nfy0"] if told else [])  # noqa: PTH208
