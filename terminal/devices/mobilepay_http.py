"""One HTTPS request and its answer over a connection of its own: h11 for the framing, TLS by anyio.

A connection serves one request. Whatever else arrives on it (a second copy of an answer, a late one) can then never be
taken for the answer to another call, and that is worth a handshake each.

    NotSent     nothing of the request has left
    Lost        it may have arrived; there is no answer, or none that can be read
"""

import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import anyio
import msgspec
from anyio.abc import ByteStream

from terminal.app.ports.device import DeviceError, Problem
from terminal.protocols.mobilepay.answers import MOST_BYTES

from .tcp_socket import connect

if TYPE_CHECKING:
    import ssl

_CHUNK = 16 * 1024
_MOST_HEADER_BYTES = 16 * 1024


class NotSent(DeviceError):
    """Nothing of the request has left: it has certainly done nothing."""


class Lost(DeviceError):
    """The request may have arrived, and what it did is not known."""


class Address(msgspec.Struct, frozen=True):
    """Where the service is."""

    host: str
    port: int
    tls: bool
    prefix: str
    """Of every path; '' or '/something'."""

    @property
    def authority(self) -> str:
        """For the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


class Outgoing(msgspec.Struct, frozen=True):
    """A request with all that it says of itself; Host and the lengths are added."""

    method: str
    path: str
    headers: list[tuple[str, str]]
    body: bytes

    def __repr__(self) -> str:
        """Without headers and body: they hold secrets and customers."""
        return f"Outgoing({self.method} {self.path})"


class Answer(msgspec.Struct, frozen=True):
    """What came back. `retry_after`: seconds, when it asks to be left alone."""

    status: int
    body: bytes
    retry_after: float | None = None

    def __repr__(self) -> str:
        """Without the body: it may be a token."""
        return f"Answer({self.status}, {len(self.body)} bytes)"


def parse(base_url: str) -> Address:
    """Raises ValueError, also for plain HTTP to anywhere but this machine: the keys would go over the wire."""
    parts = urlsplit(base_url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the service's address is https:// and a host")
    if not tls and not _is_this_machine(host):
        raise ValueError("plain http:// is for this machine only")
    return Address(host, parts.port or (443 if tls else 80), tls, parts.path.rstrip("/"))


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def call(
    address: Address,
    context: "ssl.SSLContext | None",
    out: Outgoing,
    *,
    patience: float,
    to_connect: float,
) -> Answer:
    """Ask once. `patience`: seconds from the request until the whole answer is there. Raises NotSent, Lost."""
    stream = None
    try:
        with anyio.move_on_after(to_connect):
            stream = await _open(address, context)
        if stream is None:
            raise NotSent(Problem.UNREACHABLE, f"{address.authority} does not answer")
        with anyio.move_on_after(patience):
            return await _talk(stream, address, out)
        raise Lost(Problem.NO_ANSWER, f"{address.authority} has not answered within {patience:g} s")
    finally:
        if stream is not None:
            with anyio.CancelScope(shield=True):
                await anyio.aclose_forcefully(stream)


async def _open(address: Address, context: "ssl.SSLContext | None") -> ByteStream:
    import ssl  # a till without MobilePay has no use for it

    from anyio.streams.tls import TLSStream

    try:
        plain = SocketBytes(await connect(address.host, address.port))
    except DeviceError as error:
        raise NotSent(error.problem, error.detail) from error
    if not address.tls:
        return plain
    try:
        return await TLSStream.wrap(
            plain, server_side=False, hostname=address.host, ssl_context=context, standard_compatible=False
        )
    except ssl.SSLCertVerificationError as error:
        await plain.aclose()
        raise NotSent(Problem.REFUSED, f"{address.authority}: certificate: {error.verify_message}") from error
    except (ssl.SSLError, OSError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
        await plain.aclose()
        raise NotSent(Problem.LOST, f"{address.authority}: no TLS: {type(error).__name__}") from error
    except BaseException:
        with anyio.CancelScope(shield=True):
            await plain.aclose()
        raise


async def _talk(stream: ByteStream, address: Address, out: Outgoing) -> Answer:
    import ssl

    import h11  # as above

    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEADER_BYTES)
    headers = [("Host", address.authority), ("Connection", "close"), *out.headers]
    if out.body or out.method != "GET":
        headers.append(("Content-Length", str(len(out.body))))
    data = connection.send(h11.Request(method=out.method, target=address.prefix + out.path, headers=headers)) or b""
    if out.body:
        data += connection.send(h11.Data(data=out.body)) or b""
    data += connection.send(h11.EndOfMessage()) or b""
    try:
        await stream.send(data)
        return await _answer(_events(stream, connection))
    except h11.RemoteProtocolError as error:
        if connection.trailing_data[1]:
            raise Lost(Problem.LOST, f"{address.authority}: the connection broke in the answer") from error
        raise Lost(Problem.GARBAGE, f"{address.authority}: answers with no HTTP") from error
    except (ssl.SSLError, OSError, anyio.BrokenResourceError, anyio.EndOfStream) as error:
        raise Lost(Problem.LOST, f"{address.authority}: the connection broke") from error


async def _events(stream: ByteStream, connection: Any) -> AsyncIterator[Any]:
    import h11

    while True:
        event = connection.next_event()
        if event is not h11.NEED_DATA:
            yield event
            continue
        try:
            data = await stream.receive(_CHUNK)
        except anyio.EndOfStream:
            data = b""
        connection.receive_data(data)


async def _answer(events: AsyncIterator[Any]) -> Answer:
    import h11

    status, retry_after, body = 0, None, bytearray()
    async for event in events:
        if isinstance(event, h11.Response):
            status, retry_after = event.status_code, _retry_after(event.headers)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BYTES:
                raise Lost(Problem.GARBAGE, f"an answer is longer than {MOST_BYTES} bytes")
        elif isinstance(event, h11.EndOfMessage):
            return Answer(status, bytes(body), retry_after)
        elif isinstance(event, h11.ConnectionClosed):
            break
    raise Lost(Problem.LOST, "the connection was closed before the answer")


def _retry_after(headers: Any) -> float | None:
    """Seconds. The header's other form, a date, asks the board's clock, which may be wrong: then a few seconds."""
    for name, value in headers:
        if name == b"retry-after":
            return float(value) if value.isdigit() and len(value) < 6 else 5.0
    return None


class SocketBytes(ByteStream):
    """A connected socket as anyio's stream of bytes, for its TLS."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    async def receive(self, max_bytes: int = 65536) -> bytes:
        """See ByteStream."""
        while True:
            await anyio.wait_readable(self._socket)
            try:
                data = self._socket.recv(max_bytes)
            except BlockingIOError:
                continue
            if not data:
                raise anyio.EndOfStream
            return data

    async def send(self, item: bytes) -> None:
        """See ByteStream."""
        rest = memoryview(item)
        while rest:
            try:
                rest = rest[self._socket.send(rest) :]
            except BlockingIOError:
                await anyio.wait_writable(self._socket)

    async def send_eof(self) -> None:
        """See ByteStream."""
        self._socket.shutdown(socket.SHUT_WR)

    async def aclose(self) -> None:
        """See ByteStream."""
        with contextlib.suppress(OSError):  # not connected any more
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
