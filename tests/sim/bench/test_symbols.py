"""What is drawn is what a scanner reads: against python-barcode, and against zbar."""

import io
import subprocess

import barcode  # type: ignore[import-untyped]
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from terminal.domain import codes_make
from terminal.sim.bench.symbols import bars, code_128_modules, ean_modules, gs1_128_modules, qr


@given(st.text("0123456789", min_size=12, max_size=12))
def test_an_ean_13_is_the_one_of_python_barcode(digits: str) -> None:
    code = codes_make.gtin(digits)
    theirs = barcode.get_barcode_class("ean13")(code).build()[0]

    assert ean_modules(code) == theirs.replace("G", "1")


@given(st.text("0123456789", min_size=7, max_size=7))
def test_an_ean_8_is_the_one_of_python_barcode(digits: str) -> None:
    code = codes_make.gtin(digits)
    theirs = barcode.get_barcode_class("ean8")(code).build()[0]

    assert ean_modules(code) == theirs.replace("G", "1")


@pytest.mark.parametrize("code", ["", "570123456789", "57012345678999", "570123456789x", "57012345678９9"])
def test_anything_else_is_no_ean(code: str) -> None:
    with pytest.raises(ValueError, match="8 or 13 digits"):
        ean_modules(code)


def read_by_zbar(modules: str) -> str:
    """Symbology and text, as zbar sees them."""
    row = Image.new("L", (len(modules) + 40, 60), 255)
    for x, module in enumerate(modules):
        if module == "1":
            row.paste(0, (x + 20, 0, x + 21, 60))
    png = io.BytesIO()
    row.resize((3 * row.width, 180), Image.Resampling.NEAREST).save(png, "PNG")
    found = subprocess.run(["zbarimg", "-q", "-"], input=png.getvalue(), capture_output=True, check=True, timeout=20)
    return found.stdout.decode().strip()


def test_zbar_reads_each_kind() -> None:
    elements = codes_make.element_string(("01", "05700000010010"), ("10", "LOT{7"), ("17", "271231"))

    assert read_by_zbar(ean_modules("5700000010010")) == "EAN-13:5700000010010"
    assert read_by_zbar(code_128_modules("KAFFE")) == "CODE-128:KAFFE"
    assert read_by_zbar(gs1_128_modules(elements)) == f"CODE-128:{elements}"


def test_bars_are_drawn_where_modules_are_black() -> None:
    assert '"M10 0h1v44h-1zM12 0h2v44h-2z"' in bars("1011")


def test_a_qr_code_has_as_many_dark_modules_as_segno_says() -> None:
    text = "https://id.example.dk/01/05700000010010"
    dark = sum(map(sum, segno.make_qr(text, error="m", boost_error=False).matrix))
    runs = [part.split("v")[0] for part in qr(text).split("h")[1:] if "v1" in part]

    assert sum(int(run) for run in runs) == dark
