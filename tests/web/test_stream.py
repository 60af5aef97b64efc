"""The event stream: what comes, in which order, and to whom."""

import anyio
import anyio.abc
import httpx
import pytest

from terminal.domain import commands as c
from terminal.domain.item import Item
from terminal.domain.money import Amount
from terminal.web.look import Look, Shared
from terminal.web.regions import TILL_REGIONS
from terminal.web.screens import MAX_SCREENS, Screens
from terminal.web.stream import MAX_STREAMS, Sent, event
from tests.web.client import PATIENCE, Screen
from tests.web.shop import Shop

pytestmark = pytest.mark.anyio

BREAD, MILK = "5700000010010", "5700000020019"


def names(chunk: bytes) -> list[str]:
    return [line[7:] for line in chunk.decode().splitlines() if line.startswith("event: ")]


def stream_of(shop: Shop) -> Sent:
    screen, _ = Screens("da").of({}, 0)
    return Sent(Shared(shop.parts), screen, TILL_REGIONS, "1")


def test_the_line_goes_out_alone_and_first(closed_shop: Shop) -> None:
    sent = stream_of(closed_shop)
    assert b"".join(sent.due())
    closed_shop.scan(BREAD)
    first, rest = sent.due()
    assert names(first) == ["lines"]
    assert b"Rugbr" in first
    assert {"finish", "badges", "sound"} <= set(names(rest))


def test_another_view_goes_out_with_what_it_shows_and_first(closed_shop: Shop) -> None:
    sent = stream_of(closed_shop)
    closed_shop.scan(BREAD)
    list(sent.due())
    closed_shop.parts.till.do(c.PayCash(Amount(10_000)))
    first, rest = sent.due()
    assert names(first) == ["change", "view"]
    assert b'"view":"change"' in first
    assert {"lines", "finish"} <= set(names(rest))
    closed_shop.scan(BREAD)
    first, rest = sent.due()
    assert names(first) == ["lines", "view"]
    assert b'"view":"sale"' in first
    assert {"change", "finish"} <= set(names(rest))


def test_nothing_new_sends_nothing(closed_shop: Shop) -> None:
    sent = stream_of(closed_shop)
    assert list(sent.due())
    closed_shop.parts.changes.tell()
    assert list(sent.due()) == []


def test_the_item_grid_is_not_sent_with_a_scan(closed_shop: Shop) -> None:
    sent = stream_of(closed_shop)
    list(sent.due())
    closed_shop.scan(BREAD)
    assert not {"right", "devices", "search", "dialog"} & {name for chunk in sent.due() for name in names(chunk)}


def test_many_changes_between_two_looks_are_one(closed_shop: Shop) -> None:
    sent = stream_of(closed_shop)
    list(sent.due())
    for code in (BREAD, MILK, MILK, BREAD):
        closed_shop.scan(code)
    assert [name for chunk in sent.due() for name in names(chunk)].count("lines") == 1


def test_a_region_drawn_from_what_was_sent_is_as_drawn_afresh(closed_shop: Shop) -> None:
    """What is kept between two draws (rows, inputs) never shows: the same state gives the same page."""
    shared = Shared(closed_shop.parts)
    screen, _ = Screens("da").of({}, 0)
    till = closed_shop.parts.till
    for step in (BREAD, MILK, MILK, "5700000050016", c.Undo(), BREAD, c.RemoveLine(1), c.ParkSale("x"), MILK):
        closed_shop.scan(step) if isinstance(step, str) else till.do(step)
        kept = TILL_REGIONS[0].draw(Look(shared, screen))
        screen.rows = {}
        assert kept == TILL_REGIONS[0].draw(Look(shared, screen))


def test_an_event_is_one_line_of_data_whatever_the_html_holds() -> None:
    assert event("lines", 'a\n\nevent: evil\r\n"æ') == (
        'event: lines\ndata: "a\\n\\nevent: evil\\r\\n\\"æ"\n\n'.encode()
    )


def test_names_of_items_are_text_and_never_markup(closed_shop: Shop) -> None:
    evil = Item("9", "<script>alert(1)</script>&\"'", Amount(100))
    closed_shop.parts.till.do(c.AddItem(evil))
    html = b"".join(stream_of(closed_shop).due()).decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#34;&#39;" in html


async def test_the_stream_says_hello_with_the_pages_version(shop: Shop, screen: Screen) -> None:
    page = (await screen.http.get("/till")).text
    assert f'data-version="{screen.regions["hello"]}"' in page


async def test_more_streams_than_there_may_be_are_refused(shop: Shop, screen: Screen) -> None:
    async def follow(*, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        async with httpx.AsyncClient(base_url=shop.address) as http, http.stream("GET", "/till/stream") as answer:
            assert answer.status_code == 200
            task_status.started()
            await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        for _ in range(MAX_STREAMS - 1):
            await tasks.start(follow)
        async with httpx.AsyncClient(base_url=shop.address) as http:
            full = await http.get("/till/stream")
        assert (full.status_code, full.text) == (503, "For mange skærme er åbne. Luk en.")
        tasks.cancel_scope.cancel()
    async with httpx.AsyncClient(base_url=shop.address) as http:
        with anyio.fail_after(PATIENCE):
            while True:
                async with http.stream("GET", "/till/stream") as answer:
                    if answer.status_code == 200:
                        break
                await anyio.sleep(0.05)


async def test_the_status_page_follows_too(shop: Shop) -> None:
    async with (
        httpx.AsyncClient(base_url=shop.address, timeout=PATIENCE) as http,
        http.stream("GET", "/status/stream") as answer,
    ):
        lines = answer.aiter_lines()
        with anyio.fail_after(PATIENCE):
            async for line in lines:
                if line == "event: st-receipt":
                    break
            shop.scan(BREAD)
            async for line in lines:
                if line == "event: st-journal":
                    break


def test_screens_used_longest_ago_are_forgotten() -> None:
    screens = Screens("da")
    first, name = screens.of({}, 0)
    first.change(words="kept")
    for _ in range(MAX_SCREENS - 1):
        screens.of({}, 0)
        assert screens.of({"kasse-screen": name}, 0)[0] is first
    for _ in range(MAX_SCREENS):
        screens.of({}, 0)
    again, new = screens.of({"kasse-screen": name}, 0)
    assert (again.ui.words, new) == ("", "")


async def test_a_screen_that_somebody_watches_is_kept_however_many_programs_come(shop: Shop, screen: Screen) -> None:
    """A check of the devices each minute, all night: the till's own screen answers the first touch of the morning."""
    async with httpx.AsyncClient(base_url=shop.address, headers={"sec-fetch-site": "same-origin"}) as http:
        for _ in range(MAX_SCREENS + 1):
            http.cookies.clear()
            assert (await http.post("/devices/look")).status_code == 204
    await screen.touch("/till/open", dialog="more")
    await screen.shows("dialog", "/devices")


async def test_a_touch_of_the_devices_page_elsewhere_does_not_let_items_be_sold_behind_a_dialog(
    shop: Shop, screen: Screen
) -> None:
    await screen.touch("/till/open", dialog="more")
    await screen.shows("dialog", "/devices")
    async with httpx.AsyncClient(base_url=shop.address, headers={"sec-fetch-site": "same-origin"}) as http:
        assert (await http.post("/devices/look")).status_code == 204
    shop.scan(BREAD)
    assert shop.parts.till.state.sale is None
