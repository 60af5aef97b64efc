"""Keeps strangers off the bench: it answers by its own names only, takes posts from its own pages only.

The bench listens on loopback, where every web page in the same browser can reach it. A page elsewhere that points
its own name at 127.0.0.1 (DNS rebinding) is refused by Host; one that posts here is refused by Origin.
"""

import ipaddress
from http import HTTPStatus
from urllib.parse import parse_qsl

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 16 * 1024
"""Bytes of a post."""
BODY_TIMEOUT = 10.0
"""Seconds until a post must be here."""
_MAX_FIELDS = 8

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Refused(Exception):
    """A request that the bench does not take. The reason is one English sentence."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class Guard:
    """ASGI middleware: Host and Origin before anything else, security headers on every answer."""

    def __init__(self, app: ASGIApp, names: tuple[str, ...] = ()) -> None:
        self._app = app
        self._names = frozenset(("localhost", *(name.lower() for name in names)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        refused = self._look_at(scope)
        if refused is not None:
            await answer_plainly(send, refused)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _look_at(self, scope: Scope) -> Refused | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return Refused(HTTPStatus.MISDIRECTED_REQUEST, "The bench is not known by this name.")
        if scope["method"] in ("GET", "HEAD"):
            return None
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host}".lower():
            return Refused(HTTPStatus.FORBIDDEN, "The bench takes posts from its own page only.")
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return Refused(HTTPStatus.FORBIDDEN, "The bench takes posts from its own page only.")
        return None

    def _is_ours(self, host: str) -> bool:
        """An address is ours (a rebound name is none), `localhost` and the names given too."""
        name, port = host.lower(), ""
        if not name.endswith("]"):
            before, colon, after = name.rpartition(":")
            name, port = (before, after) if colon else (name, "")
        if port and not (port.isascii() and port.isdigit()):
            return False
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return True


async def answer_plainly(send: Send, refused: Refused) -> None:
    """One line of text, before there is an application."""
    body = f"{refused.reason}\n".encode()
    headers = {
        **_HEADERS,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    await send(
        {
            "type": "http.response.start",
            "status": refused.status.value,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a posted form. Raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = bytearray()
    with anyio.move_on_after(BODY_TIMEOUT) as patience:
        async for piece in request.stream():
            body += piece
            if len(body) > MAX_BODY:
                raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A post has at most {MAX_BODY} bytes.")
    if patience.cancelled_caught:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, f"The post was not here within {BODY_TIMEOUT:.0f} seconds.")
    if not body:
        return {}
    if kind != "application/x-www-form-urlencoded":
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A post is a form (application/x-www-form-urlencoded).")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, "The form cannot be read.") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refused(HTTPStatus.BAD_REQUEST, "A field of the form is there twice.")
    return fields
