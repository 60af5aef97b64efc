"""A whole shop for a measurement: simulated devices at the far ends, a catalogue, and a screen that listens."""

import csv
import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from terminal.domain.codes_make import weight_code
from terminal.sim.run import DEMO_ITEMS, STATE_FILE, State, mobilepay_settings
from terminal.store.catalogue_import import import_items

from .daemon import free_port, write_settings

PATIENCE = 20.0
"""Seconds to wait for anything before the measurement is given up."""


class Shop(msgspec.Struct, frozen=True):
    """Where everything is."""

    settings: Path
    port: int
    """Of the till's screen."""
    bench: str
    """'host:port' of the bench."""
    codes: tuple[str, ...]
    """A GTIN-13, a weighed Danish code and a GS1 Digital Link that the catalogue knows."""

    def press(self, simulator: str, control: str, argument: str = "") -> None:
        """Press a button of the bench."""
        post(self.bench, f"/bench/{simulator}/{control}", {"argument": argument})


@contextmanager
def far_ends(folder: Path, *, settings: str | None = None) -> Iterator[Shop]:
    """Simulated scanner, printer and card terminal in a process of their own, and a till's settings that name them.

    `settings`: more of the till's, as TOML; then there is a simulated MobilePay too.
    """
    sim = folder / "sim"
    names = ("bench", "printer", "card", *(() if settings is None else ("mobilepay",)))
    ports = [f"--{name}-port=0" for name in names]
    command = [sys.executable, "-m", "terminal", "sim", "--data", str(sim), *ports]
    with (folder / "sim.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 (our own program)
        try:
            state = _state(sim / STATE_FILE, process)
            more = "" if settings is None else settings + mobilepay_settings(sim, state.addresses["mobilepay"])
            yield _shop(folder, state, more)
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _state(path: Path, process: "subprocess.Popen[bytes]") -> State:
    until = time.monotonic() + PATIENCE
    while not path.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("the simulated devices did not start")
        time.sleep(0.05)
    return msgspec.json.decode(path.read_bytes(), type=State)


def _shop(folder: Path, state: State, more: str) -> Shop:
    addresses = state.addresses
    printer, card = addresses["printer"].rpartition(":"), addresses["card"].rpartition(":")
    devices = f"""
[[scanners]]
driver = "serial"
port = "{addresses["scanner"]}"

[printer]
driver = "escpos-tcp"
host = "{printer[0]}"
port = {printer[2]}

[drawer]
driver = "printer"

[card]
driver = "zvt-tcp"
host = "{card[0]}"
port = {card[2]}

{more}"""
    (folder / "data").mkdir()
    import_items(DEMO_ITEMS, folder / "data")
    port = free_port()
    settings = write_settings(folder, port=port, devices=devices)
    bench = state.bench.removeprefix("http://").rstrip("/")
    return Shop(settings, port, bench, _codes())


def _rows() -> list[tuple[str, dict[str, str]]]:
    """The demo's items, a row a code."""
    with DEMO_ITEMS.open(newline="", encoding="utf-8") as file:
        return [(code, row) for row in csv.DictReader(file) for code in row["codes"].replace(";", " ").split()]


def gtins(count: int) -> list[tuple[str, bytes]]:
    """So many GTIN-13s of items that anybody may buy, each with its item's name in UTF-8."""
    found = [
        (code, row["name"].encode())
        for code, row in _rows()
        if len(code) == 13 and code.startswith("57") and not row["age"].strip("0 ") and not row["deposit"].strip()
    ]
    return found[:count]


def _codes() -> tuple[str, ...]:
    """A piece by its GTIN-13, a weighed item by a scale's label, a piece by a Digital Link."""
    (first, _), (second, _) = gtins(2)
    weighed = next(code for code, row in _rows() if code[:2] in ("26", "28") and len(code) == 13)
    return first, weight_code(weighed[:2], weighed[2:6], 1505), f"https://id.gs1.org/01/0{second}/10/LOT1"


def post(host: str, path: str, form: dict[str, str], cookie: str = "") -> bool:
    """POST a form. False: the till refused what was asked (409); any other refusal is an error of ours."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}", "Cookie": cookie}
    with closing(http.client.HTTPConnection(host, timeout=PATIENCE)) as connection:
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        body = answer.read()
    if answer.status >= 400 and answer.status != http.HTTPStatus.CONFLICT:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:200]!r}")
    return answer.status != http.HTTPStatus.CONFLICT


class Gone(Exception):
    """The till has ended."""


class Screen:
    """One till screen's event stream, read as bytes."""

    def __init__(self, shop: Shop, *, drain: bool = True) -> None:
        """`drain`: read off what a fresh screen is sent before anything happens."""
        self._host = f"127.0.0.1:{shop.port}"
        self._shop = shop
        self._drain = drain

    def __enter__(self) -> "Screen":
        with closing(http.client.HTTPConnection(self._host, timeout=PATIENCE)) as connection:
            connection.request("GET", "/till")
            answer = connection.getresponse()
            answer.read()
            cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        self.cookie = "; ".join(cookies)
        self._socket = socket.create_connection(("127.0.0.1", self._shop.port), timeout=PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"GET /till/stream HTTP/1.1\r\nHost: {self._host}\r\nCookie: {self.cookie}\r\n\r\n"
        self._socket.sendall(head.encode())
        if self._drain:
            self.drain()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def receive(self) -> bytes:
        """What comes next."""
        chunk = self._socket.recv(4096)
        if not chunk:
            raise Gone("the till closed the event stream")
        return chunk

    def wait_for(self, wanted: bytes) -> None:
        """Read until `wanted` has come."""
        tail, until = b"", time.monotonic() + PATIENCE
        while wanted not in tail:
            if time.monotonic() > until:
                raise RuntimeError(f"the screen never showed {wanted!r}")
            tail = tail[-4096:] + self.receive()

    def drain(self, quiet: float = 0.3) -> None:
        """Read until nothing has come for `quiet` seconds."""
        self._socket.settimeout(quiet)
        try:
            while True:
                self.receive()
        except TimeoutError:
            self._socket.settimeout(PATIENCE)

    def post(self, path: str, **form: str) -> bool:
        """Touch something. False: refused."""
        return post(self._host, path, form, self.cookie)

    def pay_by_card(self) -> None:
        """Pay all of the current sale by card, which is put in at the bench. Returns at the change screen."""
        sale = self.sale_number()
        self.post("/till/pay", sale=sale)
        self.post("/till/by", sale=sale, means="card")
        self._shop.press("card", "insert-card")
        self.wait_for(b'"view":"change"')

    def sale_number(self) -> str:
        """The current sale's number, from the page; '0' when there is none, or its card payment runs."""
        with closing(http.client.HTTPConnection(self._host, timeout=PATIENCE)) as connection:
            connection.request("GET", "/till", headers={"Cookie": self.cookie})
            html = connection.getresponse().read().decode()
        found = re.search(r'<input type="hidden" name="sale" value="([0-9]+)"', html)
        return found[1] if found else "0"
