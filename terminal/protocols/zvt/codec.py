"""Bytes in, message out, and back: every whole APDU decodes, and `encode(decode(data)) == data`.

What cannot be read (a BMP that the text does not have or that is cut off, a maker's own content in a completion or an
answer) is carried unread in the message's `fields.rest`; a message without its parameters is Other. Whether what was
read is enough to act on, the caller judges: `fields.fault`.
"""

from collections.abc import Callable
from typing import Any

from . import apdu, bcd, bitmaps
from . import messages as m
from .bitmaps import Fields
from .errors import FieldError

_WRONG_CURRENCY = 0x6F


def decode(raw: bytes) -> m.AnyMessage:
    """The message in exactly one APDU. Raises ApduError."""
    # Nearly every APDU is short and whole, and needs no frame of its own on the way.
    if len(raw) > 2 and raw[2] != 0xFF and len(raw) == 3 + raw[2]:
        return _read((raw[0] << 8) | raw[1], raw[3:], False)
    return read(apdu.read(raw))


def decode_all(raw: bytes) -> tuple[tuple[m.AnyMessage, ...], bytes]:
    """The messages in a piece of a stream, and the bytes of one that has begun and not ended."""
    frames, rest = apdu.split(raw)
    return tuple(read(frame) for frame in frames), rest


def read(frame: apdu.Apdu) -> m.AnyMessage:
    """The message in a frame."""
    return _read(frame.control, frame.data, frame.long)


def _read(control: int, data: bytes, long: bool) -> m.AnyMessage:
    if control >> 8 == 0x84:
        return m.Nack(control & 0xFF, bitmaps.lenient(data), long=long)
    reader = _READERS.get(control)
    if reader is None:
        return m.Other(control, data, long=long)
    try:
        return reader(data, long)
    except FieldError:
        return m.Other(control, data, long=long)


def encode(message: m.AnyMessage) -> bytes:
    """The message as an APDU. Raises EncodeError when a value of ours does not fit."""
    # By type and not by `match`, which asks a message a dozen times whether it is something else.
    head = _HEADS.get(type(message), _fields_alone)
    control = message.control if isinstance(message, m.Other | m.Nack) else message.CONTROL
    return apdu.write(control, head(message), long=message.long)


def _fields_alone(message: m.Ack | m.Nack | m.StatusInformation) -> bytes:
    return message.fields.encode()


def _with_head(head: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Parameters that stand before the BMPs."""
    return lambda message: head(message) + message.fields.encode()


def _registration_head(message: m.Registration) -> bytes:
    currency = b"" if message.currency is None else bcd.pack(message.currency, 2)
    return bytes.fromhex(message.password) + bytes((message.config,)) + currency


def _password_head(message: m.StatusEnquiry | m.Reversal | m.Refund | m.EndOfDay | m.RepeatReceipt) -> bytes:
    return bytes.fromhex(message.password or "")


def _completion_head(message: m.Completion) -> bytes:
    return (message.version or b"") + _optional_byte(message.status)


def _abort_head(message: m.Abort) -> bytes:
    return _optional_byte(message.result) + (message.currency or b"")


def _intermediate_head(message: m.IntermediateStatus) -> bytes:
    return _optional_byte(message.status) + _optional_byte(message.timeout)


def _print_line_data(message: m.PrintLine) -> bytes:
    return _optional_byte(message.attribute) + message.text


def _other_data(message: m.Other) -> bytes:
    return message.data


_HEADS: dict[type, Callable[[Any], bytes]] = {
    m.Registration: _with_head(_registration_head),
    m.Completion: _with_head(_completion_head),
    m.Abort: _with_head(_abort_head),
    m.IntermediateStatus: _with_head(_intermediate_head),
    m.PrintLine: _print_line_data,
    m.Other: _other_data,
    **dict.fromkeys((m.StatusEnquiry, m.Reversal, m.Refund, m.EndOfDay, m.RepeatReceipt), _with_head(_password_head)),
}
"""The data of those messages that are more than BMPs."""


def _optional_byte(value: int | None) -> bytes:
    return b"" if value is None else bytes((value,))


def _password(data: bytes) -> tuple[str, bytes]:
    if len(data) < 3:
        raise FieldError(f"a password takes 3 bytes, {len(data)} are there")
    return data[:3].hex(), data[3:]


def _registration(data: bytes, long: bool) -> m.Registration:
    password, data = _password(data)
    if not data:
        raise FieldError("a registration has no config byte")
    config, data = data[0], data[1:]
    if len(data) < 2 or (data[0] in (bitmaps.SERVICE, bitmaps.CONTAINER) and bitmaps.fits(data)):
        return m.Registration(password, config, None, bitmaps.parse(data), long=long)
    return m.Registration(password, config, bcd.number(data[:2]), bitmaps.parse(data[2:]), long=long)


def _status_enquiry(data: bytes, long: bool) -> m.StatusEnquiry:
    if not data:
        return m.StatusEnquiry(long=long)
    password, data = _password(data)
    return m.StatusEnquiry(password, bitmaps.parse(data), long=long)


def _completion(data: bytes, long: bool) -> m.Completion:
    """After a status enquiry `[LLLVAR version] status [06 objects]`, else BMPs, else a maker's own."""
    version, tail = _version(data)
    if tail and (len(tail) == 1 or tail[1] == bitmaps.CONTAINER) and bitmaps.fits(tail[1:]):
        return m.Completion(version, tail[0], bitmaps.parse(tail[1:]), long=long)
    return m.Completion(fields=bitmaps.lenient(data), long=long)


def _version(data: bytes) -> tuple[bytes | None, bytes]:
    head = data[:3]
    if len(head) < 3 or any(byte & 0xF0 != 0xF0 or byte & 0x0F > 9 for byte in head):
        return None, data
    end = 3 + int("".join(str(byte & 0x0F) for byte in head))
    return (data[:end], data[end:]) if end <= len(data) else (None, data)


def _abort(data: bytes, long: bool) -> m.Abort:
    if not data:
        return m.Abort(long=long)
    result, data = data[0], data[1:]
    if result == _WRONG_CURRENCY and len(data) >= 2 and not _only_objects(data):
        return m.Abort(result, data[:2], bitmaps.lenient(data[2:]), long=long)
    return m.Abort(result, None, bitmaps.lenient(data), long=long)


def _only_objects(data: bytes) -> bool:
    return not data or (data[0] == bitmaps.CONTAINER and bitmaps.fits(data))


def _intermediate(data: bytes, long: bool) -> m.IntermediateStatus:
    """`status [timeout] [06 objects]`. The text wants the timeout before objects; its own example leaves it out."""
    if not data:
        return m.IntermediateStatus(long=long)
    status, data = data[0], data[1:]
    if _only_objects(data):
        return m.IntermediateStatus(status, None, bitmaps.parse(data), long=long)
    return m.IntermediateStatus(status, data[0], bitmaps.parse(data[1:]), long=long)


def _print_line(data: bytes, long: bool) -> m.PrintLine:
    return m.PrintLine(data[0] if data else None, data[1:], long=long)


def _ack(data: bytes, long: bool) -> m.Ack:
    return m.Ack(bitmaps.lenient(data), long=long)


_FieldsOnly = (
    type[m.Authorisation] | type[m.LogOff] | type[m.RegisterAbort] | type[m.StatusInformation] | type[m.PrintTextBlock]
)
_WithPassword = type[m.Reversal] | type[m.Refund] | type[m.EndOfDay] | type[m.RepeatReceipt]
_Reader = Callable[[bytes, bool], m.AnyMessage]


def _fields_only(kind: _FieldsOnly) -> _Reader:
    return lambda data, long: kind(bitmaps.parse(data), long=long)


def _with_password(kind: _WithPassword) -> _Reader:
    def read_one(data: bytes, long: bool) -> m.AnyMessage:
        password, rest = _password(data)
        fields: Fields = bitmaps.parse(rest)
        return kind(password, fields, long=long)

    return read_one


_READERS: dict[int, _Reader] = {
    m.Registration.CONTROL: _registration,
    m.StatusEnquiry.CONTROL: _status_enquiry,
    m.Completion.CONTROL: _completion,
    m.Abort.CONTROL: _abort,
    m.IntermediateStatus.CONTROL: _intermediate,
    m.PrintLine.CONTROL: _print_line,
    m.Ack.CONTROL: _ack,
    **{
        kind.CONTROL: _fields_only(kind)
        for kind in (m.Authorisation, m.LogOff, m.RegisterAbort, m.StatusInformation, m.PrintTextBlock)
    },
    **{kind.CONTROL: _with_password(kind) for kind in (m.Reversal, m.Refund, m.EndOfDay, m.RepeatReceipt)},
}
