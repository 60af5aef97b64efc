"""A receipt as each known printer gets it, judged by others: zbar reads the codes, and the characters are decoded here
by the makers' own tables, by a reader that knows nothing of the renderer."""

import re
import subprocess
from pathlib import Path

import pytest

from terminal.config.profiles import load_profile, names
from terminal.config.settings import PrinterTcp
from terminal.devices.escpos_render import Renderer
from terminal.domain import document as d
from terminal.protocols.escpos.parser import Parser
from terminal.sim.paper import Paper
from tests.devices.escpos_parts import library

CODECS = {"CP858": "cp858", "CP1252": "cp1252"}
QR, BARCODE = "https://kasse.example/r/1-000042", "1-000042"
NAME = "Rødgrød på fløde, ÆBLER & ÅL"
RECEIPT: d.Document = (
    d.Text("Købmanden", align="center", bold=True, big=True),
    d.Columns(NAME, "12,50"),
    d.Columns("Café crème", "5,00 €"),
    d.Rule(),
    d.Columns("I ALT", "17,50", bold=True, big=True),
    d.Row((d.Cell("25 %", 10), d.Cell("3,50", 12, "right"))),
    d.Text("æøå ÆØÅ é É ü €", align="right"),
    d.Qr(QR),
    d.Barcode(BARCODE),
    d.Cut(),
)
CASES = [
    pytest.param(name, page, id=f"{name}-{page}")
    for name in names("printer")
    for page in load_profile("printer", name).facts["code_tables"]
]
_COMMANDS = re.compile(rb"\x1b@|\x1b[!EMRadt-].|\x1d[!BHhfw].|\x1d\(..?|\x1dV.\x00?|\x1dV[\x00\x01]|\x1dv0.", re.DOTALL)
"""Enough of ESC/POS to leave only text, up to the first code."""


def job(name: str, page: str) -> tuple[bytes, PrinterTcp]:
    profile = load_profile("printer", name).settings
    settings = PrinterTcp(
        host="-", profile=name, columns=profile["columns"], codepage="CP858" if page == "CP858" else "CP1252"
    )
    return Renderer(settings, library()).render(RECEIPT), settings


@pytest.mark.parametrize(("name", "page"), CASES)
def test_the_text_is_the_text_and_no_picture(name: str, page: str) -> None:
    data, settings = job(name, page)
    table = load_profile("printer", name).facts["code_tables"][page]
    assert data.startswith(b"\x1b@\x1bR\x00\x1bt" + bytes((table,)))
    assert data.count(b"\x1bt") == 1
    text = _COMMANDS.sub(b"", data.partition(b"I ALT")[0]).decode(CODECS[page])
    lines = [line for line in text.split("\n") if line]
    assert lines[0] == "Købmanden"
    assert " ".join(" ".join(lines[1:]).replace("-", " ").split()) == f"{NAME} 12,50 Café crème 5,00 €".replace(
        "-", " "
    )
    assert all(len(line) <= settings.columns for line in lines)
    assert "æøå ÆØÅ é É ü €".encode(CODECS[page]) in data


@pytest.mark.parametrize(("name", "page"), CASES)
def test_the_codes_are_read_from_the_paper(tmp_path: Path, name: str, page: str) -> None:
    data, _ = job(name, page)
    paper = Paper(load_profile("printer", name).facts["dots"])
    for event, raw in Parser().feed(data + b"\n\x1dV\x00"):
        paper.print(event, raw)
    picture = tmp_path / "receipt.png"
    picture.write_bytes(paper.all_receipts()[0].png())
    done = subprocess.run(["zbarimg", "--quiet", picture], capture_output=True, text=True, timeout=30, check=False)
    assert set(done.stdout.split("\n")) - {""} == {f"QR-Code:{QR}", f"CODE-128:{BARCODE}"}
