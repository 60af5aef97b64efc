"""The simulated nexo terminal, asked by a script of its own: what it does that no shipped driver brings out."""

import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import h11
import pytest
from anyio.streams.tls import TLSStream

from terminal.domain.money import Amount
from terminal.domain.payment import PaymentIntent
from terminal.protocols.nexo import envelope, requests
from terminal.protocols.nexo import messages as m
from terminal.sim.card_nexo import POI_ID, SimNexoTerminal
from terminal.sim.card_nexo_machine import Pace
from terminal.sim.certificate import Identity, make_identity
from terminal.sim.payment_faults import FAULTS, BadFault, Move, PaymentSim
from terminal.sim.simulator import Simulator, UnknownControl

pytestmark = pytest.mark.anyio

KEY = envelope.Key("sim", 1, "passphrase of the tests")
INTENT = PaymentIntent(1, 1, Amount(5000), key="intent-0001")
NAME = "sim1.example"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("nexo"), NAME)


@asynccontextmanager
async def serving(shown: Identity, **options: Any) -> AsyncIterator[SimNexoTerminal]:
    sim = SimNexoTerminal(shown, KEY, pace=Pace(pin=0.01, host=0.01, patience=0.1), **options)
    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            await tasks.start(sim.serve)
            yield sim
            tasks.cancel_scope.cancel()


def head(category: m.Category, service: str) -> m.Header:
    return requests.header(category, service, sale_id="till-1", poi_id=POI_ID)


def payment(service: str) -> m.Message:
    return requests.money(head("Payment", service), INTENT, at="2026-11-24T19:51:14.000Z")


async def post(sim: SimNexoTerminal, shown: Identity, body: bytes) -> bytes:
    """One request, as plainly as can be; gives the answer's body."""
    host, _, port = sim.address.rpartition(":")
    context = ssl.create_default_context(cafile=str(shown.ca_file))
    context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
    stream = await anyio.connect_tcp(
        host, int(port), ssl_context=context, tls_hostname=NAME, tls_standard_compatible=False
    )
    assert isinstance(stream, TLSStream)
    http = h11.Connection(h11.CLIENT)
    length = ("Content-Length", str(len(body)))
    request = h11.Request(method="POST", target="/nexo", headers=[("Host", NAME), length])
    async with stream:
        await stream.send((http.send(request) or b"") + (http.send(h11.Data(data=body)) or b""))
        answer = b""
        while True:
            event = http.next_event()
            if event is h11.NEED_DATA:
                http.receive_data(await stream.receive())
            elif isinstance(event, h11.Data):
                answer += event.data
            elif isinstance(event, h11.EndOfMessage):
                return answer


async def ask(sim: SimNexoTerminal, shown: Identity, message: m.Message) -> m.Answer:
    data = await post(sim, shown, envelope.seal(KEY, message, os.urandom(16)))
    answer = m.read(envelope.open_sealed(KEY, data)[1])
    assert isinstance(answer, m.Answer)
    return answer


async def pay(sim: SimNexoTerminal, shown: Identity, service: str) -> m.Response:
    answer = await ask(sim, shown, payment(service))
    assert answer.payment_response is not None
    return answer.payment_response.response


def test_it_is_what_the_bench_and_the_matrix_expect(shown: Identity) -> None:
    sim: Simulator = SimNexoTerminal(shown, KEY)
    faulty: PaymentSim = SimNexoTerminal(shown, KEY)

    assert sim.name == "card"
    assert faulty.faults == FAULTS
    assert {"payment", "status", "reversal"} <= set(faulty.points)


async def test_a_service_id_is_good_once(shown: Identity) -> None:
    async with serving(shown, auto_ms=1) as sim:
        assert (await pay(sim, shown, "A")).result == "Success"
        assert (await pay(sim, shown, "A")).error_condition == "NotAllowed"
        assert sim.ledger == (Move(5000, "intent-0001", "sale"),)


async def test_nobody_brings_a_card(shown: Identity) -> None:
    async with serving(shown) as sim:
        assert (await pay(sim, shown, "A")).error_condition == "Cancel"
        assert sim.ledger == ()


async def test_power_is_lost_while_it_waits_for_a_card(shown: Identity) -> None:
    async with serving(shown) as sim:
        sim.off_s = 0.01
        sim.arm("payment-request", "clock-jump")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_until_cut, sim, shown)
            while sim.view()["state"] != "card":  # noqa: ASYNC110
                await anyio.sleep(0.005)
            await sim.press("power-off")
        assert sim.view()["state"] == "off"
        await sim.press("power-on")
        answer = await _status_when_on(sim, shown)
        repeated = answer.repeated_message_response
        assert repeated is not None
        failed = repeated.repeated_response_message_body.payment_response
        assert failed is not None
        assert (failed.response.error_condition, sim.ledger) == ("Aborted", ())


async def _until_cut(sim: SimNexoTerminal, shown: Identity) -> None:
    with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError, h11.RemoteProtocolError)):
        await pay(sim, shown, "A")


async def _status_when_on(sim: SimNexoTerminal, shown: Identity) -> m.TransactionStatusResponse:
    while True:
        try:
            answer = await ask(sim, shown, requests.status(head("TransactionStatus", "B"), "Payment", "A"))
        except OSError:
            await anyio.sleep(0.01)
            continue
        assert answer.transaction_status_response is not None
        return answer.transaction_status_response


async def test_a_message_it_cannot_open_is_rejected_in_the_clear(shown: Identity) -> None:
    async with serving(shown) as sim:
        answer = m.read(await post(sim, shown, payment("A").encode()))

        assert isinstance(answer, m.Request)
        assert answer.event_notification is not None
        assert answer.event_notification.event_to_notify == "Reject"
        assert sim.heard == []


async def test_logout(shown: Identity) -> None:
    async with serving(shown) as sim:
        answer = await ask(sim, shown, requests.logout(head("Logout", "A")))
        assert answer.logout_response == m.PlainResponse(m.Response("Success"))


async def test_controls(shown: Identity) -> None:
    sim = SimNexoTerminal(shown, KEY)
    version = sim.version
    await sim.press("auto", "5")
    await sim.press("partial", "100")
    await sim.press("tip", "20")
    await sim.press("fault", "payment cut-before")
    await sim.press("silence", "on")
    pressed = {control.name for control in sim.controls() if control.pressed}
    assert pressed == {"auto", "partial", "tip", "fault", "silence"}
    assert sim.version > version
    await sim.press("heal")
    assert (sim.view()["faults"], sim.view()["silent"]) == ({}, False)


@pytest.mark.parametrize(
    ("control", "argument"),
    [("nope", ""), ("partial", "x"), ("tip", "0"), ("auto", "-1"), ("silence", "maybe"), ("fault", "payment nope")],
)
async def test_controls_that_do_not_fit(shown: Identity, control: str, argument: str) -> None:
    with pytest.raises(UnknownControl):
        await SimNexoTerminal(shown, KEY).press(control, argument)


def test_a_point_that_is_none(shown: Identity) -> None:
    with pytest.raises(BadFault):
        SimNexoTerminal(shown, KEY).arm("nowhere", "cut-before")


def test_the_key_is_for_its_owner(shown: Identity) -> None:
    assert (Path(shown.ca_file).parent / "terminal.pem").stat().st_mode & 0o077 == 0
