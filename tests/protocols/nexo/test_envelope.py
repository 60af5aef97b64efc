"""The envelope, against what the vendor's package made of the same messages."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.nexo import envelope, requests
from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.errors import EnvelopeError, Forged, NexoError, Rejected, WrongKey
from tests.protocols.nexo.vendor import Vector, vectors

VECTORS = vectors()
KEY = envelope.Key("ours", 1, "a passphrase for all")
HEAD = requests.header("Diagnosis", "ABC", sale_id="till-1", poi_id="SIM1-000000001")
SEALED = envelope.seal(KEY, requests.diagnosis(HEAD), bytes(range(16)))


def key_of(vector: Vector) -> envelope.Key:
    return envelope.Key(vector.identifier, vector.version, vector.passphrase)


def changed(**trailer: Any) -> bytes:
    """SEALED with other values in its trailer, or another NexoBlob."""
    data = json.loads(SEALED)
    inner = data["SaleToPOIRequest"]
    inner["NexoBlob"] = trailer.pop("NexoBlob", inner["NexoBlob"])
    inner["SecurityTrailer"] |= trailer
    return json.dumps(data).encode()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each.identifier)
def test_the_vendors_envelopes_are_opened(vector: Vector) -> None:
    header, plain = envelope.open_sealed(key_of(vector), json.dumps(vector.sealed).encode())

    assert plain == vector.plain.encode()
    assert header == m.read(plain).message_header


@pytest.mark.parametrize("vector", VECTORS, ids=lambda each: each.identifier)
def test_sealed_with_the_vendors_nonce_it_is_the_vendors_envelope(vector: Vector) -> None:
    kind: m.Kind = "SaleToPOIRequest" if "SaleToPOIRequest" in vector.sealed else "SaleToPOIResponse"
    nonce = base64.b64decode(vector.sealed[kind]["SecurityTrailer"]["Nonce"])
    sealed = envelope.seal(key_of(vector), m.Message(kind, m.read(vector.plain.encode())), nonce)

    assert json.loads(sealed) == vector.sealed


@pytest.mark.parametrize(
    ("data", "error", "said"),
    [
        (changed(KeyIdentifier="theirs"), WrongKey, "key 'theirs' version 1, not with 'ours' version 1"),
        (changed(KeyVersion=2), WrongKey, "version 2"),
        (changed(AdyenCryptoVersion=2), WrongKey, "another method, version 2"),
        (changed(Hmac=base64.b64encode(bytes(32)).decode()), Forged, "not sealed with our key"),
        (changed(Hmac=""), Forged, "not sealed with our key"),
        (changed(Hmac="AAAA!"), EnvelopeError, "the HMAC is no base64"),
        (changed(Nonce="@"), EnvelopeError, "the nonce is no base64"),
        (changed(Nonce="AAAA"), EnvelopeError, "the nonce has 3 bytes"),
        (changed(NexoBlob="AAAA"), EnvelopeError, "no whole number of cipher blocks"),
        (changed(NexoBlob="not base64"), EnvelopeError, "the message is no base64"),
        (changed(NexoBlob=base64.b64encode(bytes(32)).decode()), Forged, "not sealed with our key"),
        (requests.diagnosis(HEAD).encode(), EnvelopeError, "in the clear"),
        (b"{}", EnvelopeError, "neither one request nor one response"),
        (b"ok", EnvelopeError, "no envelope"),
        (b" " * (envelope.MOST_BYTES + 1), EnvelopeError, "more than 1000000 bytes"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, error: type[NexoError], said: str) -> None:
    with pytest.raises(error, match=said):
        envelope.open_sealed(KEY, data)


def test_a_terminal_that_cannot_open_ours_says_so_in_the_clear() -> None:
    event = m.EventNotification(event_to_notify="Reject", event_details="message=No%20key\n")
    data = m.Message("SaleToPOIRequest", m.Request(message_header=HEAD, event_notification=event)).encode()

    with pytest.raises(Rejected, match="Reject message=No%20key"):
        envelope.open_sealed(KEY, data)


@given(st.integers(0, len(json.loads(SEALED)["SaleToPOIRequest"]["NexoBlob"]) * 6 // 8 * 8 - 1))
def test_no_bit_can_be_turned(bit: int) -> None:
    blob = bytearray(base64.b64decode(json.loads(SEALED)["SaleToPOIRequest"]["NexoBlob"]))
    bit %= 8 * len(blob)
    blob[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Forged):
        envelope.open_sealed(KEY, changed(NexoBlob=base64.b64encode(blob).decode()))


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(NexoError):
        envelope.open_sealed(KEY, data)


@given(st.binary(max_size=64), st.binary(max_size=20), st.binary(max_size=40), st.integers(), st.text(max_size=8))
def test_any_envelope(blob: bytes, nonce: bytes, mac: bytes, version: int, name: str) -> None:
    def text(data: bytes) -> str:
        return base64.b64encode(data).decode()

    data = changed(NexoBlob=text(blob), Nonce=text(nonce), Hmac=text(mac), KeyVersion=version, KeyIdentifier=name)
    with pytest.raises(NexoError):
        envelope.open_sealed(KEY, data)


@given(st.binary(min_size=16, max_size=16), st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_sealed_is_opened(nonce: bytes, text: str) -> None:
    head = requests.header("Login", "ABC", sale_id="till-1", poi_id=text)
    message = requests.login(head, at=text, version="1", language="da")

    assert envelope.open_sealed(KEY, envelope.seal(KEY, message, nonce)) == (head, message.encode())


def test_a_key_shows_nothing_of_itself() -> None:
    assert repr(KEY) == "Key('ours', 1)"
    with pytest.raises(ValueError, match="ASCII"):
        envelope.Key("ours", 1, "kødpålæg")
