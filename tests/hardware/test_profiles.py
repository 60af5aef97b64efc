"""Profiles of scanners, drawers, card terminals, scales and displays: what they say is what the settings can hold."""

import tomllib
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from terminal.config import settings as s
from terminal.config.load import ConfigError, load
from terminal.config.profiles import Kind, Profile, folder, load_profile, names

SHOP = '[shop]\nname = "Torvet"\ncvr = "12345674"\n'
PLACES: dict[Kind, tuple[str, Any]] = {
    "scanner": ("[scanners]", s.ScannerSettings),
    "drawer": ("drawer", s.DrawerSettings),
    "card": ("card", s.CardSettings),
    "scale": ("scale", s.ScaleSettings),
    "display": ("display", s.DisplaySettings),
}
"""Where a kind's settings stand, and what they can be."""

NEEDED = {
    "port": '"/dev/null"',
    "host": '"127.0.0.1"',
    "poi_id": '"P400Plus-1"',
    "sale_id": '"till-1"',
    "ca_file": '"/dev/null"',
    "server_name": '"terminal"',
    "key_identifier": '"key"',
}
"""What no profile can know."""

EVERY = [(kind, name, driver) for kind in PLACES for name in names(kind) for driver in load_profile(kind, name).drivers]


def drivers(kind: Kind) -> dict[str, type[msgspec.Struct]]:
    return {each.__struct_config__.tag: each for each in get_args(PLACES[kind][1])}


def written(kind: Kind, name: str, driver: str, profile: Profile, **own: str) -> str:
    """A settings file with one such device."""
    given = profile.settings | profile.drivers.get(driver, {})
    needed = {
        field.name: NEEDED[field.name]
        for field in msgspec.structs.fields(drivers(kind)[driver])
        if field.required and field.name not in given
    }
    table = {"driver": f'"{driver}"', "profile": f'"{name}"', **needed, **own}
    text = SHOP
    if kind == "drawer" and driver == "printer":
        text += '[printer]\ndriver = "escpos-tcp"\nhost = "127.0.0.1"\n'
    return text + f"[{PLACES[kind][0]}]\n" + "".join(f"{key} = {value}\n" for key, value in table.items())


def device(path: Path, kind: Kind, text: str) -> Any:
    path.write_text(text)
    loaded = load(path)
    return loaded.scanners[0] if kind == "scanner" else getattr(loaded, kind)


@pytest.mark.parametrize(("kind", "name", "driver"), EVERY)
def test_a_device_of_each_profile_can_be_set_up(tmp_path: Path, kind: Kind, name: str, driver: str) -> None:
    profile = load_profile(kind, name)
    loaded = device(tmp_path / "kasse.toml", kind, written(kind, name, driver, profile))
    for key, value in (profile.settings | profile.drivers[driver]).items():
        assert getattr(loaded, key) == value


def test_every_profile_says_what_it_is_and_where_that_comes_from() -> None:
    for path in folder().glob("*.toml"):
        profile = load_profile(tomllib.loads(path.read_text())["kind"], path.stem)
        assert profile.model
        assert profile.sources
        assert profile.kind == "printer" or profile.drivers, path


def test_the_devices_own_table_goes_before_the_profile(tmp_path: Path) -> None:
    profile = load_profile("drawer", "kasse-driver-stage")
    own = device(tmp_path / "kasse.toml", "drawer", written("drawer", "kasse-driver-stage", "gpio", profile, pin="22"))
    assert isinstance(own, s.DrawerGpio)
    assert (own.pin, own.sense_pin) == (22, 27)


def test_a_driver_that_the_model_cannot_be_used_with_is_said(tmp_path: Path) -> None:
    path = tmp_path / "kasse.toml"
    path.write_text(SHOP + '[drawer]\ndriver = "printer"\nprofile = "kasse-driver-stage"\n')
    with pytest.raises(ConfigError, match="is for the driver 'gpio', not 'printer'"):
        load(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('driver = "gpio"\npin = 17\nsense_pin = 17\n', "the pin of the coil"),
        ('driver = "gpio"\nsell_while_open = false\n', "needs a switch"),
        ('driver = "gpio"\npulse_ms = 500\n', "pulse_ms"),
        ('driver = "printer"\n', "there is no"),
    ],
)
def test_a_drawer_that_cannot_be_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "kasse.toml"
    path.write_text(SHOP + "[drawer]\n" + text)
    with pytest.raises(ConfigError, match=said):
        load(path)


def test_a_switch_that_the_printer_is_not_asked_for_is_said(tmp_path: Path) -> None:
    path = tmp_path / "kasse.toml"
    printer = '[printer]\ndriver = "escpos-tcp"\nhost = "127.0.0.1"\nstatus = false\n'
    path.write_text(SHOP + printer + '[drawer]\ndriver = "printer"\nsense = "printer"\n')
    with pytest.raises(ConfigError, match="asks the printer for its status"):
        load(path)
