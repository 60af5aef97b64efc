"""A nexo terminal that says nonsense, over the same TLS: whatever it is, the payment is unknown and nothing breaks."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.abc
import msgspec
import pytest
from anyio.streams.tls import TLSStream

from terminal.config.settings import NexoTcp
from terminal.devices.card_nexo import NexoTerminal
from terminal.devices.card_nexo_https import MOST_ANSWER, Timing
from terminal.domain.payment import OutcomeUnknown
from terminal.protocols.nexo import envelope, requests
from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.fields import major
from terminal.protocols.nexo.requests import service_id
from terminal.sim.certificate import Identity
from tests.devices.nexo_bench import INTENT, KEY, PASSPHRASE, SERVER_NAME, Till, identity

pytestmark = pytest.mark.anyio

TIMING = Timing(answer=0.5, quick=0.5, again=0.01)
SUCCESS = m.PaymentResponse(
    response=m.Response("Success"),
    payment_result=m.PaymentResult("Normal", m.AmountsResp(major(12500), "DKK")),
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return identity(tmp_path_factory.mktemp("nexo"))


@asynccontextmanager
async def saying(shown: Identity, *answer: bytes) -> AsyncIterator[NexoTerminal]:
    """A terminal that answers everything with these bytes, one segment each, and a driver for it."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

    async def serve(raw: anyio.abc.SocketStream) -> None:
        async with raw:
            stream = await TLSStream.wrap(raw, server_side=True, ssl_context=shown.context, standard_compatible=False)
            await stream.receive()
            try:
                for each in answer:
                    await stream.send(each)
                await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                return

    with anyio.fail_after(20):
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, serve)
            settings = NexoTcp(
                host="127.0.0.1",
                port=listener.extra(anyio.abc.SocketAttribute.local_port),
                poi_id="SIM1",
                sale_id="till-1",
                ca_file=str(shown.ca_file),
                server_name=SERVER_NAME,
                key_identifier=KEY.identifier,
                key_version=KEY.version,
            )
            yield NexoTerminal(settings, PASSPHRASE, timing=TIMING)
            tasks.cancel_scope.cancel()


def http(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n") -> bytes:
    return head % len(body) + body


def header(service: str = service_id(INTENT)) -> m.Header:
    ours = requests.header("Payment", service, sale_id="till-1", poi_id="SIM1")
    return msgspec.structs.replace(ours, message_type="Response")


def sealed(head: m.Header, outside: m.Header | None = None) -> bytes:
    answer = m.Answer(message_header=head, payment_response=SUCCESS)
    data = envelope.seal(KEY, m.Message("SaleToPOIResponse", answer), os.urandom(16))
    if outside is None:
        return data
    theirs = m.Message("SaleToPOIResponse", m.Answer(message_header=outside)).encode()
    return msgspec.json.encode(
        {"SaleToPOIResponse": {**msgspec.json.decode(data)["SaleToPOIResponse"], **_inner(theirs)}}
    )


def _inner(data: bytes) -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode(data)["SaleToPOIResponse"]
    return found


NONSENSE: dict[str, Callable[[], tuple[bytes, ...]]] = {
    "500": lambda: (http(b"", b"HTTP/1.1 500 Sorry\r\nContent-Length: %d\r\n\r\n"),),
    "no HTTP": lambda: (b"\x00\x01\x02 nonsense\r\n\r\n",),
    "an endless header": lambda: (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 40_000,),
    "too large": lambda: (http(b"x" * (MOST_ANSWER + 1)),),
    "only the half of it": lambda: (http(sealed(header()))[:-10],),
    "no body": lambda: (http(b""),),
    "in the clear": lambda: (
        http(m.Message("SaleToPOIResponse", m.Answer(message_header=header(), payment_response=SUCCESS)).encode()),
    ),
    "an answer of yesterday": lambda: (http(sealed(header("OLD"))),),
    "another header outside": lambda: (http(sealed(header(), header("OTHER"))),),
    "nothing about the payment": lambda: (
        http(
            envelope.seal(KEY, m.Message("SaleToPOIResponse", m.Answer(message_header=header())), os.urandom(16)),
        ),
    ),
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense(shown: Identity, nonsense: Callable[[], tuple[bytes, ...]]) -> None:
    async with saying(shown, *nonsense()) as terminal:
        till = Till()
        result = await till.pay(terminal)

        assert isinstance(result, OutcomeUnknown)
        assert (till.sent, till.recorded) == (1, [])
        assert isinstance(await terminal.lookup(INTENT, known=None, before=None), OutcomeUnknown)


async def test_an_answer_byte_by_byte_is_understood(shown: Identity) -> None:
    whole = http(sealed(header()))
    async with saying(shown, *(whole[i : i + 7] for i in range(0, len(whole), 7))) as terminal:
        till = Till()
        await till.pay(terminal)

        assert till.approved is not None


async def test_a_host_that_speaks_no_tls(shown: Identity, tmp_path: Path) -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

    async def serve(raw: anyio.abc.SocketStream) -> None:
        async with raw:
            await raw.send(b"220 mail.example ESMTP\r\n")
            await raw.receive()

    with anyio.fail_after(20):
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, serve)
            settings = NexoTcp(
                host="127.0.0.1",
                port=listener.extra(anyio.abc.SocketAttribute.local_port),
                poi_id="SIM1",
                sale_id="till-1",
                ca_file=str(shown.ca_file),
                server_name=SERVER_NAME,
                key_identifier=KEY.identifier,
            )
            till = Till()
            result = await till.pay(NexoTerminal(settings, PASSPHRASE, timing=TIMING))
            assert (getattr(result, "reason", ""), till.sent) == ("not-sent", 0)
            tasks.cancel_scope.cancel()
