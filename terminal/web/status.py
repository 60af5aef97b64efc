"""The status page: devices, journal, totals, receipts."""

import platform

from terminal.domain.document import Document
from terminal.domain.receipt import Receipt

from .look import Look
from .region_alerts import rows_of
from .region_type import Region
from .render import render
from .say import device_sentence
from .sentences import KINDS

STATUS_PAUSE = 0.5
"""Seconds between two looks: the totals are read from disk, and a sale must not wait for a page that nobody watches."""

RECEIPTS = 20


def _devices(look: Look) -> str:
    board = look.parts.board
    rows = [(row, *device_sentence(row, look.words, alone=board.alone(row))) for row in rows_of(look)]
    return render("status/devices.html", look.words, rows=rows, kinds=KINDS, clock=look.parts.clock)


def _journal(look: Look) -> str:
    parts = look.parts
    revision = parts.catalogue.revision()
    return render(
        "status/journal.html",
        look.words,
        seq=parts.till.seq,
        last=look.state.next_receipt - 1,
        register=look.state.register,
        revision=revision,
        versions=versions(parts.version),
    )


def versions(own: str) -> tuple[tuple[str, str], ...]:
    """What this runs on."""
    from importlib import metadata

    return (
        ("Kasse", own),
        ("Python", platform.python_version()),
        ("SQLite", metadata.version("apsw")),
        ("Linux", platform.release()),
    )


def _totals(look: Look) -> str:
    return render("status/totals.html", look.words, shift=look.parts.views.shift())


def _receipts(look: Look) -> str:
    return render(
        "status/receipts.html",
        look.words,
        recent=look.parts.views.recent(RECEIPTS),
        register=look.state.register,
        open_receipt=look.ui.receipt,
        can_print=look.parts.till.setup.printer,
    )


def _receipt(look: Look) -> str:
    receipt: Receipt | None = look.parts.views.receipt(look.ui.receipt) if look.ui.receipt else None
    document: Document = ()
    if receipt is not None:
        from terminal.app.receipt_layout import lay_out

        document = lay_out(receipt, look.parts.language)
    return render(
        "status/receipt.html",
        look.words,
        receipt=receipt,
        paper_language=look.parts.language,
        elements=[(type(element).__name__, element) for element in document],
        can_print=look.parts.till.setup.printer,
    )


STATUS_REGIONS: tuple[Region, ...] = (
    Region("st-devices", lambda look: (*look.parts.board.rows(), look.parts.till.failure, look.words), _devices),
    Region("st-journal", lambda look: (look.parts.till.seq, look.state.revision, look.words), _journal),
    Region("st-totals", lambda look: (look.parts.till.seq, look.words), _totals),
    Region("st-receipts", lambda look: (look.state.next_receipt, look.ui.receipt, look.words), _receipts),
    Region("st-receipt", lambda look: (look.ui.receipt, look.words), _receipt),
)
