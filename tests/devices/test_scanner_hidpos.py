"""The HID-POS scanner's driver on hidraw nodes under umockdev (evdev_bed.py)."""

import anyio
import msgspec
import pytest

from terminal.app.ports.device import Problem, State
from terminal.config.settings import ScannerHidPos
from tests.devices.evdev_bed import bed
from tests.devices.evdev_process import till
from tests.devices.hid_pos_reports import DESCRIPTOR, KEYBOARD, reports

pytestmark = pytest.mark.anyio

GTIN = "5701234567899"
SCANNER = ScannerHidPos(vendor=0x1EAB, product=0x1503)

OK = ["scanner", State.OK, Problem.NONE]
ALIKE = ["scanner", State.ATTENTION, Problem.ALIKE]
NOT_FOUND = ["scanner", State.DOWN, Problem.NOT_FOUND]
LOST = ["scanner", State.DOWN, Problem.LOST]


async def test_scans_come_through_whole_with_their_symbology() -> None:
    async with bed() as plugged:
        await plugged.plug_hidraw(0, KEYBOARD)
        node = await plugged.plug_hidraw(1, DESCRIPTOR, port="1-3")
        async with till(plugged, ScannerHidPos()) as desk:
            assert await desk.news() == OK
            gs1 = f"01{GTIN:0>14}10AB-12\x1d21{'7' * 60}"
            node.send(*reports(GTIN.encode()), *reports(gs1.encode(), b"]d2"))
            assert await desk.news() == ["scanner", "scan", f"]E0{GTIN}"]
            assert await desk.news() == ["scanner", "scan", f"]d2{gs1}"]


async def test_half_a_scan_and_garbage_are_told() -> None:
    async with bed() as plugged:
        node = await plugged.plug_hidraw(1, DESCRIPTOR)
        async with till(plugged, SCANNER) as desk:
            assert await desk.news() == OK
            node.send(reports(b"1" * 100)[0])
            assert (await desk.news())[:2] == ["scanner", "bad"]
            node.send(b"\x02\xff garbage")
            assert (await desk.news())[:2] == ["scanner", "bad"]
            assert await desk.news() == ["scanner", State.ATTENTION, Problem.GARBAGE]
            node.send(*reports(GTIN.encode()))
            assert await desk.news() == ["scanner", "scan", f"]E0{GTIN}"]
            assert await desk.news() == OK


async def test_pulled_out_and_back_under_another_path() -> None:
    async with bed() as plugged:
        node = await plugged.plug_hidraw(1, DESCRIPTOR)
        async with till(plugged, SCANNER) as desk:
            assert await desk.news() == OK
            node.send(reports(b"1" * 100)[0])
            node.unplug()
            assert [await desk.news(), await desk.news()] == [LOST, NOT_FOUND]
            node = await plugged.plug_hidraw(7, DESCRIPTOR, port="1-4")
            await plugged.say_added(node)
            assert await desk.news() == OK
            node.send(*reports(GTIN.encode()))
            assert await desk.news() == ["scanner", "scan", f"]E0{GTIN}"]


async def test_two_for_one_setting_are_told_and_the_first_works() -> None:
    async with bed() as plugged:
        node, other = [await plugged.plug_hidraw(number, DESCRIPTOR, port=f"1-{number}") for number in (1, 2)]
        async with till(plugged, SCANNER) as desk:
            assert [await desk.news(), await desk.news()] == [OK, ALIKE]
            node.send(*reports(GTIN.encode()))
            assert await desk.news() == ["scanner", "scan", f"]E0{GTIN}"]
            other.unplug()
            assert await desk.news() == OK


async def test_two_identical_scanners_stay_two() -> None:
    async with bed() as plugged:
        nodes = {each: await plugged.plug_hidraw(int(each), DESCRIPTOR, port=f"1-{each}", unique=each) for each in "12"}
        two = [msgspec.structs.replace(SCANNER, name=f"s{each}", unique=each) for each in nodes]
        async with till(plugged, *two) as desk:
            assert {(await desk.news())[1] for _ in two} == {State.OK}
            for first, second in zip(reports(b"1" * 100), reports(b"2" * 100), strict=True):
                nodes["1"].send(first)
                nodes["2"].send(second)
            found = sorted([await desk.news() for _ in two])
    assert found == [["s1", "scan", "]E0" + "1" * 100], ["s2", "scan", "]E0" + "2" * 100]]


async def test_one_that_another_till_reads() -> None:
    async with bed() as plugged:
        await plugged.plug_hidraw(1, DESCRIPTOR)
        async with till(plugged, SCANNER) as holder:
            assert await holder.news() == OK
            async with till(plugged, SCANNER) as desk:
                assert await desk.news() == ["scanner", State.DOWN, Problem.IN_USE]


@pytest.mark.parametrize(("path", "problem"), [("/dev/hidraw0", Problem.FAULT), ("/dev/hidraw9", Problem.NOT_FOUND)])
async def test_a_path_that_is_no_such_scanner(path: str, problem: Problem) -> None:
    async with bed() as plugged:
        await plugged.plug_hidraw(0, KEYBOARD)
        with anyio.fail_after(20):
            async with till(plugged, ScannerHidPos(path=path)) as desk:
                assert await desk.news() == ["scanner", State.DOWN, problem]
