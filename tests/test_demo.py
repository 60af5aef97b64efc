"""`kasse demo` as a process: it starts, is used over HTTP, stops, starts again."""

import os
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.sim.bench.client import ask_now
from tests.sim.processes import PATIENCE, kasse, stopped, wait_for

FREE = ("--till-port", "0", "--bench-port", "0", "--printer-port", "0", "--card-port", "0", "--mobilepay-port", "0")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Demo(NamedTuple):
    """A demo that runs."""

    process: "subprocess.Popen[bytes]"
    data: Path
    log: Path
    till: str
    bench: str

    @property
    def said(self) -> str:
        """What it has printed."""
        return self.log.read_text("utf-8")

    def children(self) -> set[int]:
        """Process numbers of the simulators and the till."""
        task = self.process.pid
        return {int(each) for each in Path(f"/proc/{task}/task/{task}/children").read_text().split()}


@contextmanager
def running(data: Path, *ports: str) -> Iterator[Demo]:
    """A demo that is ready. Its children end with it, whatever happens."""
    log = data.parent / "demo.log"
    with kasse("demo", "--data", str(data), *(ports or FREE), log=log) as process:
        said = wait_for(log, process, log, "Ctrl-C stops")
        till, bench = (re.search(rf"{name} +(http://\S+)", said) for name in ("Till screen", "Bench"))
        assert till is not None
        assert bench is not None
        demo = Demo(process, data, log, till[1], bench[1])
        children = demo.children()
        yield demo
    for child in children:
        assert ended(child), f"process {child} was left behind"


def ended(pid: int) -> bool:
    """Whether the process is gone, or will be when its parent is asked."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def shows(demo: Demo, words: str) -> None:
    """Wait until the till screen does."""
    end = time.monotonic() + PATIENCE
    while words not in ask_now(demo.till, "GET", "/till").text:
        assert time.monotonic() < end, (demo.data / "till.log").read_text("utf-8")
        time.sleep(0.05)


def test_it_sells_stops_and_goes_on_with_the_open_sale_when_it_starts_again(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    with running(data) as demo:
        assert "A new shop with" in demo.said
        assert "Mona, PIN 1234" in demo.said
        bench = ask_now(demo.bench, "GET", "/").text
        assert demo.till in bench
        assert "Mona has PIN 1234" in bench
        assert ask_now(demo.bench, "POST", "/bench/scanner/scan", b"argument=LATTE", FORM).status == 204
        shows(demo, 'id="line-1"')
        assert len(demo.children()) == 2
        assert stopped(demo.process, signal.SIGINT, within=5) == 0
        assert "Traceback" not in demo.said + (data / "till.log").read_text() + (data / "sim.log").read_text()
    pin_hash = re.compile("pin_hash = .*").findall((data / "kasse.toml").read_text("utf-8"))

    with running(data) as demo:
        assert "A new shop" not in demo.said
        shows(demo, 'id="line-1"')
        assert stopped(demo.process, signal.SIGTERM, within=5) == 0
    assert re.compile("pin_hash = .*").findall((data / "kasse.toml").read_text("utf-8")) == pin_hash


def test_a_taken_port_is_told_and_the_next_one_used_and_a_taken_folder_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with running(tmp_path / "demo", "--till-port", str(port), *FREE[2:]) as demo:
            assert f"Port {port} is taken: the till screen is on port" in demo.said
            assert f":{port}/" not in demo.till
            log = tmp_path / "second.log"
            with kasse("demo", "--data", str(tmp_path / "demo"), *FREE, log=log) as second:
                assert second.wait(timeout=PATIENCE) == 1
            assert log.read_text("utf-8").startswith("kasse: ")
            assert "in use by another kasse" in log.read_text("utf-8")
            shows(demo, "<title>")
            assert stopped(demo.process, within=5) == 0


def test_a_child_that_dies_stops_everything_and_is_named(tmp_path: Path) -> None:
    with running(tmp_path / "demo") as demo:
        till = next(pid for pid in demo.children() if b"run" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
        os.kill(till, signal.SIGKILL)
        assert demo.process.wait(timeout=PATIENCE) == 1
        assert "kasse: the till ended by SIGKILL; last lines of" in demo.said


def test_killed_it_leaves_nobody_behind(tmp_path: Path) -> None:
    with running(tmp_path / "demo") as demo:
        children = demo.children()
        demo.process.kill()
        demo.process.wait(timeout=PATIENCE)
        for child in children:
            wait_for_end(child)


def wait_for_end(pid: int) -> None:
    """Until a process that is not our child has ended."""
    descriptor = os.pidfd_open(pid)
    try:
        assert select.select([descriptor], [], [], PATIENCE)[0], f"process {pid} was left behind"
    finally:
        os.close(descriptor)
