"""The calibration page: one barcode, what came of it, and a test scan."""

from functools import cache
from itertools import groupby

from markupsafe import Markup

from .look import Look
from .region_type import Region
from .regions import TOAST
from .render import render
from .sentences import CASES, LAYOUTS, SUFFIXES, WHY_NOT

_QUIET = 10
"""Modules of white at either side (ISO/IEC 15417)."""
_HEIGHT = 60
_PIXELS = 3
"""Of one module, where the screen is wide enough: a scanner reads a third of a millimetre."""


def _calibrate(look: Look) -> str:
    desk = look.parts.calibrating
    return render(
        "calibrate/desk.html",
        look.words,
        desk=desk,
        session=None if desk is None else desk.session,
        barcode=barcode,
        can_print=look.parts.printer is not None,
        layouts=LAYOUTS,
        suffixes=SUFFIXES,
        cases=CASES,
        why_not=WHY_NOT,
    )


@cache
def barcode() -> Markup:
    """The barcode as SVG, black on white also on a dark screen."""
    from terminal.protocols.escpos import code128
    from terminal.protocols.keymap.calibrate import TEXT

    modules = code128.modules(code128.symbols(code128.escpos_data(TEXT)))
    path, at = "", _QUIET
    for colour, run in groupby(modules):
        wide = len(list(run))
        if colour == "1":
            path += f"M{at} 0h{wide}v{_HEIGHT}h-{wide}z"
        at += wide
    width = at + _QUIET
    return Markup(  # noqa: S704 (numbers alone)
        f'<svg class="code128" viewBox="0 0 {width} {_HEIGHT}" width="{width * _PIXELS}" height="150" '
        f'preserveAspectRatio="none" shape-rendering="crispEdges" role="img" aria-label="Code 128">'
        f'<path fill="#fff" d="M0 0h{width}v{_HEIGHT}H0z"/><path fill="#000" d="{path}"/></svg>'
    )


def _inputs(look: Look) -> tuple[object, ...]:
    desk = look.parts.calibrating
    return (look.words, None if desk is None else desk.session, look.state.scanners)


CALIBRATE_REGIONS: tuple[Region, ...] = (Region("calibrate", _inputs, _calibrate), TOAST)
