"""Touches on the calibration page."""

from typing import TYPE_CHECKING

from terminal.app.ports.printer import NotPrinted
from terminal.domain.document import Barcode, Cut, Document, Feed, Text
from terminal.domain.errors import Reason, SaleError
from terminal.texts import Language, language

from . import forms as f
from .call import Call

if TYPE_CHECKING:
    from terminal.app.calibrating import Calibrating


def start(call: Call, _: f.Nothing) -> None:
    """Begin."""
    _desk(call).start()


def stop(call: Call, _: f.Nothing) -> None:
    """Scans are sold again."""
    _desk(call).stop()


def forget(call: Call, form: f.ScannerNamed) -> None:
    """Read a scanner by its settings again."""
    _desk(call).forget(form.scanner)


async def print_code(call: Call, _: f.Nothing) -> None:
    """The barcode on paper, for a scanner that reads no screens."""
    if call.parts.printer is None:
        raise SaleError(Reason.NO_PRINTER)
    outcome = await call.parts.printer.print(paper(language(call.parts.language)))
    if isinstance(outcome, NotPrinted):
        call.screen.say("bad", "not-printed")


def paper(words: Language) -> Document:
    """What is printed."""
    from terminal.protocols.keymap.calibrate import TEXT

    return (
        Text(words.gettext("Calibrate a scanner"), align="center", bold=True),
        Text(words.gettext("Scan this barcode with the scanner."), align="center"),
        Feed(),
        Barcode(TEXT),
        Feed(),
        Cut(),
    )


def _desk(call: Call) -> "Calibrating":
    if call.parts.calibrating is None:
        raise SaleError(Reason.NO_SCANNER)
    return call.parts.calibrating
