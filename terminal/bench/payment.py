"""`kasse bench payment`: the till's own share of a card payment, against one bare durable commit.

A payment lasts from the first byte of the touch to the change screen on the event stream. The card terminal
(clocked_terminal.py) says when it was at work itself; the rest is the till's share: its answers, its commits, the
screen, and the wires between the processes. A terminal is another machine, so where there are two processors the till
has one for itself: measured, a terminal on the till's own was woken 400 µs late at each slip.

Beside it bare_commit.py commits a row of the same size as a payment's rows have on average, after a pause of the same
length: a processor that has slept is slower on both sides.
"""

import os
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import apsw
import msgspec

from terminal.sim.run import DEMO_ITEMS
from terminal.store.catalogue_import import import_items
from terminal.store.folder import JOURNAL

from . import Figures
from .clocked_terminal import THINK, Spell
from .daemon import Daemon, free_port, write_settings
from .figures import compared, median
from .shop import PATIENCE, Screen, Shop, gtins

PAYMENTS, LINES = 60, 3
_AFTER_THE_LINES = """SELECT sum(length(body) + length(kind) + 80), count(*) FROM journal
    WHERE seq > (SELECT max(seq) FROM journal WHERE kind LIKE 'line-added/%') AND kind NOT LIKE 'print-%'"""
COMMITS = 5
"""Bare ones beside each payment."""


def measure(folder: Path, payments: int = PAYMENTS) -> Figures:
    """`payments` times a sale of LINES items by card, after one that warms up."""
    with _far_ends_apart() as own:
        return _measure(folder, payments, own)


def _measure(folder: Path, payments: int, own: set[int]) -> Figures:
    (folder / "data").mkdir()
    import_items(DEMO_ITEMS, folder / "data")
    ours: list[float] = []
    theirs: list[float] = []
    trips: list[float] = []
    parts: dict[str, list[float]] = {}
    with _Process("clocked_terminal") as terminal, _printer() as paper:
        card, port = int(terminal.line()), free_port()
        devices = f"""
[card]
driver = "zvt-tcp"
host = "127.0.0.1"
port = {card}

[printer]
driver = "escpos-tcp"
host = "127.0.0.1"
port = {paper}
status = false
"""
        shop = Shop(write_settings(folder, port=port, devices=devices), port, "", ())
        with Daemon(shop.settings) as daemon, Screen(shop) as screen:
            os.sched_setaffinity(daemon.process.pid, own)
            _payment(shop, screen, terminal)
            row, rows = _rows(folder / "data" / JOURNAL)
            with _Process("bare_commit", str(folder / "bare.sqlite"), str(row)) as bare:
                os.sched_setaffinity(bare.pid, own)
                for _ in range(payments):
                    share = _payment(shop, screen, terminal)
                    ours.append(sum(share.values()))
                    for name, seconds in share.items():
                        parts.setdefault(name, []).append(seconds)
                    for _ in range(COMMITS):
                        taken, there_and_back = _bare(bare)
                        theirs.append(taken)
                        trips.append(there_and_back - taken)
    return {
        "name": "payment",
        **compared(ours, theirs),
        "round_trip_us": round(median(trips) * 1e6, 1),
        "parts_us": {name: round(median(seconds) * 1e6) for name, seconds in parts.items()},
        "row_bytes": row,
        "rows": rows,
        "payments": payments,
    }


@contextmanager
def _printer() -> Iterator[int]:
    """A printer's port that takes everything: printing begins when the screen has changed, and must not come first."""

    class Paper(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65536):
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Paper) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


@contextmanager
def _far_ends_apart() -> Iterator[set[int]]:
    """This process and those it starts leave a processor alone, where there are two: it is given."""
    processors = os.sched_getaffinity(0)
    own = {min(processors)}
    os.sched_setaffinity(0, processors - own or own)
    try:
        yield own
    finally:
        os.sched_setaffinity(0, processors)


def _payment(shop: Shop, screen: Screen, terminal: "_Process") -> dict[str, float]:
    """Sell and pay; the till's share, s, by what it was doing."""
    for gtin, _ in gtins(LINES):
        screen.post("/till/scan", text=gtin)
    sale = screen.sale_number()
    screen.post("/till/pay", sale=sale)
    screen.drain(0.05)
    with socket.create_connection(("127.0.0.1", shop.port), PATIENCE) as touch:
        touch.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        time.sleep(THINK)
        begun = time.perf_counter()
        touch.sendall(_touch(shop, screen.cookie, sale))
        screen.wait_for(b'"view":"change"')
        ended = time.perf_counter()
    spells = msgspec.json.decode(terminal.line(), type=list[Spell])
    screen.drain(0.05)
    return _share(begun, spells, ended)


def _bare(bare: "_Process") -> tuple[float, float]:
    """One bare commit: what it took, and what it took from here, with a message there and one back, s."""
    time.sleep(THINK)
    begun = time.perf_counter()
    bare.order()
    taken = float(bare.line())
    return taken, time.perf_counter() - begun


def _touch(shop: Shop, cookie: str, sale: str) -> bytes:
    """The request that begins the payment, in one piece."""
    host, body = f"127.0.0.1:{shop.port}", urlencode({"sale": sale, "means": "card"})
    head = f"POST /till/by HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + form + body).encode()


def _share(begun: float, spells: list[Spell], ended: float) -> dict[str, float]:
    """What lies outside the terminal's spells, summed by the messages around it."""
    share: dict[str, float] = {}
    said, since = "touch", begun
    # The last one answers nothing any more: the till's acknowledgement of the completion, on its way to the screen.
    for spell in spells[:-1]:
        if begun < spell.ended and spell.began < ended:
            name = f"{said} > {spell.heard}"
            share[name] = share.get(name, 0.0) + max(0.0, spell.began - since)
            said, since = spell.said or spell.heard, spell.ended
    return {**share, f"{said} > screen": ended - since}


def _rows(journal: Path) -> tuple[int, int]:
    """Bytes of a payment's journal rows on average, and how many there are: those after the sale's last line."""
    with closing(apsw.Connection(str(journal), flags=apsw.SQLITE_OPEN_READONLY)) as db:
        size, rows = next(db.execute(_AFTER_THE_LINES))
    return size // rows, rows


class _Process:
    """A far end of ours in a process of its own: it connects to us, and what it tells is a line each."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", f"terminal.bench.{module}"]
        self._arguments = arguments

    def __enter__(self) -> "_Process":
        with socket.create_server(("127.0.0.1", 0)) as listener:
            command = [*self._command, str(listener.getsockname()[1]), *self._arguments]
            self._process = subprocess.Popen(command)  # noqa: S603 (our own program)
            listener.settimeout(PATIENCE)
            self._socket, _ = listener.accept()
        self._socket.settimeout(PATIENCE)
        self._lines = self._socket.makefile("rb")
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._socket.close()
        self._process.terminate()
        self._process.wait(PATIENCE)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def order(self) -> None:
        """Have it do the next piece of its work."""
        self._socket.sendall(b".")

    def line(self) -> bytes:
        """What it tells next."""
        line = self._lines.readline()
        if not line.endswith(b"\n"):
            raise RuntimeError(f"{self._command[-1]} ended")
        return line
