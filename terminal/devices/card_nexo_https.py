"""The wire to a nexo terminal: one HTTPS request a connection, on the shop's own network.

    DeviceError     it failed before anything of the message had left, or after; the caller knows by where it stands

The terminal shows a certificate of its maker's root for a name that no name server knows
('P400Plus-123456789.live.terminal.adyen.com'): the root comes from a file of the shop's, and of it alone, and the name
from the settings. Nothing that this machine trusts otherwise is trusted here.
"""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.abc
import h11
import msgspec
from anyio.streams.tls import TLSStream

from terminal.app.ports.device import DeviceError, Problem

from .tcp_socket import connect

MOST_ANSWER = 1_000_000
"""Bytes of an answer."""
_CHUNK = 16_384
_PATH = "/nexo/"


class Timing(msgspec.Struct, frozen=True):
    """Seconds. `answer` is the vendor's (120 s on the shop's network); a test has no time for them."""

    connect: float = 5.0
    """For the connection and the certificates."""
    answer: float = 120.0
    """To the end of a payment."""
    quick: float = 10.0
    """To the answer of everything that needs no customer."""
    again: float = 2.0
    """Between two abort requests, and between two questions when the terminal knows of no payment."""
    check: float = 30.0
    """Between two looks at an idle terminal."""


class Conversation:
    """One connection, for one message and its answer."""

    def __init__(self, stream: TLSStream, host: str, where: str) -> None:
        self._stream = stream
        self._host = host
        self._where = where
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_CHUNK)

    async def post(self, body: bytes) -> bytes:
        """Send, and give the answer's body. How long that may take is the caller's. Raises DeviceError."""
        request = h11.Request(
            method="POST",
            target=_PATH,
            headers=[
                ("Host", self._host),
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
                ("Connection", "close"),
            ],
        )
        parts = (request, h11.Data(data=body), h11.EndOfMessage())
        try:
            await self._stream.send(b"".join(self._http.send(part) or b"" for part in parts))
            return await self._answer()
        except h11.RemoteProtocolError as error:
            if self._http.trailing_data[1]:
                raise DeviceError(Problem.LOST, f"{self._where}: the connection broke in the answer") from error
            raise DeviceError(Problem.GARBAGE, f"{self._where}: the answer is no HTTP: {error}") from error
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as error:
            raise DeviceError(Problem.LOST, f"{self._where}: the connection broke before the answer") from error

    async def _answer(self) -> bytes:
        body = bytearray()
        status = 0
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                await self._more()
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MOST_ANSWER:
                    raise DeviceError(Problem.GARBAGE, f"{self._where}: the answer is larger than {MOST_ANSWER} bytes")
            elif isinstance(event, h11.EndOfMessage):
                break
            elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                raise DeviceError(Problem.LOST, f"{self._where}: closed without an answer")
        if not 200 <= status < 300:
            raise DeviceError(Problem.REFUSED, f"{self._where} answers with HTTP status {status}")
        return bytes(body)

    async def _more(self) -> None:
        try:
            data = await self._stream.receive(_CHUNK)
        except anyio.EndOfStream:
            data = b""
        self._http.receive_data(data)


class Https:
    """Where the terminal is, and by what it is recognised."""

    def __init__(self, host: str, port: int, *, server_name: str, ca_file: str, timing: Timing) -> None:
        self._host = host
        self._port = port
        self._where = f"{host}:{port}"
        self._server_name = server_name
        self._ca_file = ca_file
        self._timing = timing

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Conversation]:
        """Connect, and check that it is the terminal. Nothing of a message has left before. Raises DeviceError."""
        # Anew each time: a certificate file that was replaced counts at once.
        context = self._trust()
        with anyio.move_on_after(self._timing.connect) as limit:
            stream = await self._shake_hands(context)
        if limit.cancelled_caught:
            raise DeviceError(Problem.UNREACHABLE, f"{self._where} does not answer")
        try:
            yield Conversation(stream, self._server_name, self._where)
        finally:
            await anyio.aclose_forcefully(stream)

    async def _shake_hands(self, context: ssl.SSLContext) -> TLSStream:
        raw = await anyio.abc.SocketStream.from_socket(await connect(self._host, self._port))
        try:
            # Not 'standard_compatible': a terminal that ends without a farewell is heard all the same; a cut message
            # is noticed by its length and by its HMAC.
            return await TLSStream.wrap(
                raw, server_side=False, hostname=self._server_name, ssl_context=context, standard_compatible=False
            )
        except ssl.SSLCertVerificationError as error:
            await anyio.aclose_forcefully(raw)
            why = f"{self._where} is not {self._server_name}: {error.verify_message}"
            raise DeviceError(Problem.REFUSED, why) from error
        except (ssl.SSLError, anyio.EndOfStream, anyio.BrokenResourceError, OSError) as error:
            await anyio.aclose_forcefully(raw)
            raise DeviceError(Problem.REFUSED, f"{self._where} does not speak TLS as it should: {error}") from error
        except BaseException:
            await anyio.aclose_forcefully(raw)
            raise

    def _trust(self) -> ssl.SSLContext:
        """Only the certificates of the shop's file. Raises DeviceError."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # The vendor's own words: check the Common Name. Its certificates need not have the name anywhere else.
        context.hostname_checks_common_name = True
        try:
            context.load_verify_locations(cafile=self._ca_file)
        except FileNotFoundError as error:
            raise DeviceError(Problem.NOT_FOUND, f"the certificate file {self._ca_file} is not there") from error
        except PermissionError as error:
            raise DeviceError(Problem.NO_PERMISSION, f"the certificate file {self._ca_file} cannot be read") from error
        except OSError as error:
            raise DeviceError(Problem.FAULT, f"the file {self._ca_file} holds no certificate") from error
        return context
