"""What the simulated terminal says, as messages: results, totals, receipts."""

from terminal.protocols.zvt import bcd, bitmaps, tlv
from terminal.protocols.zvt import messages as m

from .card_zvt_ledger import Last, Move

TERMINAL_ID = bytes.fromhex("29001006")
PAN = "4571100012345673"
"""A made-up Dankort number with a good check digit. It goes to the till unmasked: hiding it is the till's work."""
CARD_NAME = "Visa/Dankort"
CARD_TYPE = 197

_LAST_LINE = 0x81
_KINDS, _VISA = 7, 4
"""BMP 60 counts seven kinds of card; the fifth is Visa (3.1.3)."""


def status_of(last: Last) -> m.StatusInformation:
    """04 0F about a transaction."""
    move = last.move
    fields = [
        bitmaps.bmp(bitmaps.RESULT, bytes((last.result,))),
        bitmaps.packed(bitmaps.AMOUNT, move.amount),
        bitmaps.packed(bitmaps.CURRENCY, move.currency),
        bitmaps.packed(bitmaps.TRACE, move.trace),
        *_when(move.at),
        bitmaps.bmp(bitmaps.PAN, bcd.pack_digits(PAN)),
        bitmaps.bmp(bitmaps.TERMINAL_ID, TERMINAL_ID),
        bitmaps.packed(bitmaps.RECEIPT, move.receipt),
        bitmaps.bmp(bitmaps.CARD_TYPE, bytes((CARD_TYPE,))),
        bitmaps.bmp(bitmaps.CARD_NAME, move.card.encode("ascii") + b"\0"),
    ]
    if move.of:
        fields.append(bitmaps.packed(bitmaps.ORIGINAL_TRACE, move.of))
    objects = []
    if move.tip:
        objects.append(tlv.node(0x1F36, bcd.pack(move.tip, 6)))
    if last.result == 0:
        objects.append(tlv.node(0x1F1F, move.receipt.to_bytes(2, "big")))
        fields.append(bitmaps.bmp(bitmaps.AUTHORISATION, f"{move.trace:06d}".encode().ljust(8, b"\0")))
    else:
        fields.append(bitmaps.bmp(bitmaps.TEXT, "Afvist af kortudsteder".encode("cp437")))
    if objects:
        fields.append(bitmaps.container(*objects))
    return m.StatusInformation(bitmaps.Fields(tuple(fields)))


def bare_status(result: int) -> m.StatusInformation:
    """04 0F about what did not come to a transaction."""
    number, terminal = bitmaps.bmp(bitmaps.RESULT, bytes((result,))), bitmaps.bmp(bitmaps.TERMINAL_ID, TERMINAL_ID)
    return m.StatusInformation(bitmaps.Fields((number, terminal)))


def totals_of(today: tuple[Move, ...], trace: int, at: str) -> m.StatusInformation:
    """04 0F about a day (3.1.3): the sum of what came and went, all of it under Visa."""
    total = max(0, sum(move.signed for move in today))
    kinds = [(len(today), total) if kind == _VISA else (0, 0) for kind in range(_KINDS)]
    receipts = bcd.pack(today[0].receipt, 2) + bcd.pack(today[-1].receipt, 2)
    single = receipts + b"".join(bytes((min(count, 0xFF),)) + bcd.pack(amount, 6) for count, amount in kinds)
    fields = (
        bitmaps.bmp(bitmaps.RESULT, b"\0"),
        bitmaps.packed(bitmaps.AMOUNT, total),
        bitmaps.bmp(bitmaps.TOTALS, single),
        bitmaps.packed(bitmaps.CURRENCY, today[-1].currency),
        bitmaps.packed(bitmaps.TRACE, trace),
        *_when(at),
    )
    return m.StatusInformation(bitmaps.Fields(fields))


def block_of(lines: list[bytes], kind: int) -> list[m.PrintLine | m.PrintTextBlock]:
    """One 06 D3. `kind`: the receipt type (tag 1F07)."""
    text = tlv.node(0x25, *(tlv.node(0x07, line) for line in lines), tlv.node(0x09, bytes((_LAST_LINE,))))
    return [m.PrintTextBlock(bitmaps.Fields((bitmaps.container(tlv.node(0x1F07, bytes((kind,))), text),)))]


def lines_of(lines: list[bytes]) -> list[m.PrintLine | m.PrintTextBlock]:
    """One 06 D1 a line."""
    return [m.PrintLine(_LAST_LINE if i == len(lines) - 1 else 0, line) for i, line in enumerate(lines)]


def _when(at: str) -> tuple[bitmaps.Bmp, bitmaps.Bmp]:
    date, time = at.split(" ")
    return bitmaps.bmp(bitmaps.TIME, bcd.pack_digits(time)), bitmaps.bmp(bitmaps.DATE, bcd.pack_digits(date))
