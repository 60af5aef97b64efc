"""What import-linter cannot know by itself: that its list of drivers is whole."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_every_driver_that_is_built_is_in_the_contract() -> None:
    built = set(re.findall(r"from (terminal\.devices\.\w+) import", (ROOT / "terminal" / "drivers.py").read_text()))
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = next(each for each in settings["tool"]["importlinter"]["contracts"] if each["type"] == "independence")

    assert built == set(contract["modules"])


def test_the_architecture_text_has_every_room() -> None:
    text = (ROOT / "terminal" / "README.md").read_text()
    rooms = {path.name for path in (ROOT / "terminal").iterdir() if path.is_dir() and (path / "__init__.py").exists()}

    told = set(re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE))

    assert told == rooms
