"""The bench over real HTTP, with the shipped printer at the other end."""

from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import pytest

from terminal.sim.bench import pages
from terminal.sim.bench.shelf import read
from terminal.sim.mobilepay import SimMobilePay
from terminal.sim.printer import SimPrinter
from terminal.sim.run import DEMO_ITEMS
from tests.sim.bench.client import connected, following, get, post, press, serving, until, view

pytestmark = pytest.mark.anyio

RECEIPT = b"\x1b@Torvets\nRugbr\x9bd  28,00\n\x1bp\x00\x3c\x78\n\x1dVA\x03"


async def print_out(printer: SimPrinter, data: bytes = RECEIPT) -> None:
    """As a till does: over the wire."""
    before = len(printer.receipts)
    host, _, port = printer.address.rpartition(":")
    async with await anyio.connect_tcp(host, int(port)) as wire:
        await wire.send(data)
        await until(lambda: len(printer.receipts) > before)


async def test_the_page_shows_items_with_their_codes_and_every_device() -> None:
    async with serving(SimPrinter(), shelf=read(DEMO_ITEMS), note="PIN <1234>") as bench:
        page = await get(bench)

    assert page.status == 200
    assert "Receipt printer" in page.text
    assert "PIN &lt;1234&gt;" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


async def test_a_receipt_is_there_as_text_and_as_picture() -> None:
    printer = SimPrinter()
    async with serving(printer) as bench:
        await print_out(printer)
        text = await get(bench, "/bench/printer/receipts/1.txt")
        picture = await get(bench, "/bench/printer/receipts/1.png")
        missing = await get(bench, "/bench/printer/receipts/2.png")

    assert text.text.splitlines()[0] == "Torvets"
    assert picture.headers["content-type"] == "image/png"
    assert picture.body == printer.receipts[0].png()
    assert missing.status == 404


async def test_a_receipt_that_goes_on_is_drawn_again() -> None:
    printer = SimPrinter()
    async with serving(printer) as bench:
        await print_out(printer, b"one line\n")
        first = await get(bench, "/bench/printer/receipts/1.png")
        host, _, port = printer.address.rpartition(":")
        async with await anyio.connect_tcp(host, int(port)) as wire:
            await wire.send(b"another line\n")
            await until(lambda: "another" in printer.receipts[0].text)
        second = await get(bench, "/bench/printer/receipts/1.png")

    assert first.body != second.body


async def test_a_pressed_control_reaches_the_simulator() -> None:
    async with serving(SimPrinter()) as bench:
        await press(bench, "printer", "paper-left", "7")
        shown = await view(bench, "printer")

    assert (shown["paper"], shown["lines_left"]) == ("low", 7)


async def test_a_browser_without_script_comes_back_to_the_page() -> None:
    async with serving(SimPrinter()) as bench:
        answer = await post(bench, "/bench/printer/paper-out", headers={"accept": "text/html,*/*"})

    assert (answer.status, answer.headers["location"]) == (303, "/")


async def test_what_is_wrong_is_said_in_a_sentence() -> None:
    async with serving(SimPrinter()) as bench:
        unknown = await post(bench, "/bench/printer/explode")
        bad = await post(bench, "/bench/printer/paper-left", {"argument": "many"})
        nobody = await post(bench, "/bench/nobody/paper-out")
        read_only = await post(bench, "/bench/state")

    assert (unknown.status, unknown.text) == (400, "the printer has no control 'explode'\n")
    assert (bad.status, bad.text[:25]) == (400, "paper-left wants a number")
    assert nobody.status == 404
    assert read_only.status == 405


async def test_a_fault_is_armed_at_what_can_be_spoilt() -> None:
    sim = SimMobilePay()
    wanted = {"point": "capture", "fault": "silence"}
    async with serving(sim, SimPrinter()) as bench:
        armed = await post(bench, "/bench/mobilepay/faults", wanted)
        nowhere = await post(bench, "/bench/mobilepay/faults", {**wanted, "point": "nowhere"})
        half = await post(bench, "/bench/mobilepay/faults", {"point": "capture"})
        printer = await post(bench, "/bench/printer/faults", wanted)
        page = await get(bench)

    assert (armed.status, sim.armed) == (204, {"capture": "silence"})
    assert (nowhere.status, nowhere.text[:14]) == (400, "a point is one")
    assert (half.status, printer.status) == (400, 400)
    assert "silence at capture, 0 struck" in page.text


async def test_the_stream_begins_with_everything_and_goes_on_with_what_changes() -> None:
    printer = SimPrinter()
    async with serving(printer) as bench, following(bench) as stream:
        first = await stream.event()
        await print_out(printer)
        fragment = await stream.until("view-printer", "Drawer open")
        await press(bench, "printer", "paper-out")
        keys = await stream.until("controls-printer", 'aria-pressed="true"')

    assert set(first) == {"view-printer", "controls-printer"}
    assert "120 ms on pin 2" in fragment
    assert "/bench/printer/receipts/1.png" in fragment
    assert "Take the paper out" in keys


async def test_a_stream_ends_when_the_bench_stops() -> None:
    async with AsyncExitStack() as later:
        async with serving(SimPrinter()) as bench:
            stream = await later.enter_async_context(connected(bench))
            await stream.event()
        await stream.end()


async def test_more_pages_than_a_bench_has_room_for_are_refused() -> None:
    async with serving(SimPrinter()) as bench:
        async with anyio.create_task_group() as tasks:
            opened: list[bool] = []

            async def follow() -> None:
                async with following(bench) as stream:
                    await stream.event()
                    opened.append(True)
                    await anyio.sleep_forever()

            for _ in range(16):
                tasks.start_soon(follow)
            await until(lambda: len(opened) == 16)
            refused = await get(bench, "/bench/events")
            tasks.cancel_scope.cancel()
        async with following(bench) as stream:
            await stream.event()

    assert refused.status == 503


async def test_the_page_fetches_nothing_from_elsewhere() -> None:
    async with serving(SimPrinter(), shelf=read(DEMO_ITEMS)) as bench:
        for path in ("/", "/static/bench.css", "/static/bench.js"):
            text = (await get(bench, path)).text
            assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), path
            assert 'src="//' not in text
            assert "@import" not in text


async def test_only_the_page_s_own_files_are_served() -> None:
    async with serving(SimPrinter()) as bench:
        for path in ("/static/../pages.py", "/static/..%2fpages.py", "/static/%00", "/static/bench.css/"):
            assert (await get(bench, path)).status == 404, path


def test_the_static_files_are_all_named() -> None:
    assert {file.name for file in (Path(pages.__file__).parent / "static").iterdir()} == set(pages._STATIC)
