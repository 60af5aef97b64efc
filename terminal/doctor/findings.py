"""What the doctor has found."""

import json
from typing import Literal

import msgspec

from terminal.app.health import DeviceStatus
from terminal.app.ports.device import Health, Problem, State
from terminal.app.ports.discovery import Found
from terminal.texts import Language
from terminal.web.doctor_says import LEVELS, Word, how_many_wrong
from terminal.web.say import device_sentence
from terminal.web.sentences import FOUND, KINDS

Level = Literal["well", "note", "wrong"]


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line."""

    level: Level
    """wrong: somebody must do something. note: nobody has to."""
    about: str
    """A device's kind (scanner, printer, …), 'found', or settings, till, folder, disk, memory, clock, network."""
    sentence: str
    name: str = ""
    """A device's."""
    problem: str = ""
    """A Problem, where it has one."""
    lines: str = ""
    """What could be added to the settings, TOML."""


class Report(msgspec.Struct, frozen=True):
    """All of them."""

    well: bool
    running: bool
    """Whether a till has answered."""
    findings: tuple[Finding, ...]


def say(level: Level, about: str, word: Word, words: Language, *details: object) -> Finding:
    """A finding in words."""
    return Finding(level, about, words.gettext(word).format(*details))


def of_device(name: str, kind: str, health: Health, words: Language) -> Finding:
    """A device's line: always by its name, for two of a kind look alike."""
    problem = "" if health.problem is Problem.NONE else str(health.problem)
    return msgspec.structs.replace(_of_device(name, kind, health, words), name=name, problem=problem)


def _of_device(name: str, kind: str, health: Health, words: Language) -> Finding:
    status = DeviceStatus(name, kind, health, 0)
    what, advice = device_sentence(status, words, alone=False)
    said = f" ({health.detail})" if health.detail else ""
    if what:
        level: Level = "wrong" if health.state in (State.DOWN, State.ATTENTION) else "note"
        return Finding(level, kind, f"{what} {advice}{said}")
    title = f"{words.gettext(KINDS[kind][1])} “{name}”" if kind in KINDS and kind != "journal" else _title(kind, words)
    match health.state:
        case State.OK:
            return say("well", kind, Word.DEVICE_WELL, words, title)
        case State.UNKNOWN:
            return say("note", kind, Word.DEVICE_SILENT, words, title)
        case State.STARTING:
            return say("note", kind, Word.DEVICE_STARTING, words, title)
        case State.ATTENTION | State.DOWN:
            return Finding("wrong", kind, f"{title}: {health.detail or health.state}")


def of_found(found: Found, words: Language) -> Finding:
    """A line for what is plugged in."""
    kind = words.gettext(FOUND.get(found.kind, found.kind))
    if found.problem is Problem.NO_PERMISSION and (found.used_by or found.kind in ("scanner", "printer")):
        return say("wrong", "found", Word.NOT_ALLOWED, words, kind, found.what, found.where)
    if found.used_by:
        return say("well", "found", Word.FOUND_USED, words, kind, found.what, found.where, found.used_by)
    if not found.lines:
        return say("note", "found", Word.FOUND_OTHER, words, kind, found.what, found.where)
    finding = say("note", "found", Word.FOUND_UNUSED, words, kind, found.what, found.where)
    return msgspec.structs.replace(finding, lines=found.lines)


def as_text(report: Report, words: Language) -> str:
    """For a person: one line each, and indented what could be added to the settings."""
    levels = {level: words.gettext(word) for level, word in LEVELS.items()}
    width = max(map(len, levels.values()))
    rows = []
    for finding in report.findings:
        rows.append(f"{levels[finding.level]:{width}}  {finding.sentence}")
        rows += [f"{'':{width}}      {line}" for line in finding.lines.splitlines()]
    wrong = sum(finding.level == "wrong" for finding in report.findings)
    rows.append("")
    rows.append(words.gettext(Word.ALL_WELL) if report.well else how_many_wrong(wrong, words))
    return "\n".join(rows)


def as_json(report: Report) -> str:
    """For a program."""
    return json.dumps(msgspec.to_builtins(report), ensure_ascii=False)


def _title(kind: str, words: Language) -> str:
    return words.gettext(KINDS[kind][1]) if kind in KINDS else kind
