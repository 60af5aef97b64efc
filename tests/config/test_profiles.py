"""Profiles of devices: the files say what the daemon can use, fill the settings, and agree with python-escpos' data."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from terminal.config.load import ConfigError, load
from terminal.config.profiles import ProfileError, folder, is_ours, load_profile, names
from terminal.config.settings import PrinterTcp
from terminal.devices.escpos_render import Renderer
from tests.devices.escpos_parts import library

SHOP = '[shop]\nname = "Torvet"\ncvr = "12345674"\n'
AS_IN_LIBRARY = {
    "epson-tm-t20ii": "TM-T20II",
    "epson-tm-t88iii": "TM-T88III",
    "epson-tm-t88iv": "TM-T88IV",
    "epson-tm-t88v": "TM-T88V",
    "citizen-ct-s651": "CT-S651",
}
"""Our file → python-escpos' profile of the same model."""


def settings(tmp_path: Path, text: str) -> PrinterTcp:
    path = tmp_path / "kasse.toml"
    path.write_text(SHOP + text)
    printer = load(path).printer
    assert isinstance(printer, PrinterTcp)
    return printer


@pytest.mark.parametrize("name", names("printer"))
def test_a_printer_of_each_profile_prints(tmp_path: Path, name: str) -> None:
    printer = settings(tmp_path, f'[printer]\ndriver = "escpos-tcp"\nhost = "-"\nprofile = "{name}"\n')
    profile = load_profile("printer", name)
    assert profile.model
    assert profile.sources
    facts = Renderer(printer, library()).facts
    for key, value in profile.settings.items():
        assert getattr(printer, key) == value, key
    assert printer.columns * 12 <= facts.dots
    # æøåÆØÅ€é stand in both.
    assert facts.code_tables.keys() <= {"CP858", "CP1252"}


def test_what_the_settings_say_counts(tmp_path: Path) -> None:
    text = '[printer]\ndriver = "escpos-tcp"\nhost = "-"\nprofile = "generic-80mm"\n'
    assert settings(tmp_path, text).status is False
    own = settings(tmp_path, text + "status = true\ncolumns = 42\n")
    assert (own.status, own.columns, own.codepage) == (True, 42, "CP858")


def test_a_profile_that_is_not_there_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did you mean 'epson-tm-t20iii'"):
        settings(tmp_path, '[printer]\ndriver = "escpos-tcp"\nhost = "-"\nprofile = "epson-tm-t20iiii"\n')


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "epson tm", "a" * 300])
def test_a_name_is_no_path(name: str) -> None:
    with pytest.raises(ProfileError):
        load_profile("printer", name)


def test_a_profile_of_another_kind_of_device_is_refused() -> None:
    with pytest.raises(ProfileError, match="one of a printer, not of a scale"):
        load_profile("scale", "epson-tm-t20iii")


@pytest.mark.parametrize(("ours", "theirs"), AS_IN_LIBRARY.items())
def test_the_capability_data_says_the_same(ours: str, theirs: str) -> None:
    profile = load_profile("printer", ours)
    known = library().profiles[theirs]
    tables = {page: int(n) for n, page in known["codePages"].items() if page in ("CP858", "CP1252")}
    assert profile.facts["code_tables"] == tables
    assert profile.facts["dots"] == known["media"]["width"]["pixels"]
    assert profile.settings["columns"] == known["fonts"]["0"]["columns"]
    assert profile.facts["cutter"] == known["features"]["paperPartCut"]


def test_names_of_python_escpos_are_told_from_ours() -> None:
    assert not [name for name in library().profiles if is_ours(name)]
    assert all(is_ours(name) for name in names("printer"))


def test_every_file_is_a_profile() -> None:
    for path in sorted(folder().iterdir()):
        assert path.suffix == ".toml", path
        kind = tomllib.loads(path.read_text())["kind"]
        assert msgspec.convert(kind, str)
        assert load_profile(kind, path.stem).model
