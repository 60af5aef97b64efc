"""What the tests of the printer share: python-escpos once, a renderer, a paper to print on, documents."""

import atexit
import tempfile
from pathlib import Path

from hypothesis import strategies as st

from terminal.config.settings import PrinterTcp
from terminal.devices.escpos_library import EscposLibrary, load
from terminal.devices.escpos_render import Renderer
from terminal.domain import document as d
from terminal.protocols.escpos.parser import Parser
from terminal.sim.paper import Paper
from terminal.sim.receipt import Receipt

_folder = tempfile.TemporaryDirectory(prefix="kasse-test-")
atexit.register(_folder.cleanup)
CACHE = Path(_folder.name) / "escpos"


def library() -> EscposLibrary:
    """Loaded once for all tests."""
    return load(CACHE)


def renderer(*, columns: int = 42, codepage: str = "CP858", profile: str = "TM-T88III", logo: str = "") -> Renderer:
    """For a printer as the settings would describe it."""
    assert codepage in ("CP858", "CP1252")
    settings = PrinterTcp(
        host="-",
        columns=columns,
        codepage="CP858" if codepage == "CP858" else "CP1252",
        profile=profile,
        logo=logo,
    )
    return Renderer(settings, library())


def printed(job: bytes, dots: int = 512) -> Receipt:
    """What comes out of a printer that is given `job`; a cut is added."""
    paper = Paper(dots)
    for event, raw in Parser().feed(job + b"\n\x1dV\x00"):
        paper.print(event, raw)
    receipts = paper.all_receipts()
    assert receipts
    return receipts[0]


TEXTS = st.text(max_size=120) | st.text("æøåÆØÅ€é -kg0123456789,.\n", max_size=120)
ALIGNS = st.sampled_from(["left", "center", "right"])
CELLS = st.builds(d.Cell, st.text(max_size=30), st.integers(-1, 100), ALIGNS)
ELEMENTS = st.one_of(
    st.builds(d.Text, TEXTS, ALIGNS, st.booleans(), st.booleans()),
    st.builds(d.Columns, TEXTS, st.text(max_size=60), st.booleans(), st.booleans()),
    st.builds(d.Row, st.lists(CELLS, max_size=30).map(tuple), st.booleans()),
    st.builds(d.Rule, st.booleans()),
    st.builds(d.Feed, st.integers(-1, 300)),
    st.builds(d.Qr, TEXTS | st.text(min_size=500, max_size=3000)),
    st.builds(d.Barcode, TEXTS | st.text("0124{6", max_size=60)),
    st.just(d.Logo()),
    st.just(d.Cut()),
)
DOCUMENTS = st.lists(ELEMENTS, max_size=8).map(tuple)
