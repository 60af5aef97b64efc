"""Documents as a printer prints them: read back from the bytes by the simulator's own parser and paper."""

import pytest
import segno
from hypothesis import HealthCheck, given, settings

from terminal.config.profiles import ProfileError
from terminal.config.settings import PrinterTcp
from terminal.devices.escpos_charset import printable
from terminal.devices.escpos_layout import wrap
from terminal.devices.escpos_render import QR_BYTES_M, Renderer
from terminal.domain import document as d
from terminal.protocols.escpos import events as e
from terminal.protocols.escpos.parser import Parser
from terminal.protocols.escpos.realtime import harmless
from terminal.sim.receipt_items import Line
from tests.devices.escpos_parts import DOCUMENTS, TEXTS, library, printed, renderer

EVERY = settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)


@EVERY
@given(DOCUMENTS)
def test_every_document_is_printed_within_the_paper_and_opens_no_drawer(document: d.Document) -> None:
    job = renderer().render(document)
    assert harmless(job)
    found = [event for event, _ in Parser().feed(job)]
    assert not [event for event in found if isinstance(event, e.Pulse | e.Unknown | e.TooLong | e.RealTime)]
    assert not [item for item in printed(job).items if isinstance(item, Line) and item.full]


@given(TEXTS)
@pytest.mark.parametrize("codepage", ["CP858", "CP1252"])
@pytest.mark.parametrize("big", [False, True])
def test_any_text_comes_out_as_it_went_in(codepage: str, big: bool, text: str) -> None:
    receipt = printed(renderer(codepage=codepage).render((d.Text(text, big=big),)))
    assert receipt.text.split() == printed_words(text, codepage, 21 if big else 42)


def printed_words(text: str, codepage: str, width: int) -> list[str]:
    """The words of the text, those longer than a line broken where the line ends."""
    return [word for line in wrap(printable(text, codepage), width) for word in line.split()]


@pytest.mark.parametrize(("codepage", "table"), [("CP858", 19), ("CP1252", 16)])
def test_one_code_table_for_the_whole_job(codepage: str, table: int) -> None:
    job = renderer(codepage=codepage).render((d.Text("Rødgrød €5"), d.Columns("Blåbær", "1,00 €"), d.Cut()))
    events = [event for event, _ in Parser().feed(job)]
    assert events[:3] == [e.Initialise(), e.International(0), e.CodeTable(table)]
    assert not [event for event in events[3:] if isinstance(event, e.CodeTable)]
    assert printed(job).text.split() == ["Rødgrød", "€5", "Blåbær", "1,00", "€"]


def test_each_element() -> None:
    receipt = printed(
        renderer(columns=32).render(
            (
                d.Text("Købmanden", align="center", bold=True, big=True),
                d.Text("højre", align="right"),
                d.Rule(),
                d.Columns("Mælk", "12,50"),
                d.Columns("I ALT", "12,50", bold=True, big=True),
                d.Rule(double=True),
                d.Feed(2),
                d.Row((d.Cell("25 %", 1), d.Cell("2,50", 1, "right"))),
                d.Qr("https://kasse.example/1-17?é"),
                d.Barcode("1-000017"),
                d.Cut(),
            )
        ),
        dots=384,
    )
    assert [line for line in receipt.text.split("\n") if line] == [
        "       Købmanden",
        "                           højre",
        "-" * 32,
        "Mælk                       12,50",
        "I ALT      12,50",
        "=" * 32,
        "25 %                        2,50",
        "[QR https://kasse.example/1-17?é]",
        "[CODE128 1-000017]",
    ]
    assert receipt.cut
    big = [span for item in receipt.items if isinstance(item, Line) for span in item.spans if span.width == 2]
    assert [(span.text, span.height, span.bold) for span in big] == [
        ("Købmanden", 2, True),
        ("I ALT      12,50", 2, True),
    ]


def test_a_receipt_is_text_and_short() -> None:
    document = tuple(d.Columns(f"Vare {i}", "12,50") for i in range(40))
    job = renderer().render((*document, d.Qr("https://kasse.example/1-17"), d.Barcode("1-000017"), d.Cut()))
    assert not [event for event, _ in Parser().feed(job) if isinstance(event, e.Raster)]
    assert len(job) < 40 * 43 + 200


def test_a_printer_that_draws_no_codes_gets_them_drawn() -> None:
    job = renderer(profile="POS-5890", columns=32).render((d.Qr("https://kasse.example"), d.Barcode("1-17")))
    rasters = [event for event, _ in Parser().feed(job) if isinstance(event, e.Raster)]
    assert len(rasters) == 2
    assert "1-17" in printed(job).text


@pytest.mark.parametrize("data", ["x" * 3000, "a\x1bb"])
def test_a_code_that_cannot_be_printed_is_text(data: str) -> None:
    receipt = printed(renderer().render((d.Qr(data), d.Barcode(data))))
    assert receipt.codes == ()
    assert "".join(receipt.text.split()) == data.replace("\x1b", "") * 2


def test_a_barcode_wider_than_the_paper_is_text() -> None:
    receipt = printed(renderer(profile="POS-5890", columns=32).render((d.Barcode("kvittering/2026/11/24"),)))
    assert (receipt.codes, receipt.text.strip()) == ((), "kvittering/2026/11/24")


@pytest.mark.parametrize(
    ("profile", "says"),
    [("No-Such", "no printer profile 'No-Such'"), ("TM-T88II", "but CP1252"), ("simple", "no code page")],
)
def test_settings_that_no_printer_has_are_refused(profile: str, says: str) -> None:
    with pytest.raises(ProfileError, match=says):
        Renderer(PrinterTcp(host="-", profile=profile), library())


def test_the_size_of_a_qr_code_is_known_before_it_is_printed() -> None:
    def version(size: int) -> int:
        return int(segno.make_qr(b"\xff" * size, error="m", mode="byte", boost_error=False).version)

    assert [version(size) for size in QR_BYTES_M] == list(range(1, 41))
    assert [version(size + 1) for size in QR_BYTES_M[:-1]] == list(range(2, 41))
