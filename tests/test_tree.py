"""What may be committed: the agreed top level, and no address that a checkout would depend on."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "hardware",
    "image",
    "pyproject.toml",
    "requirements-build.lock",
    "requirements-dev.lock",
    "requirements.lock",
    "systemd",
    "terminal",
    "tests",
}

# Written in two pieces, so that this file does not name what it forbids. Where packages come from is the machine's
# setting, not the project's.
REGISTRIES = [
    "pypi." + "org",
    "files.pythonhosted." + "org",
    "piwheels." + "org",
    "deb.debian." + "org",
    "security.debian." + "org",
    "snapshot.debian." + "org",
    "registry.npmjs." + "org",
    "static.crates." + "io",
    "proxy.golang." + "org",
]
WORKPLACE = ["/work/" + "shared", "/work/" + ".library", "/work/" + "main"]


def committed() -> list[str]:
    """Every file that git knows, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True, timeout=30)
    return [name for name in listed.stdout.split("\0") if name]


def test_the_top_level_holds_what_was_agreed() -> None:
    assert {name.split("/")[0] for name in committed()} == TOP_LEVEL


@pytest.mark.parametrize("address", REGISTRIES + WORKPLACE)
def test_no_file_names_the_address(address: str) -> None:
    naming = [
        name
        for name in committed()
        if (ROOT / name).is_file() and address.encode() in (ROOT / name).read_bytes().lower()
    ]

    assert naming == []


@pytest.mark.parametrize("lock", sorted(name for name in TOP_LEVEL if name.endswith(".lock")))
def test_a_lock_file_has_hashes_and_no_address(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    pinned = [line for line in lines if not line.startswith(" ")]

    assert pinned
    assert all("==" in line and line.endswith("\\") for line in pinned)
    assert all(line.strip().startswith("--hash=sha256:") for line in lines if line.startswith(" "))


@pytest.mark.parametrize(("lock", "group"), [("requirements.lock", ""), ("requirements-dev.lock", "dev")])
def test_all_that_the_project_leans_on_is_locked(lock: str, group: str) -> None:
    """Whoever works here has it installed, and does not see that `make lock` was left out: a new shop would."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *(project["dependency-groups"][group] if group else ())]
    names = {re.match(r"[A-Za-z0-9-]+", each)[0].lower() for each in wanted}  # type: ignore[index]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text(), re.MULTILINE))
    assert names - locked == set()


def test_the_runtime_is_locked_as_it_is_tested() -> None:
    """requirements-dev.lock holds every pin of the two others."""

    def pins(lock: str) -> set[str]:
        text = (ROOT / lock).read_text()
        return {line.split(" ")[0] for line in text.splitlines() if "==" in line and line[0].isalnum()}

    assert pins("requirements.lock") | pins("requirements-build.lock") <= pins("requirements-dev.lock")
