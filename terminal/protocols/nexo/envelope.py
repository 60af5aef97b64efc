"""NexoCrypto: how a message is sealed for the way between till and terminal, and opened again.

Beside the message's header in the clear stand the whole message, AES-256-CBC with PKCS #7 padding (NexoBlob), and a
trailer: which key, a nonce of 16 bytes, and the HMAC-SHA256 of the message as it was before encryption. The cipher's
initialisation vector is the key's own, XOR the nonce. Keys come from a passphrase that shop and terminal share.

A recording of old messages can be sent again; that it is old is seen from the ServiceID, which the caller compares.

Source: Adyen, "Protect local communications", "Set up a shared key", "Encrypt" and "Decrypt and validate"; checked
against the vendor's npm package.
"""

import binascii
import hashlib
import hmac
from typing import Any

import msgspec

from .errors import EnvelopeError, Forged, Rejected, WrongKey
from .fields import words
from .messages import Header, Message, Sealed, SecurityTrailer

MOST_BYTES = 1_000_000
"""Of an envelope. An answer with two receipts has some 20 000."""
NONCE_BYTES = 16
CRYPTO_VERSION = 1

_SALT = b"AdyenNexoV1Salt"
_ROUNDS = 4000
_HMAC, _CIPHER, _IV = 32, 32, 16
_BLOCK = 16


class Key:
    """The shared key: its name, and what the passphrase gives. Nothing of the latter is ever shown."""

    __slots__ = ("cipher", "hmac", "identifier", "iv", "version")

    def __init__(self, identifier: str, version: int, passphrase: str) -> None:
        """Takes some ten milliseconds. The vendor's libraries disagree on other letters than ASCII's: ValueError."""
        if not passphrase.isascii():
            raise ValueError("a passphrase is of ASCII characters")
        length = _HMAC + _CIPHER + _IV
        material = hashlib.pbkdf2_hmac("sha1", passphrase.encode("ascii"), _SALT, _ROUNDS, length)
        self.identifier = identifier
        self.version = version
        self.hmac = material[:_HMAC]
        self.cipher = material[_HMAC : _HMAC + _CIPHER]
        self.iv = material[_HMAC + _CIPHER :]

    def __repr__(self) -> str:
        return f"Key({self.identifier!r}, {self.version})"


def seal(key: Key, message: Message, nonce: bytes) -> bytes:
    """The envelope of a message, as JSON. `nonce`: NONCE_BYTES that have never been used with this key."""
    plain = message.encode()
    trailer = SecurityTrailer(
        adyen_crypto_version=CRYPTO_VERSION,
        key_identifier=key.identifier,
        key_version=key.version,
        nonce=_text(nonce),
        hmac=_text(hmac.digest(key.hmac, plain, "sha256")),
    )
    blob = _encrypt(key, plain, nonce)
    return Message(message.kind, Sealed(message.header, nexo_blob=_text(blob), security_trailer=trailer)).encode()


def open_sealed(key: Key, data: bytes) -> tuple[Header, bytes]:
    """The header that stands in the clear, and the message as JSON, which our key vouches for. Raises NexoError."""
    sealed = _read(data)
    trailer = sealed.security_trailer
    if trailer is None or not sealed.nexo_blob:
        raise _in_the_clear(sealed)
    if trailer.adyen_crypto_version != CRYPTO_VERSION:
        raise WrongKey(f"sealed by another method, version {trailer.adyen_crypto_version}")
    if (trailer.key_identifier, trailer.key_version) != (key.identifier, key.version):
        raise WrongKey(
            f"sealed with the key {words(trailer.key_identifier)!r} version {trailer.key_version}, "
            f"not with {key.identifier!r} version {key.version}"
        )
    nonce = _bytes(trailer.nonce, "the nonce")
    blob = _bytes(sealed.nexo_blob, "the message")
    mac = _bytes(trailer.hmac, "the HMAC")
    if len(nonce) != NONCE_BYTES:
        raise EnvelopeError(f"the nonce has {len(nonce)} bytes")
    if not blob or len(blob) % _BLOCK:
        raise EnvelopeError("the message is no whole number of cipher blocks")
    padded = _decrypt(key, blob, nonce)
    plain, well_padded = _unpadded(padded)
    # Both are looked at whatever the first says, and one answer covers both: no telling which bytes were right.
    vouched = hmac.compare_digest(hmac.digest(key.hmac, plain, "sha256"), mac)
    if not (vouched and well_padded):
        raise Forged("the message was not sealed with our key, or was changed on the way")
    return sealed.message_header, plain


def _read(data: bytes) -> Sealed:
    if len(data) > MOST_BYTES:
        raise EnvelopeError(f"more than {MOST_BYTES} bytes")
    try:
        outer = msgspec.json.decode(data, type=_Outer)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise EnvelopeError(f"no envelope: {words(str(error))}") from error
    found = outer.request or outer.response
    if found is None or (outer.request and outer.response):
        raise EnvelopeError("no envelope: neither one request nor one response")
    return found


class _Outer(msgspec.Struct, frozen=True):
    request: Sealed | None = msgspec.field(default=None, name="SaleToPOIRequest")
    response: Sealed | None = msgspec.field(default=None, name="SaleToPOIResponse")


def _in_the_clear(sealed: Sealed) -> EnvelopeError | Rejected:
    event = sealed.event_notification
    if event is None:
        return EnvelopeError("no envelope: the message is in the clear")
    return Rejected(f"the terminal did not take the message: {words(f'{event.event_to_notify} {event.event_details}')}")


def _encrypt(key: Key, plain: bytes, nonce: bytes) -> bytes:
    padding = _BLOCK - len(plain) % _BLOCK
    encryptor = _cipher(key, nonce).encryptor()
    return bytes(encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize())


def _decrypt(key: Key, blob: bytes, nonce: bytes) -> bytes:
    decryptor = _cipher(key, nonce).decryptor()
    return bytes(decryptor.update(blob) + decryptor.finalize())


def _cipher(key: Key, nonce: bytes) -> Any:
    # Only a till with such a terminal pays for loading it.
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
    vector = bytes(ours ^ theirs for ours, theirs in zip(key.iv, nonce, strict=True))
    return Cipher(AES256(key.cipher), CBC(vector))


def _unpadded(padded: bytes) -> tuple[bytes, bool]:
    count = padded[-1]
    if 1 <= count <= _BLOCK and padded.endswith(bytes([count]) * count):
        return padded[:-count], True
    return padded, False


def _text(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def _bytes(text: str, what: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise EnvelopeError(f"{what} is no base64") from error
