"""DLE EOT n: the real-time status. One question, one byte, answered even while the printer is stopped.

    NotStatus  the byte is none (its fixed bits are wrong)

Source: Epson, "ESC/POS Command Reference", DLE EOT. Bits 1 and 4 of every answer are set and bits 0 and 7
are not. That keeps an answer apart from what else may come from a printer: XON and XOFF (bit 0) and the
four bytes of an automatic status (bit 1 of the first and bit 4 of the others are clear).
"""

from collections.abc import Iterable
from enum import IntEnum

import msgspec

_FIXED_BITS = 0b1001_0011
_FIXED = 0b0001_0010


class Query(IntEnum):
    """What is asked: the n of DLE EOT n."""

    PRINTER = 1
    OFFLINE = 2
    """Why it is offline."""
    ERROR = 3
    """Which error, when OFFLINE says that there is one."""
    PAPER = 4


class NotStatus(ValueError):
    """The byte is no answer to DLE EOT."""


class PrinterState(msgspec.Struct, frozen=True):
    """The answer to PRINTER."""

    offline: bool = False
    drawer_high: bool = False
    """Level of pin 3 of the drawer's socket; whether high means open depends on the drawer."""


class OfflineCause(msgspec.Struct, frozen=True):
    """The answer to OFFLINE."""

    cover_open: bool = False
    feeding: bool = False
    """Somebody holds the feed button."""
    paper_stop: bool = False
    """Printing has stopped for want of paper."""
    error: bool = False


class ErrorCause(msgspec.Struct, frozen=True):
    """The answer to ERROR."""

    cutter: bool = False
    unrecoverable: bool = False
    auto_recoverable: bool = False
    """Goes away by itself: the head is too hot."""


class PaperState(msgspec.Struct, frozen=True):
    """The answer to PAPER. A printer without the near-end sensor always says false there."""

    near_end: bool = False
    end: bool = False


Reply = PrinterState | OfflineCause | ErrorCause | PaperState


class Status(msgspec.Struct, frozen=True):
    """All answers of one round together."""

    printer: PrinterState = PrinterState()
    offline: OfflineCause = OfflineCause()
    error: ErrorCause = ErrorCause()
    paper: PaperState = PaperState()


def question(query: Query) -> bytes:
    """The three bytes to send."""
    return bytes((0x10, 0x04, query))


def is_answer(byte: int) -> bool:
    """Whether a byte can be an answer to DLE EOT at all."""
    return byte & _FIXED_BITS == _FIXED


def is_in_order(byte: int) -> bool:
    """Whether a byte can be the answer to GS r (bits 4 and 7 are clear), which no answer to DLE EOT is."""
    return byte & 0b1001_0000 == 0


def begins_automatic(byte: int) -> bool:
    """Whether a byte begins the four of an automatic status (GS a): bit 4 is set; bits 0, 1 and 7 are clear."""
    return byte & _FIXED_BITS == 0b0001_0000


def is_garbage(byte: int) -> bool:
    """Whether no printer says this: neither an answer, nor part of an automatic status, nor XON or XOFF."""
    known = is_answer(byte) or is_in_order(byte) or begins_automatic(byte) or byte in (0x11, 0x13)
    return not known


def decode(query: Query, byte: int) -> Reply:
    """What a printer's byte says to a question. Raises NotStatus.

    The two bits of each paper sensor are the same at Epson; some makers set one of them: either counts.
    """
    if not is_answer(byte):
        raise NotStatus(f"{byte:#04x} is no answer to DLE EOT {query:d}")
    match query:
        case Query.PRINTER:
            return PrinterState(offline=bool(byte & 0x08), drawer_high=bool(byte & 0x04))
        case Query.OFFLINE:
            return OfflineCause(
                cover_open=bool(byte & 0x04),
                feeding=bool(byte & 0x08),
                paper_stop=bool(byte & 0x20),
                error=bool(byte & 0x40),
            )
        case Query.ERROR:
            return ErrorCause(
                cutter=bool(byte & 0x08), unrecoverable=bool(byte & 0x20), auto_recoverable=bool(byte & 0x40)
            )
        case Query.PAPER:
            return PaperState(near_end=bool(byte & 0x0C), end=bool(byte & 0x60))


def encode(reply: Reply) -> int:
    """The byte that says it: what a simulator sends."""
    match reply:
        case PrinterState():
            return _FIXED | 0x08 * reply.offline | 0x04 * reply.drawer_high
        case OfflineCause():
            return (
                _FIXED | 0x04 * reply.cover_open | 0x08 * reply.feeding | 0x20 * reply.paper_stop | 0x40 * reply.error
            )
        case ErrorCause():
            return _FIXED | 0x08 * reply.cutter | 0x20 * reply.unrecoverable | 0x40 * reply.auto_recoverable
        case PaperState():
            return _FIXED | 0x0C * reply.near_end | 0x60 * reply.end


def combine(replies: Iterable[Reply]) -> Status:
    """The answers of one round as one; a later answer to the same question counts."""
    status = Status()
    for reply in replies:
        match reply:
            case PrinterState():
                status = msgspec.structs.replace(status, printer=reply)
            case OfflineCause():
                status = msgspec.structs.replace(status, offline=reply)
            case ErrorCause():
                status = msgspec.structs.replace(status, error=reply)
            case PaperState():
                status = msgspec.structs.replace(status, paper=reply)
    return status
