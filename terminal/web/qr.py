"""A QR code as a drawing, for whoever scans it off a screen."""

from functools import lru_cache

from markupsafe import Markup


@lru_cache(maxsize=4)
def drawn_qr(text: str) -> Markup:
    """The code as SVG; its quiet zone is part of it."""
    # Imported here: most payments have none.
    import segno

    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=4, svgclass="qr", omitsize=True, dark="#000", light="#fff"))  # noqa: S704 (drawn, not written)
