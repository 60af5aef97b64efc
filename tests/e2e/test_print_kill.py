"""`kill -9` of the daemon while a receipt is being printed: it comes out at most once by itself, and then a person is
asked; a copy says that it is one."""

import http.client
import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from terminal.bench.daemon import Daemon
from terminal.bench.shop import Screen, Shop, far_ends, gtins
from terminal.domain.events import PrintEnded, PrintStarted
from terminal.domain.print_states import PrintState

from .test_kill import Past

PATIENCE = 30.0
SLOW = "500"
"""Bytes a second: a receipt takes about two seconds, and the till is killed within them."""


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def paper(shop: Shop) -> str:
    """All that is on paper, the piece that hangs in the printer included."""
    with closing(http.client.HTTPConnection(shop.bench, timeout=PATIENCE)) as connection:
        connection.request("GET", "/bench/state")
        state = json.loads(connection.getresponse().read())
    return "\n".join(receipt["text"] for receipt in state["simulators"]["printer"]["view"]["receipts"])


def sell(shop: Shop, screen: Screen) -> None:
    shop.press("scanner", "scan", gtins(1)[0][0])
    until(lambda: screen.sale_number() != "0")
    sale = screen.sale_number()
    screen.post("/till/pay", sale=sale)
    assert screen.post("/till/cash", sale=sale, amount="20000")


@pytest.mark.parametrize("seen", ["", "Torvets", "I ALT"])
def test_killed_within_a_receipt(tmp_path: Path, seen: str) -> None:
    with far_ends(tmp_path) as shop:
        shop.press("printer", "slow", SLOW)
        with Daemon(shop.settings) as daemon, Screen(shop) as screen:
            sell(shop, screen)
            until(lambda: seen in paper(shop))
            daemon.process.kill()
            daemon.process.wait()
        past = Past(shop)
        started = any(isinstance(event, PrintStarted) for event in past.events)
        ended = any(isinstance(event, PrintEnded) for event in past.events)
        assert started or not seen
        with Daemon(shop.settings), Screen(shop) as screen:
            until(lambda: all(job.state not in (PrintState.QUEUED, PrintState.SENDING) for job in _jobs(shop)))
            assert paper(shop).count("Bon 1-1") <= 1
            if started and not ended:
                assert [(job.id, job.state, job.problem) for job in _jobs(shop)] == [(1, "unknown", "stopped")]
                assert screen.post("/till/print/copy", job="1")
                until(lambda: not _jobs(shop))
                until(lambda: "[CODE128 1-1]" in paper(shop).rpartition("KOPI")[2])
        text = paper(shop)
        assert text.count("Bon 1-1") - text.count("KOPI") <= 1
        assert text.count("KOPI") == (1 if started and not ended else 0)


def _jobs(shop: Shop) -> list[Any]:
    return list(Past(shop).state.jobs.values())
