"""What the doctor makes of an address that answers otherwise than a till of its own version."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from terminal.config.settings import Web
from terminal.doctor import ask

KEY = "an access key of the tests"


class Till(BaseHTTPRequestHandler):
    """Something at the till's port. Tests set what it answers."""

    status, body = 200, b"{}"
    key = ""
    """What its login wants."""

    def do_GET(self) -> None:
        known = not self.key or self.headers.get("cookie") == "kasse-access=token"
        self._answer(self.status if known else 403, self.body)

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["content-length"])).decode()
        if self.key and f"key={self.key.replace(' ', '+')}" == said:
            self._answer(303, b"", "kasse-access=token; Path=/")
        else:
            self._answer(403, b"")

    def _answer(self, status: int, body: bytes, cookie: str = "") -> None:
        self.send_response(status)
        if cookie:
            self.send_header("set-cookie", cookie)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Not on the tests' stderr."""


REPORT = (
    b'{"till":{"version":"1","register":"1","entries":3,"failure":"","clock_trusted":true,"busy":false},'
    b'"devices":[],"found":[],"looked":false,"scanned":false,"looking":"","testing":""}'
)


@contextmanager
def listening(status: int = 200, body: bytes = REPORT, key: str = "") -> Iterator[Web]:
    server = HTTPServer(("127.0.0.1", 0), type("Answers", (Till,), {"status": status, "body": body, "key": key}))
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    try:
        yield Web(port=server.server_port)
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def test_a_till_says_how_it_is() -> None:
    with listening() as web:
        assert ask.RunningTill(web).report().till.entries == 3


def test_nobody_is_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ask.Stopped):
        ask.RunningTill(Web(port=port)).report()


def test_a_till_that_hangs_is_no_other_program() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        web = Web(port=hanging.getsockname()[1])
        with pytest.raises(ask.Silent, match="nothing within"):
            ask.RunningTill(web, patience=0.2).report()


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, b""), (500, b""), (200, b"<html>"), (200, b"\xff\xfe"), (200, b'{"till": 1}'), (200, b"")],
)
def test_another_program_is_there(status: int, body: bytes) -> None:
    with listening(status, body) as web, pytest.raises(ask.Odd):
        ask.RunningTill(web).report()


def test_no_way_in_without_the_access_key(tmp_path: Path) -> None:
    with listening(key=KEY) as web:
        with pytest.raises(ask.Closed):
            ask.RunningTill(web).report()
        file = tmp_path / "key"
        file.touch(mode=0o600)
        file.write_text(KEY)
        known = Web(port=web.port, access_key_file=str(file))
        assert ask.RunningTill(known).report().till.entries == 3
        file.write_text("another access key")
        with pytest.raises(ask.Closed):
            ask.RunningTill(known).report()


@pytest.mark.parametrize(
    ("host", "asked"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.168.1.9", "192.168.1.9")],
)
def test_a_till_that_listens_everywhere_is_asked_over_loopback(host: str, asked: str) -> None:
    assert ask.address_of(Web(host=host)) == (asked, 8080)
