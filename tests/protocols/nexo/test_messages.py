"""Messages: what is known is read, what is not is passed over, and no bytes are too strange."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.nexo import messages as m
from terminal.protocols.nexo.errors import MessageError
from tests.protocols.nexo.vendor import messages

LOGIN = b"""{"SaleToPOIResponse": {
    "LoginResponse": {
        "POISystemData": {
            "POISoftware": {"SoftwareVersion": "adyen_1", "ManufacturerID": "Adyen"},
            "DateTime": "2018-04-03T08:50:23.000Z",
            "POIStatus": {"CommunicationOKFlag": true, "GlobalStatus": "OK"}
        },
        "Response": {"Result": "Success"}
    },
    "MessageHeader": {
        "ProtocolVersion": "3.0", "SaleID": "till-1", "MessageClass": "Service", "MessageCategory": "Login",
        "ServiceID": "0403105031", "POIID": "P400Plus-1", "MessageType": "Response"
    }
}}"""

DEEP = b'{"SaleToPOIResponse":{"x":' + b"[" * 100_000


def test_a_response_as_the_documentation_has_it() -> None:
    answer = m.read(LOGIN)

    assert isinstance(answer, m.Answer)
    assert answer.login_response == m.LoginResponse(m.Response("Success"), m.POISystemData(m.POIStatus("OK", True)))
    assert answer.message_header.poi_id == "P400Plus-1"


@pytest.mark.parametrize("message", messages(), ids=lambda each: each.header.message_category)
def test_ours_are_read_as_they_were_meant(message: m.Message) -> None:
    assert m.read(message.encode()) == message.body


@pytest.mark.parametrize(
    "data", [b"", b"null", b"{}", b'{"SaleToPOIRequest":{}}', b'{"SaleToPOIResponse":1}', b"\xff\xfe", DEEP]
)
def test_what_is_no_message(data: bytes) -> None:
    with pytest.raises(MessageError):
        m.read(data)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(MessageError):
        m.read(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted({*m.Answer.__struct_encode_fields__, *m.Request.__struct_encode_fields__})


@given(st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4), st.sampled_from(["Request", "Response"]))
def test_any_json_in_the_places_of_messages(body: dict[str, object], kind: str) -> None:
    """It is read, or it is said to be none: nothing else comes out."""
    data = json.dumps({f"SaleToPOI{kind}": {**json.loads(LOGIN)["SaleToPOIResponse"], **body}}).encode()
    with contextlib.suppress(MessageError):
        assert m.read(data).message_header.poi_id == "P400Plus-1"
