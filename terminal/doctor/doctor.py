"""All that the doctor does, in order."""

import os
import sys
from pathlib import Path
from typing import Literal

import anyio
import msgspec

from terminal import drivers
from terminal.app.ports.device import Health
from terminal.app.ports.discovery import Found
from terminal.config.load import ConfigError, load
from terminal.config.settings import Settings
from terminal.host.clock import SystemClock
from terminal.texts import Language, language
from terminal.web.devices_json import Report as TillReport
from terminal.web.devices_json import Row
from terminal.web.doctor_says import Word
from terminal.web.say import trouble_sentence

from . import ask, board, look
from .findings import Finding, Report, as_json, as_text, of_device, of_found, say

Depth = Literal["quick", "near", "network"]
"""How far is looked: what a till knows already and what is plugged in; who announces itself too; every address of the
board's own networks too."""


def run(config: Path, *, json: bool = False, depth: Depth = "near") -> int:
    """Look at everything and print it; the exit status: 0 all is well, 1 something is wrong."""
    try:
        settings: Settings | None = load(config)
        wrong = ""
    except ConfigError as error:
        settings, wrong = None, str(error)
    words = language(settings.register.language if settings is not None else of_the_system())
    report = examine(config, settings, wrong, words, depth=depth)
    print(as_json(report) if json else as_text(report, words))  # noqa: T201 (a command's output)
    return 0 if report.well else 1


def examine(config: Path, settings: Settings | None, wrong: str, words: Language, *, depth: Depth) -> Report:
    """The findings. `wrong`: why there are no settings."""
    findings: list[Finding] = []
    running = False
    found: tuple[Found, ...] = ()
    if settings is None:
        findings.append(say("wrong", "settings", Word.SETTINGS_WRONG, words, wrong))
        found = _plugged_in(None, depth=depth)
    else:
        findings.append(say("well", "settings", Word.SETTINGS_WELL, words, config))
        till = ask.RunningTill(settings.web)
        try:
            report = till.report() if depth == "quick" else till.look(network=depth == "network")
            running = True
            found = report.found
            findings += _of_till(report, words)
        except ask.NotNow as refused:
            report = till.report()
            running, found = True, report.found
            findings += [*_of_till(report, words), Finding("note", "network", str(refused))]
        except ask.Stopped:
            findings.append(say("wrong", "till", Word.TILL_STOPPED, words))
        except ask.Closed:
            findings.append(say("note", "till", Word.TILL_CLOSED, words))
        except ask.Silent as silent:
            findings.append(say("wrong", "till", Word.TILL_SILENT, words, till.address, silent))
        except ask.Odd as odd:
            findings.append(say("wrong", "till", Word.TILL_ODD, words, till.address, odd))
        if not running:
            found = _plugged_in(settings, depth=depth)
            findings += look.devices(settings, found, words)
        findings += board.folder(Path(settings.register.data), words)
    findings += [*board.memory(words), *board.clock(SystemClock(), words)]
    findings += [of_found(each, words) for each in found]
    return Report(not any(finding.level == "wrong" for finding in findings), running, tuple(findings))


def try_device(config: Path, device: str, *, json: bool) -> int:
    """Have the running till try one device out; the exit status. Raises ConfigError."""
    settings = load(config)
    words = language(settings.register.language)
    till = ask.RunningTill(settings.web)

    def tell(sentence: str) -> None:
        sys.stderr.write(f"{sentence}\n")

    try:
        till.report()
        row = till.test(device, tell)
    except ask.NotNow as refused:
        finding, status = Finding("wrong", device, str(refused)), 1
    except ask.Stopped:
        finding, status = say("wrong", "till", Word.TEST_NEEDS_TILL, words), 1
    except ask.Closed:
        finding, status = say("wrong", "till", Word.TILL_CLOSED, words), 1
    except ask.Silent as silent:
        finding, status = say("wrong", "till", Word.TILL_SILENT, words, till.address, silent), 1
    except ask.Odd as odd:
        finding, status = say("wrong", "till", Word.TILL_ODD, words, till.address, odd), 1
    else:
        failed = row.test is None or row.test.state == "failed"
        finding, status = Finding("wrong" if failed else "well", row.kind, row.says), int(failed)
    print(as_json(Report(status == 0, True, (finding,))) if json else finding.sentence)  # noqa: T201 (a command's output)
    return status


def of_the_system() -> str:
    """The language of whoever types: 'da' where LANG says Danish, else 'en'."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "da" if said.startswith("da") else "en"


def _of_till(report: TillReport, words: Language) -> list[Finding]:
    """What a running till says of itself and its devices."""
    till = report.till
    findings = [say("well", "till", Word.TILL_RUNS, words, till.version, till.register, till.entries)]
    if till.failure:
        findings.append(say("wrong", "journal", Word.JOURNAL_FAILED, words, till.failure))
    findings += [_of_row(row, words) for row in report.devices if row.kind != "journal"]
    return findings


def _of_row(row: Row, words: Language) -> Finding:
    finding = of_device(row.name, row.kind, Health(row.state, row.problem, row.detail), words)
    if row.last is None or row.what:
        return finding
    before = trouble_sentence(row.status(), words)
    if not before:
        return finding
    when = words.time(SystemClock().moment_at(row.last.at).local)
    text = words.gettext(Word.TROUBLED_BEFORE).format(finding.sentence, f"{before} ({when})")
    return msgspec.structs.replace(finding, sentence=text)


def _plugged_in(settings: Settings | None, *, depth: Depth) -> tuple[Found, ...]:
    """Looked for by this program itself."""
    return anyio.run(_look, settings, depth)


async def _look(settings: Settings | None, depth: Depth) -> tuple[Found, ...]:
    discovery = drivers.discovery(settings)
    found = await discovery.plugged_in()
    if depth == "quick":
        return found
    found = (*found, *await discovery.announced())
    if depth == "near":
        return found
    places = {each.where for each in found}
    return (*found, *(each for each in await discovery.scan() if each.where not in places))
