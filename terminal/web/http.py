"""One request and one reply, as the screens need them.

Bare ASGI and one table of fixed paths (routes.py). Starlette's requests, responses and routing were measured: 2 MB and
25 ms more on a start of 230, where both are scarce, for paths without a single parameter.
"""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec

from terminal.texts import N_

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 64 * 1024
"""Bytes of a form; the longest that is ours has 300."""


class Refused(Exception):
    """The request is not served. `sentence` is an English message that the language turns into words."""

    def __init__(self, status: int, sentence: str, *details: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.details = details


class Reply(msgspec.Struct, frozen=True):
    """An answer."""

    status: int = 204
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[bytes, bytes], ...] = ()


def page(html: str, status: int = 200) -> Reply:
    """A page."""
    return Reply(status, html.encode(), "text/html; charset=utf-8")


def see_other(path: str) -> Reply:
    """Go on with a GET of `path`."""
    return Reply(303, headers=((b"location", path.encode("latin-1")),))


class Request:
    """What came in. Header names are in lower case; of a repeated header the last one counts, but see `single`."""

    __slots__ = ("_receive", "address", "headers", "method", "path", "query", "repeated", "server")

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.headers: dict[bytes, bytes] = {}
        self.repeated: set[bytes] = set()
        for name, value in scope["headers"]:
            if name in self.headers:
                self.repeated.add(name)
            self.headers[name] = value
        client, server = scope.get("client"), scope.get("server")
        self.address: str = client[0] if client else ""
        """The other end's address; empty when the server does not know it."""
        self.server: str = server[0] if server else ""
        """Our own address on this connection."""

    def header(self, name: bytes) -> str | None:
        """A header's text."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def single(self, name: bytes) -> str | None:
        """A header that decides about access: refused when it comes twice."""
        if name in self.repeated:
            raise Refused(400, N_("The request has two {} headers."), name.decode("latin-1"))
        return self.header(name)

    def cookies(self) -> dict[str, str]:
        """The cookies, as they were sent."""
        pairs = (part.partition("=") for part in (self.header(b"cookie") or "").split(";"))
        return {name.strip(): value.strip() for name, _, value in pairs}

    async def body(self) -> bytes:
        """The whole body. Raises Refused when it is too large or breaks off."""
        length = self.header(b"content-length")
        if length is not None and length.isdecimal() and int(length[:12]) > MAX_BODY:
            raise Refused(413, N_("The request is too large."))
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Refused(400, N_("The request broke off."))
            chunk: bytes = message.get("body", b"")
            size += len(chunk)
            if size > MAX_BODY:
                raise Refused(413, N_("The request is too large."))
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)


CONTENT_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

SAFE: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", CONTENT_POLICY),
)
"""Headers of every answer: nothing from elsewhere, no inline script, in nobody's frame, kept by nobody."""


def with_defaults(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """`headers`, and those of SAFE that they do not set themselves."""
    own = list(headers)
    names = {name for name, _ in own}
    return own + [pair for pair in SAFE if pair[0] not in names]


async def answer(reply: Reply, send: Send) -> None:
    """Send a reply."""
    own = [(b"content-type", reply.kind.encode("latin-1"))] if reply.body else []
    # A 204 has no length (RFC 9110, 8.6).
    length = [] if reply.status == 204 else [(b"content-length", str(len(reply.body)).encode("ascii"))]
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": with_defaults([*own, *length, *reply.headers]),
        }
    )
    await send({"type": "http.response.body", "body": reply.body})
