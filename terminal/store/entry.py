"""One journal entry: its bytes, its hash, its event.

hash = SHA-256(prev_hash, seq and at as big-endian 8 bytes, trusted as 1 byte, kind, 0x00, body). The first entry's
prev_hash is SHA-256 of the file's epoch, so that the chains of two files never fit together.
"""

import hashlib
import struct
from typing import Any

import msgspec

from terminal.domain.events import AnyEvent

_HEAD = struct.Struct(">QqB")
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(AnyEvent)


class Entry(msgspec.Struct, frozen=True):
    """One row."""

    seq: int
    at: int
    trusted: bool
    kind: str
    body: bytes
    prev_hash: bytes
    hash: bytes


def chain_start(epoch: str) -> bytes:
    """The first entry's prev_hash."""
    return hashlib.sha256(b"kasse journal " + epoch.encode()).digest()


def hash_of(prev_hash: bytes, seq: int, at: int, trusted: bool, kind: str, body: bytes) -> bytes:  # noqa: PLR0917 (the entry's fields, in their order)
    """The entry's hash."""
    head = _HEAD.pack(seq, at, trusted)
    return hashlib.sha256(b"".join((prev_hash, head, kind.encode(), b"\0", body))).digest()


def encode(event: AnyEvent) -> bytes:
    """Canonical JSON: the struct's fields in their order, defaults left out, no white space."""
    return _encoder.encode(event)


def decode(body: bytes) -> AnyEvent:
    """The event of a body. Raises msgspec.DecodeError or ValidationError."""
    try:
        event: AnyEvent = _decoder.decode(body)
    except UnicodeDecodeError as error:  # msgspec's own way of saying that a string in it is no UTF-8
        raise msgspec.DecodeError(str(error)) from error
    return event


def kind_of(event: AnyEvent) -> str:
    """The event's tag, '<kind>/<schema>'."""
    config: Any = event.__struct_config__
    return str(config.tag)
