"""What is known of a model of device: one file each, with settings that fit it and facts for its driver.

    ProfileError  there is no such profile, or its file cannot be used

A file is `NAME.toml`: `kind` (printer, scanner, drawer, card, scale, display), `model`, `sources`; `[settings]` holds
values for the device's table in the settings file, which count where that says nothing else; `[drivers.NAME]` such
values for one driver alone, and where there are any, the drivers that the model can be used with; `[facts]` is for the
driver alone. The files are data of the project (hardware/profiles); in an installed program they lie beside its code.
"""

import re
import tomllib
from pathlib import Path
from typing import Any, Literal

import msgspec

Kind = Literal["printer", "scanner", "drawer", "card", "scale", "display"]

TABLES: dict[str, Kind] = {
    "printer": "printer",
    "more_printers": "printer",
    "scanners": "scanner",
    "drawer": "drawer",
    "card": "card",
    "scale": "scale",
    "display": "display",
}
"""A table of the settings file → the kind of its device."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_HERE = Path(__file__).parent.parent
_FOLDERS = (_HERE / "profiles", _HERE.parent / "hardware" / "profiles")
"""Where an installed program has them, and a checkout."""


class ProfileError(ValueError):
    """The profile cannot be used. The message is one English sentence."""


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file."""

    kind: Kind
    model: str
    sources: tuple[str, ...] = ()
    """Where the facts come from."""
    settings: dict[str, Any] = {}
    drivers: dict[str, dict[str, Any]] = {}
    """Settings for one of the drivers that a model can be used with, by the driver's name; more than `settings`."""
    facts: dict[str, Any] = {}


def folder() -> Path:
    """Where the profiles lie."""
    return next((each for each in _FOLDERS if each.is_dir()), _FOLDERS[0])


def names(kind: Kind) -> tuple[str, ...]:
    """The profiles there are of a kind."""
    return tuple(path.stem for path in sorted(folder().glob("*.toml")) if _read(path).kind == kind)


def load_profile(kind: Kind, name: str) -> Profile:
    """The profile of that name. Raises ProfileError."""
    path = folder() / f"{name}.toml"
    if not _NAME.fullmatch(name) or not path.is_file():
        from .explain import did_you_mean

        raise ProfileError(f"there is no profile '{name[:64]}'{did_you_mean(name, list(names(kind)))}")
    profile = _read(path)
    if profile.kind != kind:
        raise ProfileError(f"the profile '{name}' is one of a {profile.kind}, not of a {kind}")
    return profile


def is_ours(name: str) -> bool:
    """Whether a printer's profile is one of these files: else it is one of python-escpos' own, which begin with a
    capital letter but for two."""
    return name == name.lower() and name not in ("default", "simple")


def fill_in(data: dict[str, Any]) -> dict[str, Any]:
    """The settings file's content with what the profiles say where it says nothing. Raises ProfileError.

    What has not the form of settings is left as it is: the reader of the settings says what is wrong with it.
    """
    filled = dict(data)
    for table, kind in TABLES.items():
        match data.get(table):
            case dict() as device:
                filled[table] = _filled(device, kind)
            case list() as devices:
                filled[table] = [_filled(each, kind) if isinstance(each, dict) else each for each in devices]
            case _:
                continue
    return filled


def _filled(device: dict[str, Any], kind: Kind) -> dict[str, Any]:
    name = device.get("profile")
    if not isinstance(name, str) or not name or (kind == "printer" and not is_ours(name)):
        return device
    profile = load_profile(kind, name)
    driver = device.get("driver")
    its_own: dict[str, Any] = {}
    if profile.drivers and isinstance(driver, str):
        if driver not in profile.drivers:
            known = "', '".join(profile.drivers)
            raise ProfileError(f"the profile '{name}' is for the driver '{known}', not '{driver[:64]}'")
        its_own = profile.drivers[driver]
    return {**profile.settings, **its_own, **device}


def _read(path: Path) -> Profile:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Profile)
    except (OSError, ValueError) as error:
        raise ProfileError(f"the profile {path} cannot be used: {error}") from error
