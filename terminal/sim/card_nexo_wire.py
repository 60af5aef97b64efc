"""The simulated nexo terminal's wire: HTTPS, one request a connection."""

import ssl

import anyio
import anyio.abc
import h11
from anyio.streams.tls import TLSStream

_MOST = 1_000_000
_CHUNK = 16_384

CUT = (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError, ssl.SSLError, OSError)
"""The till is gone, or does not want this certificate."""


class BadRequest(Exception):
    """It is no HTTP, or too large."""


class Caller:
    """A till that has called."""

    def __init__(self, stream: TLSStream) -> None:
        self._stream = stream
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_CHUNK)

    async def hear(self) -> bytes:
        """The request's body. Raises BadRequest, and one of CUT."""
        body = bytearray()
        try:
            while True:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    self._http.receive_data(await self._stream.receive(_CHUNK))
                elif isinstance(event, h11.Data):
                    body += event.data
                    if len(body) > _MOST:
                        raise BadRequest("too large")
                elif isinstance(event, h11.EndOfMessage):
                    return bytes(body)
                elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
                    raise BadRequest("no request")
        except h11.RemoteProtocolError as error:
            raise BadRequest(str(error)) from error

    def answer(self, body: bytes) -> bytes:
        """The bytes of an answer with this body."""
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Connection", "close")]
        parts = (h11.Response(status_code=200, headers=headers), h11.Data(data=body), h11.EndOfMessage())
        return b"".join(self._http.send(part) or b"" for part in parts)

    async def say(self, data: bytes) -> None:
        """Any bytes."""
        await self._stream.send(data)

    async def hang_up(self) -> None:
        """Cut the line."""
        await anyio.aclose_forcefully(self._stream)

    async def until_gone(self) -> None:
        """Until the till hangs up."""
        try:
            while True:
                await self._stream.receive(_CHUNK)
        except CUT:
            return


async def accept(raw: anyio.abc.ByteStream, context: ssl.SSLContext) -> Caller:
    """Shake hands. Raises one of CUT."""
    return Caller(await TLSStream.wrap(raw, server_side=True, ssl_context=context, standard_compatible=False))
