"""The counter from end to end: the shipped till, a scale and a customer display at the far ends of ptys, no browser.

What the scale shows goes into the journal once, and what the till has done stands on the display, through unplugging,
a power cut at the display, and `kill -9`.
"""

import http.client
import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from terminal.bench.daemon import Daemon
from terminal.bench.shop import PATIENCE, Screen, Shop, far_ends, post
from terminal.domain import events as e
from terminal.store.journal import FILE

from .lane import until

DEVICES = """
[scale]
driver = "toledo-8217"
port = "{sim}/scale"

[display]
driver = "cd5220"
port = "{sim}/display"
idle = ["Velkommen", ""]

"""
TOMATOES, RYE = "3001", "5700000010010"


class Counter:
    """The till, and what lies and stands around it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.till = ExitStack()
        self.daemon = self.till.enter_context(Daemon(shop.settings))

    def touch(self, path: str, **form: str) -> bool:
        return post(f"127.0.0.1:{self.shop.port}", path, form)

    def press(self, simulator: str, control: str, argument: str = "") -> None:
        self.shop.press(simulator, control, argument)

    def view(self, simulator: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self.shop.bench, timeout=PATIENCE)
        connection.request("GET", "/bench/state")
        view: dict[str, Any] = json.loads(connection.getresponse().read())["simulators"][simulator]["view"]
        connection.close()
        return view

    def shows(self, top: str, bottom: str) -> None:
        wanted = [top.ljust(20), bottom.ljust(20)]
        until(lambda: self.view("display")["display"] == wanted, f"{wanted} on the display")

    def put(self, grams: int) -> None:
        """On the scale, and wait until it has come to rest."""
        self.press("scale", "load", str(grams))
        until(lambda: "~" not in self.view("scale")["display"][0], "rest")

    @property
    def weights(self) -> list[tuple[int, str]]:
        """Grams and their origin of every line in the journal."""
        with sqlite3.connect(f"file:{self.shop.settings.parent / 'data' / FILE}?mode=ro", uri=True) as journal:
            bodies = [body for (body,) in journal.execute("SELECT body FROM journal ORDER BY seq")]
        events = [msgspec.json.decode(body, type=e.AnyEvent) for body in bodies]
        return [
            (line.quantity, line.weighed) for each in events if isinstance(each, e.LineAdded) for line in each.lines
        ]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with far_ends(tmp_path, settings=DEVICES.format(sim=tmp_path / "sim")) as shop:
        counter = Counter(shop)
        with counter.till:
            yield counter


def test_weights_from_the_scale_and_the_display_through_every_interruption(counter: Counter) -> None:
    counter.shows("     Velkommen", "")
    counter.put(532)
    counter.touch("/till/add", sku=TOMATOES)
    counter.shows("0,532kg Tomate 15,93", "I alt          15,93")

    # The same load is not sold twice by itself; another one is.
    counter.touch("/till/add", sku=TOMATOES)
    counter.put(1250)
    counter.touch("/till/close")
    counter.touch("/till/add", sku=TOMATOES)
    counter.shows("1,250kg Tomate 37,44", "I alt          53,37")

    # Out and in under another number of the kernel's, while pieces are sold.
    counter.press("scale", "unplug")
    counter.press("display", "unplug")
    counter.press("scanner", "scan", RYE)
    counter.press("display", "plug")
    counter.shows("Rugbrod med ke 28,00", "I alt          81,37")
    counter.press("scale", "replug-elsewhere")
    counter.put(100)
    until(lambda: _is_weighed(counter), "the scale is back")
    counter.shows("0,100kg Tomater 3,00", "I alt          84,37")

    counter.press("display", "power-off")
    counter.press("display", "power-on")
    counter.shows("0,100kg Tomater 3,00", "I alt          84,37")

    counter.daemon.process.kill()
    counter.daemon.process.wait()
    with Daemon(counter.shop.settings):
        counter.shows("0,100kg Tomater 3,00", "I alt          84,37")
        # By hand, in the dialog that an empty scale opens.
        counter.put(0)
        with Screen(counter.shop) as screen:
            screen.post("/till/add", sku=TOMATOES)
            screen.wait_for(b"/till/weigh-again")
            screen.post("/till/weigh", sku=TOMATOES, grams="250")
        counter.shows("0,250kg Tomater 7,49", "I alt          91,86")
        counter.touch("/till/pay", sale="1")
        counter.shows("At betale", "               91,86")
        counter.touch("/till/cash", sale="1", amount="10000")
        counter.shows("I alt          92,00", "Byttepenge      8,00")
    assert counter.weights == [(532, "scale"), (1250, "scale"), (1000, ""), (100, "scale"), (250, "typed")]


def _is_weighed(counter: Counter) -> bool:
    """Touch the item until its weight has come. What is asked for while the scale is away sells nothing."""
    if len(counter.weights) == 4:
        return True
    counter.touch("/till/add", sku=TOMATOES)
    return False
