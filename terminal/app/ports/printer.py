"""A receipt printer: prints one document, says honestly what became of it, and may kick a drawer."""

from typing import Protocol

import msgspec

from terminal.domain.document import Document

from .device import Problem


class Printed(msgspec.Struct, frozen=True, tag="printed"):
    """All bytes were sent; `confirmed` is true when the printer answered a status afterwards and was well."""

    confirmed: bool


class NotPrinted(msgspec.Struct, frozen=True, tag="not-printed"):
    """Nothing was sent: safe to try again."""

    problem: Problem
    detail: str = ""


class PrintUnknown(msgspec.Struct, frozen=True, tag="unknown"):
    """Some bytes were sent and then it failed: a person must look at the paper."""

    problem: Problem
    detail: str = ""


PrintOutcome = Printed | NotPrinted | PrintUnknown


class Printer(Protocol):
    """One printer. Calls are serialised by the driver; none raises for what the device does."""

    async def print(self, document: Document) -> PrintOutcome:
        """Render, connect, ask the status, send, ask again. Never sends twice."""

    async def kick(self) -> PrintOutcome:
        """Send the drawer pulse (ESC p) through the printer."""
