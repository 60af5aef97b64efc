"""The receipt's picture, judged by a reader that knows nothing of us: zbar (Debian package zbar-tools)."""

import io
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from terminal.config.settings import PrinterTcp
from terminal.devices.escpos_library import load
from terminal.devices.escpos_render import Renderer
from terminal.domain import document as d
from terminal.protocols.escpos.parser import Parser
from terminal.sim.paper import Paper
from terminal.sim.receipt import Receipt
from tests.devices.escpos_parts import CACHE


def read_codes(picture: bytes, folder: Path) -> dict[str, str]:
    """What zbar reads in the picture: symbology → data."""
    path = folder / "receipt.png"
    path.write_bytes(picture)
    done = subprocess.run(["zbarimg", "--quiet", path], capture_output=True, text=True, timeout=30, check=False)
    return dict(line.split(":", 1) for line in done.stdout.splitlines())


def printed(*elements: d.Element, profile: str = "TM-T88III", columns: int = 42, dots: int = 512) -> Receipt:
    paper = Paper(dots)
    job = Renderer(PrinterTcp(host="-", profile=profile, columns=columns), load(CACHE)).render((*elements, d.Cut()))
    for event, raw in Parser().feed(job):
        paper.print(event, raw)
    (receipt,) = paper.all_receipts()
    return receipt


@pytest.mark.parametrize(("profile", "columns", "dots"), [("TM-T88III", 42, 512), ("POS-5890", 32, 384)])
def test_the_codes_of_a_receipt_can_be_scanned(tmp_path: Path, profile: str, columns: int, dots: int) -> None:
    receipt = printed(
        d.Text("Rødgrød med fløde", align="center", big=True),
        d.Qr("https://kasse.example/r/1-000017"),
        d.Barcode("1-000017"),
        profile=profile,
        columns=columns,
        dots=dots,
    )
    assert read_codes(receipt.png(), tmp_path) == {
        "QR-Code": "https://kasse.example/r/1-000017",
        "CODE-128": "1-000017",
    }


@pytest.mark.parametrize("profile", ["TM-T88III", "POS-5890"])
def test_a_qr_code_holds_utf_8(tmp_path: Path, profile: str) -> None:
    # As bytes: without a mark for the encoding, which printers do not set, zbar guesses Shift-JIS.
    path = tmp_path / "receipt.png"
    path.write_bytes(printed(d.Qr("Rødgrød 5 €"), profile=profile, columns=32, dots=384).png())
    done = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sbinary", path], capture_output=True, timeout=30, check=True
    )
    assert done.stdout.decode("utf-8") == "Rødgrød 5 €"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12))
def test_any_barcode_that_is_printed_can_be_scanned(tmp_path: Path, data: str) -> None:
    assert read_codes(printed(d.Barcode(data)).png(), tmp_path)["CODE-128"] == data


@pytest.mark.parametrize("length", [1, 40, 300, 1200, 2331])
def test_a_qr_code_of_any_size_fits_and_can_be_scanned(tmp_path: Path, length: int) -> None:
    data = ("https://kasse.example/" * 120)[:length]
    picture = printed(d.Qr(data)).png()
    assert read_codes(picture, tmp_path) == {"QR-Code": data}


@pytest.mark.parametrize(
    ("command", "kind", "data"),
    [
        (b"\x1dk\x025701234567899\x00", "EAN-13", "5701234567899"),
        (b"\x1dk\x44\x0896385074", "EAN-8", "96385074"),
        (b"\x1dk\x45\x05KASSE", "CODE-39", "KASSE"),
    ],
)
def test_other_barcodes_are_drawn_too(tmp_path: Path, command: bytes, kind: str, data: str) -> None:
    paper = Paper()
    for event, raw in Parser().feed(b"\x1ba\x01\x1dH\x02" + command):
        paper.print(event, raw)
    assert read_codes(paper.all_receipts()[0].png(), tmp_path)[kind] == data


def ink(element: d.Element) -> tuple[int, int, int, int] | None:
    """The box that the ink of one element fills."""
    picture = Image.open(io.BytesIO(printed(element).png()))
    assert picture.width == 512 + 2 * 32
    return picture.point(lambda grey: 255 - grey).getbbox()


def test_the_text_stands_where_it_was_printed() -> None:
    assert ink(d.Text("")) is None
    left, right = ink(d.Text("æ")), ink(d.Text("æ", align="right"))
    assert left is not None
    assert right is not None
    assert 32 <= left[0] < left[2] <= 32 + 12
    assert 32 + 512 - 12 <= right[0] < right[2] <= 32 + 512


def test_every_danish_letter_is_drawn_and_looks_like_itself() -> None:
    drawn = {letter: printed(d.Text(letter)).png() for letter in "æøåÆØÅ€éaoA?"}
    assert len(set(drawn.values())) == len(drawn)
