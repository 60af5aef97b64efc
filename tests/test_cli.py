"""The `kasse` command as a person or a service calls it: a process of its own, its output and its exit status."""

import json
import os
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from terminal.__main__ import fault_line
from terminal.cli import main
from terminal.domain.events import TillStarted, TillStopped
from terminal.domain.receipt import Moment, Seller
from terminal.store.journal import FILE, SqliteJournal

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "terminal" / "sim" / "demo" / "items.csv"
SETTINGS = '[shop]\nname = "Torvets Købmand"\ncvr = "12345674"\n[register]\ndata = "{}"\n'


def kasse(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "terminal", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=60)


def complaint(stderr: str) -> str:
    """The one line on stderr."""
    assert stderr.startswith("kasse: ")
    assert stderr.count("\n") == 1
    return stderr.removeprefix("kasse: ").rstrip("\n")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "kasse.toml"
    path.write_text(SETTINGS.format(tmp_path / "data"), encoding="utf-8")
    return path


def test_help_names_every_command() -> None:
    done = kasse()
    assert (done.returncode, done.stderr) == (0, "")
    commands = re.findall(r"^  ([a-z-]+)  ", done.stdout.split("Commands:")[1], re.MULTILINE)
    assert commands == [
        "run",
        "sim",
        "demo",
        "check-config",
        "import-items",
        "verify",
        "rebuild",
        "pin-hash",
        "doctor",
        "bench",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nope"], "No such command 'nope'"),
        (["run", "--confg", "x"], "No such option: --confg"),
        (["run", "--config"], "Option '--config' requires an argument"),
        (["run", "x"], "Got unexpected extra argument"),
        (["import-items"], "Missing argument 'FILE'"),
        (["import-items", "x", "--form", "excel"], "Invalid value for '--form'"),
        (["sim", "--card-port", "99999"], "Invalid value for '--card-port'"),
        (["bench", "speed"], "there is no bench 'speed': one of sale-commit"),
        (["check-config", "--config", "/nonexistent/kasse.toml"], "/nonexistent/kasse.toml: there is no such file"),
        (["run", "--config=/nonexistent/kasse.toml"], "/nonexistent/kasse.toml: there is no such file"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert complaint(shown.err).startswith(said)
    assert shown.out == ""


@pytest.mark.parametrize("arguments", [["--config", "none.toml"], ["--config=none.toml"]])
def test_run_says_the_same_on_its_quick_way_and_on_the_other(arguments: list[str]) -> None:
    done = kasse("run", *arguments)
    assert complaint(done.stderr) == "none.toml: there is no such file"
    assert (done.returncode, done.stdout) == (2, "")


def test_check_config(config: Path) -> None:
    done = kasse("check-config", "--config", str(config))
    assert (done.returncode, done.stderr) == (0, "")
    assert 'name = "Torvets Købmand"' in done.stdout
    assert "port = 8080" in done.stdout
    shown = json.loads(kasse("check-config", "--config", str(config), "--json").stdout)
    assert shown["web"] == {"host": "127.0.0.1", "port": 8080, "access_key_file": ""}


def test_run_says_what_is_wrong_with_the_settings(config: Path) -> None:
    config.write_text(config.read_text(encoding="utf-8") + "[web]\nprot = 1\n", encoding="utf-8")
    done = kasse("run", "--config", str(config))
    assert complaint(done.stderr) == f"{config}: [web]: unknown key 'prot': did you mean 'port'?"
    assert done.returncode == 2


def test_import_items(config: Path) -> None:
    done = kasse("import-items", str(DEMO), "--config", str(config))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "51 items imported (plain form, UTF-8); the catalogue is now number 1\n"
    again = json.loads(kasse("import-items", str(DEMO), "--config", str(config), "--json").stdout)
    assert (again["revision"]["number"], again["items"], again["bad"]) == (2, 51, [])


def test_import_items_lists_bad_rows(tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    items.write_text("sku,name,price\n1,Mælk,12\n1,Smør,x\n,Ost,1\n", encoding="utf-8")
    done = kasse("import-items", str(items), "--data", str(tmp_path / "data"))
    assert done.stdout.splitlines() == [
        "line 3: the price 'x' is no amount in kroner, like 12,50",
        "line 4: the sku '' must be 1 to 64 printable characters",
    ]
    assert complaint(done.stderr) == f"nothing was imported: {items} has 2 bad rows"
    assert done.returncode == 1


def test_import_items_of_no_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-items", str(tmp_path / "none.csv"), "--data", str(tmp_path)]) == 1
    said = complaint(capsys.readouterr().err)
    assert said == f"{tmp_path / 'none.csv'} cannot be read: No such file or directory"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    opened = SqliteJournal(folder)
    moment = Moment(1_800_000_000_000, "2027-01-15T09:00:00+01:00")
    opened.append(TillStarted("1", "1", "Anna", Seller("Torvets Købmand", "12345674")), moment)
    opened.append(TillStopped(), moment)
    opened.close()
    return folder


def test_verify(journal: Path, config: Path) -> None:
    done = kasse("verify", "--config", str(config))
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 entries, 0 receipts\n", "")
    found = json.loads(kasse("verify", "--data", str(journal), "--json").stdout)
    assert found == {"entries": 2, "receipts": 0, "problems": []}


def test_verify_finds_a_changed_byte(journal: Path) -> None:
    content = (journal / FILE).read_bytes()
    assert content.count(b'"cashier":"Anna"') == 1
    (journal / FILE).write_bytes(content.replace(b'"cashier":"Anna"', b'"cashier":"Anne"'))
    done = kasse("verify", "--data", str(journal))
    assert "entry 1 (till-started/1): was changed after it was written" in done.stdout
    assert complaint(done.stderr) == f"the journal in {journal} is not as it was written"
    assert done.returncode == 1


def test_rebuild(journal: Path) -> None:
    done = kasse("rebuild", "--data", str(journal))
    assert (done.returncode, done.stdout, done.stderr) == (0, "made again from 2 entries\n", "")


@pytest.mark.parametrize("command", ["verify", "rebuild"])
def test_there_is_no_journal(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--data", str(tmp_path)]) == 1
    assert complaint(capsys.readouterr().err) == f"there is no journal in {tmp_path}"
    assert list(tmp_path.iterdir()) == []


def test_pin_hash_reads_a_line() -> None:
    done = kasse("pin-hash", given="4711\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(done.stdout.strip(), "4711")


@pytest.mark.parametrize("pin", ["", "12a4\n", "1" * 13 + "\n"])
def test_pin_hash_refuses_what_is_no_pin(pin: str) -> None:
    done = kasse("pin-hash", given=pin)
    assert complaint(done.stderr) == "a PIN has 4 to 12 digits"
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(("second", "status"), [("4711", 0), ("4712", 1)])
def test_pin_hash_asks_twice_at_a_terminal_and_shows_nothing(second: str, status: int) -> None:
    """setsid gives it the pty as its controlling terminal, which is where getpass asks."""
    ours, theirs = os.openpty()
    command = ["setsid", "--ctty", "--wait", sys.executable, "-m", "terminal", "pin-hash"]
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = ""
        for prompt, answer in (("PIN: ", "4711"), ("Again: ", second)):
            while prompt not in shown:
                shown += read(ours)
            os.write(ours, answer.encode() + b"\n")
        while more := read(ours):
            shown += more
        os.close(ours)
        assert process.wait(timeout=30) == status
    assert "471" not in shown.split("$argon2id$")[0]
    assert ("$argon2id$" in shown) == (status == 0)


def read(terminal: int) -> str:
    """What comes next; '' at the end."""
    assert select.select([terminal], [], [], 30)[0] != []
    try:
        return os.read(terminal, 1024).decode()
    except OSError:  # EIO: nobody has the other end any more
        return ""


def test_a_reader_that_has_enough_is_no_fault(config: Path) -> None:
    command = [sys.executable, "-m", "terminal", "check-config", "--config", str(config)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 1


def test_a_fault_in_the_program_is_one_line_with_its_place() -> None:
    with pytest.raises(TypeError) as caught:
        SqliteJournal(None)  # type: ignore[arg-type]
    line = fault_line(caught.value)
    assert fault_line(ExceptionGroup("tasks", [caught.value])) == line
    assert re.fullmatch(r"a fault in the program at store/journal\.py:[0-9]+: TypeError: .+ shows all of it\)", line)


def test_a_fault_from_elsewhere_is_one_line_too() -> None:
    assert fault_line(ValueError("two\nlines")).startswith("a fault in the program: ValueError: two lines (")
