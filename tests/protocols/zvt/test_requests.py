"""The till's commands as bytes."""

import pytest

from terminal.protocols.zvt import meanings, requests
from terminal.protocols.zvt import messages as m
from terminal.protocols.zvt.codec import decode, encode
from terminal.protocols.zvt.errors import EncodeError

WANTED: dict[str, tuple[m.FromRegister, str]] = {
    "register": (requests.register("123456", 208), "0600 17 123456 9A 0208 06 0B 2604 0A0206D3 2703 1401FE"),
    "authorise": (requests.authorise(12500, 208), "0601 12 04000000012500 490208 1940 06071F1F00 1F700101"),
    "enquire": (requests.enquire("000000"), "0620 05 000000 0303"),
    "status": (requests.status("000000"), "0501 05 000000 0302"),
    "reverse": (
        requests.reverse("000000", "0042", 12500, 208),
        "0630 12 000000 870042 04000000012500 490208 1940 06031F1F00",
    ),
    "refund": (requests.refund("000000", 12500, 208), "0631 0F 000000 04000000012500 490208 1940 06031F1F00"),
    "end of day": (requests.end_of_day("000000"), "0650 03 000000 06031F1F00"),
    "authorise, mirroring": (
        requests.authorise(12500, 208, last=b"\0\x2a"),
        "0601 12 04000000012500 490208 1940 06091F1F02002A 1F700101",
    ),
    "stop": (m.RegisterAbort(), "06B0 00"),
    "log off": (m.LogOff(), "0602 00"),
}


@pytest.mark.parametrize("name", WANTED)
def test_bytes(name: str) -> None:
    request, wanted = WANTED[name]
    raw = bytes.fromhex(wanted.replace(" ", ""))

    assert encode(request).hex() == (raw[:2] + bytes((len(raw) - 3,)) + raw[3:]).hex()
    assert decode(encode(request)) == request


def test_the_till_prints_and_wants_to_know_what_goes_on() -> None:
    assert requests.CONFIG == requests.config_of(till_prints=True) == 0x9A
    assert requests.config_of(till_prints=False) == 0x98


def test_what_does_not_fit() -> None:
    with pytest.raises(EncodeError):
        requests.authorise(10**12, 208)
    with pytest.raises(EncodeError):
        requests.authorise(1, 20_800)
    with pytest.raises(EncodeError):
        requests.reverse("000000", "42x", 1, 208)


def test_meanings() -> None:
    assert meanings.INTERMEDIATE["0A"] == "insert card"
    assert meanings.INTERMEDIATE["4D"] == "stopped; remove the card"
    assert all(len(code) == 2 and code == code.upper() for code in meanings.INTERMEDIATE)
    assert meanings.error(0x05) == "refused by the payment network, code 5"
    assert meanings.error(0x6C) == "stopped by a key or a time-out"
    assert meanings.error(0xEF) == "error EF"
