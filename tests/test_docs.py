"""The documents say what the code has, and nothing else.

What they must contain: README.md a table whose rows begin with each command (`kasse run`); terminal/README.md a heading
"### Events" with a table whose rows begin with each event (`till-started/1`), and the table of settings between its
marks, as `make docs` writes it; README.md or CONTRIBUTING.md each target of the Makefile (`make run`).
"""

import re
import typing
from pathlib import Path

import pytest
import typer.core
import typer.main

from terminal.bench import MEASURES
from terminal.cli import app
from terminal.domain import events
from tests import documents as d

WRITTEN = [pytest.param(each, id=str(each.relative_to(d.ROOT))) for each in d.documents()]


def commands() -> set[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    return set(group.commands)


def kinds() -> set[str]:
    """The tags of all events."""
    return {event.__struct_config__.tag for event in typing.get_args(events.AnyEvent)}


def targets() -> set[str]:
    """What the Makefile calls phony: what a person types."""
    phony = re.search(r"^\.PHONY: (.+)$", (d.ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_every_command_has_its_row() -> None:
    rows = [row for row in d.first_column(d.README.read_text()) if row.startswith("kasse ")]

    assert sorted(rows) == sorted(f"kasse {name}" for name in commands())


def test_every_event_has_its_row() -> None:
    assert sorted(d.first_column(d.section(d.HOUSE, "### Events"))) == sorted(kinds())


@pytest.mark.parametrize("marks", d.drawn())
def test_what_is_drawn_from_code_is_as_the_code(marks: tuple[str, str]) -> None:
    """The table of settings and the picture of a card payment's states."""
    text = d.HOUSE.read_text()
    start, end = marks
    assert text.count(start) == text.count(end) == 1

    assert text.split(start)[1].split(end)[0] == d.drawn()[marks], "run: make docs"


def test_every_make_target_is_told_of() -> None:
    told = d.README.read_text() + d.CONTRIBUTING.read_text()

    assert [name for name in sorted(targets()) if not re.search(rf"\bmake {name}\b", told)] == []


def test_every_make_target_is_phony_and_explained() -> None:
    """`make help` shows what has a text after ##."""
    explained = set(re.findall(r"^([a-z-]+):[^#\n]*## ", (d.ROOT / "Makefile").read_text(), re.MULTILINE))

    assert explained == targets()


def test_make_bench_takes_every_measure() -> None:
    listed = re.search(r"^BENCHES = (.+)$", (d.ROOT / "Makefile").read_text(), re.MULTILINE)

    assert listed
    assert set(listed[1].split()) == set(MEASURES)


@pytest.mark.parametrize("document", WRITTEN)
def test_a_named_command_exists(document: Path) -> None:
    named = set(re.findall(r"`kasse ([a-z][a-z-]*)", document.read_text()))

    assert named <= commands()


@pytest.mark.parametrize("document", WRITTEN)
def test_a_named_make_target_exists(document: Path) -> None:
    """In backticks or in an indented block; variables before the target are passed over."""
    named = set(re.findall(r"(?:`|^ {4})make (?:[A-Z]+=\S+ )*([a-z]+)", document.read_text(), re.MULTILINE))

    assert named <= targets()


@pytest.mark.parametrize("document", WRITTEN)
def test_a_link_leads_somewhere(document: Path) -> None:
    """Links within the project: the file is there, and the heading if one is named."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", document.read_text()):
        path, _, heading = target.partition("#")
        file = document.parent / path if path else document
        assert file.exists(), f"{document.name} links to {target}"
        if heading:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, target
