"""Whatever comes over HTTP: an answer below 500, and the till sells on."""

import socket
from typing import Any, Literal, get_args, get_origin
from urllib.parse import quote, urlencode, urlsplit

import anyio
import anyio.to_thread
import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terminal.web import forms as f
from terminal.web.routes import GETS, POSTS
from tests.web.client import Screen
from tests.web.shop import Shop

pytestmark = pytest.mark.anyio

GOOD_TYPE = "application/x-www-form-urlencoded"
VALUES = st.one_of(
    st.sampled_from(["", "0", "1", "2", "1000", "1001", "3001", "1-1", "yes", "no", "5700000010010", "999999999"]),
    st.integers().map(str),
    st.text(max_size=30),
)


def values_of(kind: Any) -> st.SearchStrategy[str]:
    """Mostly what the field may hold, else anything."""
    inner = [kind, *get_args(kind)]
    choices = [choice for each in inner if get_origin(each) is Literal for choice in get_args(each)]
    return st.one_of(st.sampled_from(choices), VALUES) if choices else VALUES


def forms(form: type[msgspec.Struct]) -> st.SearchStrategy[bytes]:
    fields = msgspec.structs.fields(form)
    required = {each.name: values_of(each.type) for each in fields if each.required}
    optional = {each.name: values_of(each.type) for each in fields if not each.required}
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda pairs: urlencode(pairs, errors="surrogatepass").encode()
    )


TOUCHES = st.one_of(
    *(
        st.tuples(st.just("POST"), st.just(post.path), forms(post.form))
        for post in POSTS
        if post.form is not f.AccessKey
    )
)
PATHS = [get.path for get in GETS] + [post.path for post in POSTS]
ANYTHING = st.tuples(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]),
    st.one_of(
        st.sampled_from(PATHS),
        st.text(max_size=20).map("/{}".format),
    ),
    st.binary(max_size=200),
)
HEADERS = st.dictionaries(
    st.sampled_from(["cookie", "content-type", "accept-language", "sec-fetch-mode", "sec-fetch-site", "range"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40).map(str.strip),
    max_size=3,
)
UNHURRIED = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


async def status_of(http: httpx.AsyncClient, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    url = http.base_url.copy_with(raw_path=quote(path, errors="surrogatepass").encode())
    request = http.build_request(method, url, content=body, headers=headers)
    answer = await http.send(request, stream=True)
    await answer.aclose()
    return answer.status_code


async def sells_on(shop: Shop, screen: Screen) -> None:
    if shop.parts.till.state.payments:
        shop.reader.approve(shop.parts.till.state.payments["card"].intent.amount)
    async with httpx.AsyncClient(base_url=shop.address) as http:
        assert (await http.get("/health")).text == "ok"
        assert (await http.get("/till")).status_code == 200
        assert (await http.get("/status")).status_code == 200


@given(touches=st.lists(TOUCHES, min_size=1, max_size=12))
@UNHURRIED
async def test_any_touches(shop: Shop, screen: Screen, touches: list[tuple[str, str, bytes]]) -> None:
    for method, path, body in touches:
        assert await status_of(screen.http, method, path, body, {"content-type": GOOD_TYPE}) < 500
    await sells_on(shop, screen)


@given(asked=ANYTHING, headers=HEADERS)
@UNHURRIED
async def test_any_request(shop: Shop, screen: Screen, asked: tuple[str, str, bytes], headers: dict[str, str]) -> None:
    assert await status_of(screen.http, *asked, headers) < 500


@given(data=st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(b"GET /till HTTP/1.1\r\n".__add__)))
@settings(UNHURRIED, max_examples=40)
async def test_any_bytes_on_the_wire(shop: Shop, screen: Screen, data: bytes) -> None:
    where = urlsplit(shop.address)

    def send() -> bytes:
        with socket.create_connection((where.hostname, where.port), timeout=10) as wire:
            wire.sendall(data)
            wire.shutdown(socket.SHUT_WR)
            got = b""
            while chunk := wire.recv(65536):
                got += chunk
            return got

    with anyio.fail_after(15):
        answer = await anyio.to_thread.run_sync(send)
    assert not answer or answer.split(b" ", 2)[1] < b"500"
    assert (await screen.http.get("/health")).text == "ok"
