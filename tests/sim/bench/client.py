"""A bench with its simulators, and somebody who asks it over real sockets."""

import http.client
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import anyio
import anyio.abc
import anyio.to_thread

from terminal.sim.bench.shelf import Shelf
from terminal.sim.run import serve_all
from terminal.sim.simulator import Simulator

PATIENCE = 10.0
"""Seconds."""


@asynccontextmanager
async def serving(*simulators: Simulator, shelf: Shelf | None = None, note: str = "") -> AsyncIterator[str]:
    """The bench's address, for the time of the block."""

    async def serve(*, task_status: anyio.abc.TaskStatus[str]) -> None:
        await serve_all(simulators, "127.0.0.1", 0, shelf=shelf, note=note, task_status=task_status)

    async with anyio.create_task_group() as tasks:
        yield await tasks.start(serve)
        tasks.cancel_scope.cancel()


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that nobody tells of."""
    with anyio.fail_after(PATIENCE):
        while not true():  # noqa: ASYNC110
            await anyio.sleep(0.01)


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8")


def ask_now(address: str, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """One request."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


async def get(address: str, path: str = "/", host: str | None = None) -> Answer:
    """GET, as if the bench were called `host`."""
    headers = {} if host is None else {"Host": host}
    return await anyio.to_thread.run_sync(ask_now, address, "GET", path, b"", headers)


async def post(
    address: str, path: str, fields: dict[str, str] | bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    """POST a form."""
    body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
    names = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return await anyio.to_thread.run_sync(ask_now, address, "POST", path, body, names)


async def press(address: str, simulator: str, control: str, argument: str = "") -> None:
    """Press a control, which must work."""
    answer = await post(address, f"/bench/{simulator}/{control}", {"argument": argument})
    assert answer.status == 204, answer.text


async def view(address: str, simulator: str) -> dict[str, Any]:
    """What a simulator shows."""
    state: dict[str, Any] = json.loads((await get(address, "/bench/state")).body)
    shown: dict[str, Any] = state["simulators"][simulator]["view"]
    return shown


class Stream:
    """The page's event stream."""

    def __init__(self, wire: anyio.abc.ByteStream) -> None:
        self._wire = wire
        self._seen = b""

    async def event(self) -> dict[str, str]:
        """The next event: fragments of the page by element."""
        while (match := re.search(rb"data: (.*)\n\n", self._seen)) is None:
            self._seen += await self._wire.receive()
        self._seen = self._seen[match.end() :]
        fragments: dict[str, str] = json.loads(match[1])
        return fragments

    async def until(self, element: str, text: str) -> str:
        """The fragment of `element` once it holds `text`."""
        while text not in (fragment := (await self.event()).get(element, "")):
            pass
        return fragment

    async def end(self) -> None:
        """Until the bench ends it."""
        with anyio.move_on_after(PATIENCE):
            while True:
                try:
                    await self._wire.receive()
                except anyio.EndOfStream:
                    return
        raise AssertionError("the stream goes on")


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Stream]:
    """The stream, as a page follows it."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    async with await anyio.connect_tcp(parts.hostname, parts.port) as wire:
        await wire.send(b"GET /bench/events HTTP/1.1\r\nHost: %s\r\n\r\n" % parts.netloc.encode())
        yield Stream(wire)


@asynccontextmanager
async def following(address: str) -> AsyncIterator[Stream]:
    """The same, and nothing in the block takes longer than PATIENCE."""
    async with connected(address) as stream:
        with anyio.fail_after(PATIENCE):
            yield stream
