"""Every message has its Danish, and no Danish is left over."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "terminal/texts"
KEYWORDS = parse_keywords(["_", "N_", "n_:1,2", "ngettext:1,2"])


def extracted() -> set[str | tuple[str, ...]]:
    with (TEXTS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(ROOT, methods, options, KEYWORDS, directory_filter=_ours)
    return {message for _, _, message, _, _ in found}


def _ours(folder: str | Path) -> bool:
    return Path(folder).name in {"terminal", "web", "app", "templates", "dialog", "status", "devices_page", "calibrate"}


def translated() -> dict[str | tuple[str, ...], str | tuple[str, ...]]:
    with (TEXTS / "locale/da/LC_MESSAGES/kasse.po").open("rb") as file:
        catalogue = read_po(file, locale="da", abort_invalid=True)
    assert not [message.id for message in catalogue if message.id and message.fuzzy]
    assert not catalogue.obsolete
    return {_key(message.id): _key(message.string) for message in catalogue if message.id}


def _key(text: str | list[str] | tuple[str, ...] | None) -> str | tuple[str, ...]:
    return text if isinstance(text, str) else tuple(text or ())


def test_every_message_has_its_danish_and_no_other_is_left() -> None:
    danish = translated()
    assert set(danish) == extracted()
    assert not [message for message, words in danish.items() if not words or not all(words)]


def test_every_message_has_one_danish() -> None:
    """Two branches that gave it one each, merged line by line, leave both, and Babel takes the first without a word."""
    kinds = [line.partition(" ")[0] for line in (TEXTS / "locale/da/LC_MESSAGES/kasse.po").read_text().splitlines()]
    assert [at for at, pair in enumerate(pairwise(kinds), 2) if pair == ("msgstr", "msgstr")] == []
    assert kinds.count("msgid") == kinds.count("msgstr") + kinds.count("msgstr[0]")


def test_the_extraction_sees_what_it_should() -> None:
    messages = extracted()
    # in Python, in an f-string, in a template, counted
    assert {"Wrong PIN.", "Served by", "Choose how to pay", ("{} item", "{} items")} <= messages


@pytest.mark.parametrize("message", sorted(translated(), key=str))
def test_what_is_filled_in_stays(message: str | tuple[str, ...]) -> None:
    words = translated()[message]
    for english, danish in zip(_all(message), _all(words), strict=True):
        assert sorted(re.findall(r"\{\w*\}", english)) == sorted(re.findall(r"\{\w*\}", danish))
        assert english.endswith(".") == danish.endswith(".") or danish.endswith("kr.") or "stk." in danish


def _all(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text
