"""What a model of printer can do: from its profile file, or from python-escpos' capability data.

ProfileError  there is no such printer, or it has not the code page that the settings want
"""

from typing import Any

import msgspec

from terminal.config.profiles import ProfileError, is_ours, load_profile
from terminal.config.settings import PrinterBase

from .escpos_library import EscposLibrary

_FONT_DOTS = 12
"""Width of a character of font A; for a profile that does not know the paper's width."""
_PAGES = ("CP858", "CP1252")


class PrinterFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model. `dots` is the width that can be printed on."""

    dots: int
    code_tables: dict[str, int]
    """Code page → its number in ESC t."""
    cutter: bool = True
    barcode: bool = True
    """Draws Code 128 itself (GS k, function B)."""
    qr: bool = True
    """Draws QR codes itself (GS ( k)."""
    raster: bool = True
    """Prints pictures (GS v 0)."""
    stored_logo: bool = False
    """Keeps pictures and says which it has (GS ( L, functions 64, 67 and 69)."""
    answers_in_order: bool = False
    """Answers GS r when it has come to it: after everything that was sent before."""


def facts_of(settings: PrinterBase, library: EscposLibrary) -> PrinterFacts:
    """The facts of the printer that the settings name. Raises ProfileError."""
    facts = _from_file(settings.profile) if is_ours(settings.profile) else _from_library(settings, library)
    if settings.codepage not in facts.code_tables:
        has = sorted(facts.code_tables)
        raise ProfileError(
            f"the profile {settings.profile} has no code page {settings.codepage}" + (f", but {has[0]}" if has else "")
        )
    return facts


def _from_file(name: str) -> PrinterFacts:
    try:
        return msgspec.convert(load_profile("printer", name).facts, PrinterFacts)
    except msgspec.ValidationError as error:
        raise ProfileError(f"the profile {name} cannot be used: {error}") from error


def _from_library(settings: PrinterBase, library: EscposLibrary) -> PrinterFacts:
    profile = library.profiles.get(settings.profile)
    if profile is None:
        raise ProfileError(f"python-escpos has no printer profile {settings.profile!r}")
    features: dict[str, bool] = profile["features"]
    dots: Any = profile["media"]["width"].get("pixels")
    return PrinterFacts(
        dots=dots if isinstance(dots, int) else settings.columns * _FONT_DOTS,
        code_tables={page: int(number) for number, page in profile["codePages"].items() if page in _PAGES},
        cutter=features.get("paperPartCut", False) or features.get("paperFullCut", False),
        barcode=features.get("barcodeB", False),
        qr=features.get("qrCode", False),
        raster=features.get("bitImageRaster", False),
    )
