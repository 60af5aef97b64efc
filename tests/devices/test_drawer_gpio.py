"""The drawer on a GPIO pin: gpiozero's own simulated pins stand for the header."""

import itertools
import os
from pathlib import Path
from typing import Any

import anyio
import pytest
from gpiozero.pins.mock import MockFactory  # type: ignore[import-untyped]

from terminal.app.ports.device import DeviceError, Health, Problem, State
from terminal.app.ports.printer import NotPrinted, Printed, PrintUnknown
from terminal.config.settings import DrawerGpio
from terminal.devices import gpio_chip
from terminal.devices.drawer_gpio import LONGEST_PULSE_MS, GpioDrawer
from tests.devices.life import living

pytestmark = pytest.mark.anyio

SETTINGS = DrawerGpio(pin=17, pulse_ms=50, cool_down_ms=500)


def pulses(pins: Any, pin: int = 17) -> list[tuple[bool, float]]:
    """(level, seconds it lasted) of the pin's changes; the last lasts until now and is left out."""
    states = pins.pin(pin).states
    return [(a.state, b.timestamp) for a, b in itertools.pairwise(states)]


async def test_one_opening_is_one_pulse_of_its_length() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(SETTINGS, factory=lambda: pins)
    async with living(drawer) as life:
        await life.until(State.OK)
        assert await drawer.open() == Printed(confirmed=False)
        (rest, _), (on, seconds) = pulses(pins)
        assert (rest, on) == (False, True)
        assert seconds >= 0.05
        assert drawer.last_pulse_ms <= LONGEST_PULSE_MS


async def test_active_low_rests_high() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(DrawerGpio(pin=27, active_high=False, pulse_ms=50, cool_down_ms=500), factory=lambda: pins)
    async with living(drawer) as life:
        await life.until(State.OK)
        assert pins.pin(27).state
        await drawer.open()
        assert pins.pin(27).state
        assert [state for state, _ in pulses(pins, 27)] == [False, True, False]


async def test_the_coil_cools_down_between_two_pulses() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(SETTINGS, factory=lambda: pins)
    async with living(drawer) as life:
        await life.until(State.OK)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drawer.open)
            tasks.start_soon(drawer.open)
        assert [state for state, _ in pulses(pins)] == [False, True, False, True]
        assert pulses(pins)[2][1] >= 0.5


async def test_a_long_cool_down_refuses_instead_of_opening_much_later() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(DrawerGpio(pulse_ms=50, cool_down_ms=60_000), factory=lambda: pins)
    async with living(drawer) as life:
        await life.until(State.OK)
        assert await drawer.open() == Printed(confirmed=False)
        outcome = await drawer.open()
        assert isinstance(outcome, NotPrinted)
        assert outcome.problem is Problem.BUSY
        assert [state for state, _ in pulses(pins)] == [False, True]


async def test_a_cancelled_opening_still_lets_the_coil_go() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(DrawerGpio(pulse_ms=100), factory=lambda: pins)
    async with living(drawer) as life:
        await life.until(State.OK)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drawer.open)
            while not pins.pin(17).state:  # noqa: ASYNC110 - the pin tells nobody
                await anyio.sleep(0.001)
            tasks.cancel_scope.cancel()
        assert not pins.pin(17).state
        assert [state for state, _ in pulses(pins)] == [False, True]
        assert drawer.last_pulse_ms >= 100


async def test_no_pulse_before_it_lives_and_after() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(SETTINGS, factory=lambda: pins)
    assert isinstance(await drawer.open(), NotPrinted)
    async with living(drawer) as life:
        await life.until(State.OK)
    outcome = await drawer.open()
    assert isinstance(outcome, NotPrinted)


async def test_a_pin_that_cannot_be_had_is_told_with_the_reason() -> None:
    def no_chip() -> Any:
        raise DeviceError(Problem.NOT_FOUND, "no GPIO chip")

    drawer = GpioDrawer(SETTINGS, factory=no_chip)
    async with living(drawer) as life:
        assert await life.end() is Problem.NOT_FOUND
    assert await drawer.open() == NotPrinted(Problem.NOT_FOUND, "no GPIO chip")

    pins = MockFactory()
    taken = GpioDrawer(SETTINGS, factory=lambda: pins)
    async with living(taken) as first:
        await first.until(State.OK)
        second = GpioDrawer(SETTINGS, factory=lambda: pins)
        async with living(second) as life:
            assert await life.end() is Problem.FAULT


async def test_a_pin_that_fails_in_the_pulse_is_unknown_and_ends_the_life() -> None:
    pins = MockFactory()
    drawer = GpioDrawer(SETTINGS, factory=lambda: pins)
    async with living(drawer) as life:
        await life.until(State.OK)
        pins.pin(17).function = "input"  # from now on gpiozero refuses to set it
        outcome = await drawer.open()
        assert isinstance(outcome, PrintUnknown)
        assert outcome.problem is Problem.FAULT
        assert await life.end() is Problem.FAULT
    assert life.told == [Health(State.OK)]


@pytest.mark.parametrize(
    ("labels", "chip"),
    [
        ({0: "pinctrl-bcm2835", 1: "raspberrypi-exp-gpio"}, 0),
        ({0: "raspberrypi-exp-gpio", 4: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"}, 4),
        ({0: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"}, 0),
        ({1: "pinctrl-bcm2711", 0: "raspberrypi-exp-gpio"}, 1),
    ],
)
def test_the_headers_chip_is_found_by_its_label(labels: dict[int, str], chip: int) -> None:
    assert gpio_chip.choose(labels) == chip


def test_a_board_without_the_header_is_told_what_it_has() -> None:
    with pytest.raises(DeviceError, match="INT3450") as caught:
        gpio_chip.choose({0: "INT3450:00"})
    assert caught.value.problem is Problem.NOT_FOUND


def test_loading_lgpio_leaves_the_current_folder_alone() -> None:
    before, listing = Path.cwd(), sorted(os.listdir())  # noqa: PTH208 - names alone
    assert gpio_chip.load_lgpio().__name__ == "lgpio"
    assert (Path.cwd(), sorted(os.listdir())) == (before, listing)  # noqa: PTH208
