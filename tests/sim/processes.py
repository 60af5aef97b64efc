"""`kasse` in processes of its own, for tests: started, waited for, stopped; never left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds until a process must be ready. A busy machine is no defect."""


@contextmanager
def kasse(*arguments: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The command, with its output in `log`. Whatever the block leaves running is killed."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "terminal", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=PATIENCE)


def stopped(
    process: "subprocess.Popen[bytes]", number: signal.Signals = signal.SIGINT, within: float = PATIENCE
) -> int:
    """The exit status after a signal; raises TimeoutExpired when it goes on after `within` seconds."""
    process.send_signal(number)
    return process.wait(timeout=within)


def wait_for(path: Path, process: "subprocess.Popen[bytes]", log: Path, words: str = "") -> str:
    """The file's text, once it is there and has the words."""
    end = time.monotonic() + PATIENCE
    while not (path.exists() and words in path.read_text("utf-8")):
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < end, log.read_text("utf-8")
        time.sleep(0.02)
    return path.read_text("utf-8")


@contextmanager
def simulators(data: Path, *arguments: str) -> Iterator[dict[str, Any]]:
    """`kasse sim` on free ports; gives what stands in sim.json."""
    log = data.parent / f"{data.name}.log"
    ports = ("--bench-port", "0", "--printer-port", "0", "--card-port", "0")
    with kasse("sim", "--data", str(data), *ports, *arguments, log=log) as process:
        state: dict[str, Any] = json.loads(wait_for(data / "sim.json", process, log))
        yield state
        assert stopped(process, signal.SIGTERM) == 0, log.read_text("utf-8")
        assert "Traceback" not in log.read_text("utf-8")
