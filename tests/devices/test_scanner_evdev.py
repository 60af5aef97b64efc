"""The keyboard wedge's driver on event nodes.

The build machines' kernel has no input devices, so that the driver runs in a process of its own under Debian's umockdev
(evdev_till.py), and the devices are made by evdev_bed.py.
"""

from itertools import zip_longest
from pathlib import Path

import anyio
import msgspec
import pytest

from terminal.app.ports.device import Problem, State
from terminal.config.settings import ScannerEvdev
from terminal.devices.scanner_evdev import EvdevScanner
from terminal.protocols.keymap import LAYOUTS, keystrokes
from terminal.protocols.keymap import keycodes as k
from terminal.protocols.wedge import Typing
from terminal.sim.wedge_keys import WedgeKeys
from tests.devices.evdev_bed import bed
from tests.devices.evdev_process import process, till
from tests.devices.evdev_till import Settled
from tests.devices.scanner_till import powerless, scanner_till

pytestmark = pytest.mark.anyio

DATA = Path(__file__).parent / "data"
GTIN = "5701234567899"
WEDGE = ScannerEvdev(vendor=0x1EAB, product=0x1503)

OK = ["scanner", State.OK, Problem.NONE]
NOT_FOUND = ["scanner", State.DOWN, Problem.NOT_FOUND]
LOST = ["scanner", State.DOWN, Problem.LOST]
IN_USE = ["scanner", State.DOWN, Problem.IN_USE]


async def test_a_recorded_stream_reads_as_what_was_scanned() -> None:
    """Written from the HID usage tables and the kernel's hid-input, and not from our own."""
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            node.play(DATA / "wedge.evemu")

            for text in (
                GTIN,
                f"]d201{GTIN:0>14}1726123110AB12\x1d21S-9",
                f"https://example.dk/01/{GTIN:0>14}/10/AB12?17=261231",
            ):
                assert await desk.news() == ["scanner", "scan", text]


async def test_every_node_of_the_scanner_is_grabbed_and_read_and_no_other() -> None:
    async with bed() as plugged:
        keys = await plugged.plug(3)
        media = await plugged.plug(4, interface=1)
        stranger = await plugged.plug(5, port="1-3", unique="another")
        async with till(plugged, msgspec.structs.replace(WEDGE, path="/dev/input/event3")) as desk:
            assert await desk.news() == OK
            assert keys.holder
            assert media.holder
            assert stranger.holder is None

            keys.type("57")
            media.send([(k.EV_KEY, 115, k.DOWN), (k.EV_SYN, 0, 0), (k.EV_KEY, 115, k.UP), (k.EV_SYN, 0, 0)])
            keys.type("01\r")
            assert await desk.news() == ["scanner", "scan", "5701"]
            media.type("73513537\r")
            assert await desk.news() == ["scanner", "scan", "73513537"]


async def test_keys_that_come_while_the_till_is_busy_are_not_lost() -> None:
    """As with a commit on a slow card: the kernel keeps ten keys of a scanner."""
    link = f"https://example.dk/01/{GTIN:0>14}/10/AB12"
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            busy = plugged.folder / "busy"
            busy.touch()
            with anyio.fail_after(20):
                await node.type_as_read(f"{GTIN}\r{link}\r{GTIN}\r")
            busy.unlink()

            for text in (GTIN, link, GTIN):
                assert await desk.news() == ["scanner", "scan", text]


async def test_a_node_that_comes_late_is_grabbed_with_the_others() -> None:
    async with bed() as plugged, till(plugged, WEDGE) as desk:
        assert await desk.news() == NOT_FOUND
        keys = await plugged.plug(3)
        await plugged.say_added(keys)
        media = await plugged.plug(4, interface=1)

        assert await desk.news() == OK
        assert keys.holder
        assert media.holder


async def test_a_scanner_by_the_name_udev_gives_it() -> None:
    async with bed() as plugged:
        node = await plugged.plug(3)
        node.also("input/by-id/usb-A_scanner-event-kbd")
        async with till(plugged, ScannerEvdev(path="/dev/input/by-id/usb-A_scanner-event-kbd")) as desk:
            assert await desk.news() == OK
            node.type(f"{GTIN}\r")
            assert await desk.news() == ["scanner", "scan", GTIN]


async def test_two_identical_scanners_told_apart_by_their_numbers() -> None:
    async with bed() as plugged:
        one, other = await plugged.plug(3, unique="A1"), await plugged.plug(5, port="1-3", unique="A2")
        two = [msgspec.structs.replace(WEDGE, name=name, unique=name.upper()) for name in ("a1", "a2")]
        async with till(plugged, *two) as desk:
            assert {(await desk.news())[1] for _ in two} == {State.OK}
            for event, another in zip_longest(keystrokes("LeFT-1\r"), keystrokes("rIgHt2\r")):
                one.send([event] if event else [])
                other.send([another] if another else [])
            found = sorted([await desk.news() for _ in two])

    assert found == [["a1", "scan", "LeFT-1"], ["a2", "scan", "rIgHt2"]]


async def test_two_identical_scanners_without_numbers_serve_two() -> None:
    async with bed() as plugged:
        nodes = {"0": await plugged.plug(3), "1": await plugged.plug(5, port="1-3")}
        names = {"scanner", "two"}
        async with till(plugged, *[msgspec.structs.replace(WEDGE, name=name) for name in names]) as desk:
            assert sorted([await desk.news() for _ in names]) == [OK, ["two", State.OK, Problem.NONE]]
            for text, node in nodes.items():
                node.type(f"{text}\r")
            found = [await desk.news() for _ in names]
            assert {name for name, _, _ in found} == names
            assert {text for _, _, text in found} == set(nodes)

            # The one that is left stays where it is, and the other is missed and not said to be in use.
            name, _, text = found[0]
            nodes[text].unplug()
            assert await desk.news() == [name, State.DOWN, Problem.LOST]
            assert await desk.news() == [name, State.DOWN, Problem.NOT_FOUND]
            await plugged.plug(3 if text == "0" else 5, port="1-4")
            assert await desk.news() == [name, State.OK, Problem.NONE]


async def test_two_for_one_setting_are_told_and_the_first_works() -> None:
    """Also when the second one comes later: it is what somebody holds in their hand wondering."""
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            other = await plugged.plug(5, port="1-3")
            assert await desk.news() == ["scanner", State.ATTENTION, Problem.ALIKE]
            node.type("1\r")
            assert await desk.news() == ["scanner", "scan", "1"]
            other.unplug()
            assert await desk.news() == OK


async def test_a_key_that_the_layout_does_not_have_asks_for_calibration() -> None:
    """A Danish scanner's @ is AltGr and 2, which is nothing on an American keyboard."""
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            node.type("a@b\r", "dk")
            assert (await desk.news())[:2] == ["scanner", "bad"]
            assert await desk.news() == ["scanner", State.ATTENTION, Problem.LAYOUT]
            node.type("ab\r", "dk")
            assert await desk.news() == ["scanner", "scan", "ab"]
            assert await desk.news() == OK


async def test_a_key_that_sticks_is_told_once_and_its_end() -> None:
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            repeats = [(k.EV_KEY, k.KEY_LEFTSHIFT, k.REPEAT), (k.EV_SYN, 0, 1)] * 200
            node.send([(k.EV_KEY, k.KEY_LEFTSHIFT, k.DOWN), (k.EV_SYN, 0, 0), *repeats])
            assert await desk.news() == ["scanner", State.ATTENTION, Problem.STUCK]
            node.send([(k.EV_KEY, k.KEY_LEFTSHIFT, k.UP), (k.EV_SYN, 0, 0)])
            assert await desk.news() == OK
            node.type("a\r")
            assert await desk.news() == ["scanner", "scan", "a"]


async def test_product_codes_on_every_layout() -> None:
    """Digits, GS1 with its separator, and a Digital Link, by ten scanners on one till."""
    texts = (GTIN, f"]d201{GTIN:0>14}10AB-12\x1d21X", f"https://id.example.dk/01/{GTIN:0>14}?17=261231&x=(a)")
    settings = [msgspec.structs.replace(WEDGE, name=each, layout=each, unique=each) for each in LAYOUTS]
    async with bed() as plugged:
        nodes = [await plugged.plug(number, port=f"1-{number}", unique=each) for number, each in enumerate(LAYOUTS, 3)]
        async with till(plugged, *settings) as desk:
            assert {(await desk.news())[1] for _ in LAYOUTS} == {State.OK}
            for node, layout in zip(nodes, LAYOUTS, strict=True):
                for text in texts:
                    node.type(f"{text}\r", layout)
                    assert await desk.news() == [layout, "scan", text]


async def test_a_simulated_wedge_with_all_its_faults() -> None:
    """The bench's own wedge, its keys on these nodes: prefix, half a scan, garbage, stuck key, another port."""
    sim = WedgeKeys(seed=1)
    sim.press("layout", "fr")
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, msgspec.structs.replace(WEDGE, layout="fr")) as desk:
            assert await desk.news() == OK
            sim.press("prefix", "]E0")
            node.send(sim.scan(GTIN))
            assert await desk.news() == ["scanner", "scan", f"]E0{GTIN}"]
            node.send(sim.press("half", GTIN))
            assert (await desk.news())[:2] == ["scanner", "bad"]
            node.send(sim.press("garbage", ""))
            while (await desk.news())[1] not in ("bad", "scan"):
                pass
            node.send(sim.press("stuck", ""))
            while await desk.news() != ["scanner", State.ATTENTION, Problem.STUCK]:
                pass
            node.unplug()
            while await desk.news() != NOT_FOUND:
                pass
            node = await plugged.plug(9, port="1-4")
            assert await desk.news() == OK
            node.send(sim.scan(GTIN))
            assert await desk.news() == ["scanner", "scan", f"]E0{GTIN}"]


async def test_a_scanner_that_another_program_holds() -> None:
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as holder:
            assert await holder.news() == OK
            async with till(plugged, WEDGE) as desk:
                assert await desk.news() == IN_USE
                node.type("1\r")
                assert await holder.news() == ["scanner", "scan", "1"]


async def test_pulled_out_with_keys_down_and_back_as_another_node() -> None:
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            node.type("half of it")
            node.send([(k.EV_KEY, k.KEY_LEFTSHIFT, k.DOWN), (k.EV_SYN, 0, 0)])
            node.unplug()
            assert [await desk.news(), await desk.news()] == [LOST, NOT_FOUND]

            node = await plugged.plug(12)
            assert await desk.news() == OK
            node.type("whole\r")
            assert await desk.news() == ["scanner", "scan", "whole"]


async def test_a_scanner_that_sends_no_suffix() -> None:
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, msgspec.structs.replace(WEDGE, suffix="none")) as desk:
            assert await desk.news() == OK
            for text in ("5701", "5702"):
                node.type(text)
                assert await desk.news() == ["scanner", "scan", text]


async def test_keys_that_the_kernel_lost_are_told() -> None:
    async with bed() as plugged:
        node = await plugged.plug(3)
        async with till(plugged, WEDGE) as desk:
            assert await desk.news() == OK
            node.type("57")
            node.send([(k.EV_SYN, k.SYN_DROPPED, 0), (k.EV_SYN, 0, 0)])
            node.type("01\r5702\r")
            assert (await desk.news())[:2] == ["scanner", "bad"]
            assert await desk.news() == ["scanner", "scan", "5702"]


async def test_udev_tells_when_it_is_plugged_in() -> None:
    async with bed() as plugged, process(plugged, "tests.devices.hotplug_probe") as waiting:
        assert await waiting.news() == ["looking"]
        node = await plugged.plug(3)
        await plugged.say_added(node)
        assert [await waiting.news(), await waiting.news()] == [["looking"], ["there"]]


# --- what is there and can be no scanner


async def health_of(settings: ScannerEvdev) -> tuple[State, Problem]:
    """The first that a driver in this process tells."""
    with scanner_till() as desk:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(desk.live, EvdevScanner(settings, desk.on_scan, Settled(settings.name, Typing())))
            health = await desk.health()
            tasks.cancel_scope.cancel()
        return health


@pytest.mark.parametrize(
    ("path", "problem"),
    [("/dev/null", Problem.FAULT), ("/etc/hostname", Problem.FAULT), ("/dev/input/none", Problem.NOT_FOUND)],
)
async def test_a_path_that_is_no_scanner(path: str, problem: Problem) -> None:
    assert await health_of(ScannerEvdev(path=path)) == (State.DOWN, problem)


async def test_settings_that_name_no_scanner() -> None:
    assert await health_of(ScannerEvdev()) == (State.DOWN, Problem.NOT_FOUND)


async def test_a_scanner_that_may_not_be_used(tmp_path: Path) -> None:
    with powerless(tmp_path):
        assert await health_of(ScannerEvdev(path=str(tmp_path / "event3"))) == (State.DOWN, Problem.NO_PERMISSION)
