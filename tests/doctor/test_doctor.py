"""`kasse doctor` as somebody types it: a process, beside a till that runs or does not, on a board of umockdev's."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import pytest

from terminal.sim.printer import SimPrinter
from tests.devices.plugged import Board
from tests.devices.printer_bench import simulator

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
PATIENCE = 90
SETTINGS = """
[shop]
name = "Torvets Købmand"
cvr = "12345674"
[register]
data = "{data}"
language = "{language}"
[web]
port = {port}
"""


class Done:
    """What a run of the doctor came to."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.status, self.text, self.errors = done.returncode, done.stdout, done.stderr

    @property
    def report(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.text)
        return value

    def about(self, what: str) -> list[dict[str, Any]]:
        return [finding for finding in self.report["findings"] if finding["about"] == what]


class Premises:
    """A folder with settings, and a board with what is plugged in."""

    def __init__(self, folder: Path, board: Board, port: int) -> None:
        self.folder, self.board, self.port = folder, board, port
        self.config = folder / "kasse.toml"
        self.write("")

    def write(self, lines: str, language: str = "en") -> None:
        head = SETTINGS.format(data=self.folder / "data", language=language, port=self.port)
        self.config.write_text(head + lines, encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        return ["umockdev-wrapper", sys.executable, "-m", "terminal", *arguments]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
        return {**kept, "UMOCKDEV_DIR": str(self.board.folder), "PYTHONPATH": str(ROOT), **more}

    def doctor(self, *arguments: str, config: Path | None = None, **environment: str) -> Done:
        command = self.command("doctor", "--config", str(config or self.config), *arguments)
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        return Done(done)

    async def ask(self, *arguments: str) -> Done:
        return await anyio.to_thread.run_sync(lambda: self.doctor(*arguments))


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    # Short: paths of umockdev's sockets have at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="bed-"))
    try:
        yield Premises(tmp_path, Board(folder), free_port())
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def running(premises: Premises) -> AsyncIterator[None]:
    """The shipped daemon, ready."""
    log = (premises.folder / "log").open("wb")
    command = premises.command("run", "--config", str(premises.config))
    with log, anyio.fail_after(PATIENCE):
        async with await anyio.open_process(
            command, cwd=premises.folder, env=premises.environment(), stdout=log, stderr=log
        ) as till:
            try:
                while not await _listens(premises.port):
                    assert till.returncode is None, (premises.folder / "log").read_text()
                    await anyio.sleep(0.05)
                yield
            finally:
                till.terminate()


async def _listens(port: int) -> bool:
    try:
        async with await anyio.connect_tcp("127.0.0.1", port):
            return True
    except OSError:
        return False


def printer_lines(printer: SimPrinter) -> str:
    host, _, port = printer.address.rpartition(":")
    return f'[printer]\ndriver = "escpos-tcp"\nhost = "{host}"\nport = {port}\n'


def test_a_till_that_does_not_run_is_looked_at_from_here(premises: Premises) -> None:
    premises.write('[[scanners]]\ndriver = "serial"\nname = "counter"\nport = "/dev/ttyACM7"\n')
    done = premises.doctor("--json", "--quick")
    assert done.status == 1
    assert (done.report["running"], done.report["well"]) == (False, False)
    assert [finding["level"] for finding in done.about("till")] == ["wrong"]
    (scanner,) = done.about("scanner")
    assert (scanner["level"], scanner["name"], scanner["problem"]) == ("wrong", "counter", "not-found")
    assert {"settings", "folder", "disk", "memory", "clock"} <= {each["about"] for each in done.report["findings"]}
    assert not (premises.folder / "data").exists()


def test_what_is_plugged_in_comes_with_its_lines(premises: Premises) -> None:
    usb = premises.board.usb("1-2", 0x1EAB, 0x1503, "HR32", "Newland", "A7")
    premises.board.keyboard(usb, 3, links=("by-id/usb-Newland_HR32_A7-event-kbd",))
    found = premises.doctor("--json", "--quick").about("found")
    assert [finding["level"] for finding in found] == ["note"]
    (finding,) = found
    assert "Newland HR32 (1eab:1503) at /dev/input/by-id/usb-Newland_HR32_A7-event-kbd" in finding["sentence"]
    premises.write(finding["lines"])
    done = premises.doctor("--json", "--quick")
    assert [finding["level"] for finding in done.about("found")] == ["well"]
    assert [finding["level"] for finding in done.about("scanner")] == ["well"]


def test_one_line_a_finding_in_the_shops_language(premises: Premises) -> None:
    premises.write("", "da")
    done = premises.doctor("--quick", LANG="en_GB.UTF-8")
    first, second, *_ = done.text.splitlines()
    assert first == f"i orden  Indstillingerne i {premises.config} kan bruges."
    assert second.startswith("FEJL     Kassen kører ikke.")
    assert done.text.splitlines()[-1] == "1 ting er galt."
    assert done.errors == ""


@pytest.mark.parametrize(("lang", "said"), [("da_DK.UTF-8", "kan ikke bruges"), ("de_DE.UTF-8", "cannot be used")])
def test_without_settings_the_systems_language_is_spoken(premises: Premises, lang: str, said: str) -> None:
    done = premises.doctor("--quick", config=premises.folder / "none.toml", LANG=lang)
    assert done.status == 1
    assert said in done.text.splitlines()[0]


async def test_a_running_till_is_asked_and_tries_its_printer(premises: Premises) -> None:
    async with simulator() as printer:
        premises.write(printer_lines(printer))
        async with running(premises):
            done = await premises.ask("--json", "--quick")
            while done.about("printer")[0]["level"] != "well":  # it has just started
                done = await premises.ask("--json", "--quick")
            assert (done.status, done.report["running"]) == (0, True)
            assert done.report["well"]

            tried = await premises.ask("--test", "printer")
            assert tried.status == 0
            assert tried.text.startswith("Printed. Look at the paper")
            (receipt,) = printer.receipts
            assert "ÆØÅ æøå € é" in receipt.text
            refused = await premises.ask("--test", "toaster")
            assert (refused.status, refused.text) == (1, "This till has no device toaster that can be tested.\n")

            await printer.press("open-cover")
            with anyio.fail_after(60):
                while (done := await premises.ask("--json", "--quick")).status == 0:
                    pass
            (ill,) = done.about("printer")
            assert (ill["level"], ill["problem"]) == ("wrong", "cover-open")
            assert ill["sentence"].startswith("The printer “printer” has its cover open. Close the cover.")


def test_a_device_is_tried_by_a_till_alone(premises: Premises) -> None:
    done = premises.doctor("--test", "printer")
    assert (done.status, done.text) == (1, "Only a till that runs can try a device.\n")
