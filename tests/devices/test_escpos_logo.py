"""The logo: one picture, black on white, or a clear reason why not."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from terminal.devices.escpos_logo import MAX_BYTES, LogoError, logo_rows
from terminal.domain import document as d
from terminal.protocols.escpos import events as e
from terminal.protocols.escpos.parser import Parser
from tests.devices.escpos_parts import renderer


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


CHECKED = png(Image.frombytes("1", (16, 2), b"\x0f\xff\xf0\x00"))


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    path = tmp_path / "logo.png"
    path.write_bytes(CHECKED)
    return path


def test_dark_is_black(logo: Path) -> None:
    assert logo_rows(logo, 512) == [b"\xf0\x00", b"\x0f\xff"]


def test_transparent_is_white(logo: Path) -> None:
    picture = Image.new("RGBA", (8, 1), (0, 0, 0, 0))
    picture.putpixel((7, 0), (20, 20, 20, 255))
    logo.write_bytes(png(picture))
    assert logo_rows(logo, 512) == [b"\x01"]


def test_it_stands_in_the_middle_and_only_where_the_document_has_it(logo: Path) -> None:
    with_logo = renderer(logo=str(logo))
    events = [event for event, _ in Parser().feed(with_logo.render((d.Text("a"), d.Logo(), d.Text("b"))))]
    at = next(i for i, event in enumerate(events) if isinstance(event, e.Raster))
    assert e.Align(1) in events[at - 2 : at]
    assert not [event for event, _ in Parser().feed(with_logo.render((d.Text("a"),))) if isinstance(event, e.Raster)]


def test_no_logo_prints_nothing() -> None:
    assert renderer().render((d.Logo(),)) == renderer().render(())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read"),
        (b"GIF89a", "cannot be read"),
        (CHECKED[:40], "cannot be read"),
        (png(Image.new("1", (513, 1))), "513 by 1 dots"),
        (png(Image.new("1", (1, 1025))), "1 by 1025 dots"),
        (bytes(MAX_BYTES + 1), "bytes, more than"),
    ],
)
def test_a_bad_logo_is_named_and_the_receipt_is_printed(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "logo.png"
    if content is not None:
        path.write_bytes(content)
    without = renderer(logo=str(path))
    assert says in without.logo_problem
    assert without.render((d.Logo(), d.Text("Hej"))) == renderer().render((d.Text("Hej"),))


def test_a_printer_without_pictures_says_so(logo: Path) -> None:
    with pytest.raises(LogoError, match="more than 0"):
        logo_rows(logo, 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60), st.integers(0, len(CHECKED)))
def test_any_file_is_a_logo_or_refused(logo: Path, noise: bytes, at: int) -> None:
    logo.write_bytes(CHECKED[:at] + noise + CHECKED[at + len(noise) :])
    try:
        rows = logo_rows(logo, 512)
        assert {len(row) for row in rows} == {len(rows[0])}
    except LogoError:
        return
