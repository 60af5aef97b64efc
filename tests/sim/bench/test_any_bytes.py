"""Any bytes on the bench's port get an answer below 500 or none, and the bench goes on."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sim.bench.client import ask_now
from tests.sim.processes import simulators


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole `kasse sim`, in a process of its own."""
    with simulators(tmp_path_factory.mktemp("sim")) as state:
        yield state["bench"]


def exchanged(bench: str, data: bytes) -> bytes:
    """What comes back before the bench hangs up or waits for more."""
    where = urlsplit(bench)
    with socket.create_connection((where.hostname, where.port), timeout=5) as wire:
        try:
            wire.sendall(data)
            wire.shutdown(socket.SHUT_WR)
            answer = b""
            while piece := wire.recv(65536):
                answer += piece
        except ConnectionError:
            return b""
    return answer


def assert_no_fault(bench: str, answer: bytes) -> None:
    statuses = [line.split(b" ", 2)[1] for line in answer.splitlines() if line.startswith(b"HTTP/1.1 ")]
    assert all(status < b"500" for status in statuses), answer[:500]


@given(data=st.binary(max_size=400))
def test_bytes_that_are_no_http(bench: str, data: bytes) -> None:
    assert_no_fault(bench, exchanged(bench, data))


PATHS = st.one_of(
    st.sampled_from(["/", "/bench", "/bench/state", "/bench/label", "/static/bench.css"]).map(str.encode),
    st.tuples(
        st.sampled_from([b"/bench/", b"/bench/printer/", b"/bench/scanner/", b"/bench/card/", b"/static/", b"/"]),
        st.sampled_from([b"", b"receipts/", b"receipts/1.png/", b"scan", b"paper-left"]),
        st.binary(max_size=30),
    ).map(b"".join),
)
NAMES = st.sampled_from(
    [
        "accept",
        "content-type",
        "content-length",
        "transfer-encoding",
        "origin",
        "sec-fetch-site",
        "cookie",
        "host",
        "expect",
    ]
)
FORMS = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(lambda value: b"argument=" + quote_from_bytes(value).encode()),
    st.text(max_size=60).map(lambda value: b"argument=" + quote_from_bytes(value.encode("utf-8", "replace")).encode()),
)


@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "X"]),
    path=PATHS,
    query=st.binary(max_size=30),
    headers=st.dictionaries(NAMES, st.binary(max_size=40), max_size=3),
    body=FORMS,
)
def test_requests_with_any_bytes_in_them(
    bench: str, method: str, path: bytes, query: bytes, headers: dict[str, bytes], body: bytes
) -> None:
    target = quote_from_bytes(path, safe="/").encode() + (
        b"?" + quote_from_bytes(query, safe="=&").encode() if query else b""
    )
    lines = [
        f"{method} ".encode() + target + b" HTTP/1.1",
        *([] if "host" in headers else [b"Host: localhost"]),
        *([] if "content-type" in headers else [b"Content-Type: application/x-www-form-urlencoded"]),
        *([] if "content-length" in headers else [b"Content-Length: %d" % len(body)]),
        b"Connection: close",
        *(name.encode() + b": " + value for name, value in headers.items()),
    ]
    assert_no_fault(bench, exchanged(bench, b"\r\n".join(lines) + b"\r\n\r\n" + body))


@given(
    argument=st.text(max_size=100),
    path=st.sampled_from(["scanner/scan", "printer/paper-left", "printer/slow", "card/insert-card"]),
)
def test_any_argument(bench: str, argument: str, path: str) -> None:
    body = b"argument=" + quote_from_bytes(argument.encode("utf-8", "surrogatepass")).encode()
    answer = ask_now(bench, "POST", f"/bench/{path}", body, {"Content-Type": "application/x-www-form-urlencoded"})

    assert answer.status < 500, answer.text


def test_it_still_serves_after_all_that(bench: str, tmp_path: Path) -> None:
    assert ask_now(bench, "GET", "/").status == 200
