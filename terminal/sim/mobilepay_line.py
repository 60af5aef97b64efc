"""The simulated service's line: uvicorn, with or without TLS, and what faults and power do to its connections."""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import anyio
import msgspec
import uvicorn
from anyio.abc import TaskStatus
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from .payment_faults import Armed, Fault

_POINTS = {"capture": "capture", "cancel": "cancel", "refund": "refund", "events": "events"}
POINTS = ("token", "exchange", "payment", "status", "events", "capture", "cancel", "refund")
"""One a call, in the order of a dialogue."""

Peer = tuple[str, int]


class Line:
    """All connections. An ASGI app in front of the service's own: lets the answer be made, and then maybe spoils it."""

    def __init__(self, app: ASGIApp, armed: Armed, *, struck: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._armed = armed
        self._struck = struck
        self._open: dict[Peer, asyncio.Transport] = {}
        self._dark_until = 0.0
        self._closing = anyio.Event()
        self.delay_s = 0.3
        self.late_s = 15.0
        self.off_s = 1.0
        self.jumped = 0
        """How often the clock has jumped a day back."""

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return time.monotonic() >= self._dark_until

    def power(self, *, on: bool, for_s: float = float("inf")) -> None:
        """Off: every connection dies, no new one lives. `for_s`: it comes back by itself."""
        self._dark_until = 0.0 if on else time.monotonic() + for_s
        if not on:
            self._cut_all()

    def _cut_all(self) -> None:
        for transport in list(self._open.values()):
            transport.abort()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        fault = self._armed.strike(point_of(scope["method"], scope["path"]))
        if fault is not None:
            self._struck()
        transport = self._open.get(tuple(scope["client"]))
        if transport is not None:
            await self._answer(fault, messages, transport, receive, send)

    async def _answer(
        self, fault: Fault | None, messages: list[Message], transport: asyncio.Transport, receive: Receive, send: Send
    ) -> None:
        match fault:
            case "delay":
                await anyio.sleep(self.delay_s)
            case "late-answer":
                with anyio.move_on_after(self.late_s):
                    await self._closing.wait()
            case "wrong-amount" | "wrong-currency":
                messages = _wrong(messages, fault)
            case "clock-jump":
                self.jumped += 1
            case "silence":
                await _hang_up(receive)
                return
            case "cut-before":
                transport.abort()
                await _hang_up(receive)
                return
            case "power-off":
                self.power(on=False, for_s=self.off_s)
                await _hang_up(receive)
                return
            case "garbage" | "duplicate":
                transport.write(os.urandom(300) if fault == "garbage" else _raw(messages) * 2)
                transport.close()
                await _hang_up(receive)
                return
            case "cut-after" | None:
                pass  # the till asks for a connection to be closed after each answer
        for message in messages:
            await send(message)

    async def serve(
        self, listener: socket.socket, *, context: ssl.SSLContext | None, task_status: TaskStatus[None]
    ) -> None:
        """Until cancelled. `context`: of TLS; None: plain HTTP."""
        line = self

        class Protocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if not line.is_on:
                    transport.abort()
                elif self.client is not None:
                    line._open[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    line._open.pop(self.client, None)
                super().connection_lost(exc)

        class Server(uvicorn.Server):
            @contextmanager
            def capture_signals(self) -> Iterator[None]:
                """Signals are the caller's."""
                yield

            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                task_status.started()

            async def main_loop(self) -> None:
                """uvicorn's own one looks ten times a second whether it is to end."""
                await line._closing.wait()

            async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
                """No goodbyes: the far end of a wire may vanish at any time."""
                for server in self.servers:
                    server.close()
                line._cut_all()
                with anyio.move_on_after(1):
                    while self.server_state.tasks:  # noqa: ASYNC110 (uvicorn's tasks have no event of ours)
                        await anyio.sleep(0.005)

        config = uvicorn.Config(
            self,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            limit_concurrency=64,
        )
        config.load()
        config.ssl = context
        server = Server(config)

        async def run() -> None:
            with anyio.CancelScope(shield=True):
                await server.serve(sockets=[listener])

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(run)
            try:
                await anyio.sleep_forever()
            finally:
                self._closing.set()


def point_of(method: str, path: str) -> str:
    """The call's name, as POINTS has it; '' for others."""
    if path == "/accesstoken/get":
        return "token"
    if path == "/qr/v1/exchange":
        return "exchange"
    if not path.startswith("/epayment/v1/payments"):
        return ""
    if path == "/epayment/v1/payments":
        return "payment" if method == "POST" else ""
    return _POINTS.get(path.rpartition("/")[2], "status")


async def _hang_up(receive: Receive) -> None:
    """Until the connection has ended, one way or the other."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _raw(messages: list[Message]) -> bytes:
    start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
    lines = [f"HTTP/1.1 {start['status']} OK".encode()] + [name + b": " + value for name, value in start["headers"]]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _wrong(messages: list[Message], fault: Fault) -> list[Message]:
    """The answer with every amount, or every currency, another one."""
    start, body = messages[0], b"".join(message.get("body", b"") for message in messages[1:])
    if not body:
        return messages
    spoilt = msgspec.json.encode(_spoil(msgspec.json.decode(body), fault))
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    headers.append((b"content-length", str(len(spoilt)).encode()))
    return [{**start, "headers": headers}, {"type": "http.response.body", "body": spoilt}]


def _spoil(value: Any, fault: Fault) -> Any:
    if isinstance(value, list):
        return [_spoil(each, fault) for each in value]
    if not isinstance(value, Mapping):
        return value
    if value.keys() == {"value", "currency"}:
        if fault == "wrong-amount":
            return {**value, "value": value["value"] + 100}
        return {**value, "currency": "NOK" if value["currency"] != "NOK" else "EUR"}
    return {name: _spoil(each, fault) for name, each in value.items()}
