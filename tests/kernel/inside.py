"""Runs in the small machine, started by `init`: the scenarios that the host wants, their results over a serial line.

A result is one line of JSON: {"name", "seconds", "why"}; `why` is empty when all was well. One without a name says that
they could not begin.
"""

import json
import os
import shutil
import subprocess
import time
import traceback
import tty
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from terminal.bench.daemon import Daemon

from .patience import START

if TYPE_CHECKING:
    from .counter import Counter

LINE = Path("/dev/ttyS1")
TILL = Path("/run/till")
UDEV = "/lib/systemd/systemd-udevd"
_TAIL = 40
"""Lines of the till's log and the kernel's in the report of a scenario that failed."""


def main() -> None:
    """Run them."""
    with LINE.open("w") as out, ExitStack() as stack:
        tty.setraw(out)
        given = Path(os.environ["KASSE_GIVEN"])
        try:
            _set_up(given)
            wanted = json.loads((given / "wanted").read_text())
            counter = _counter(next(iter(wanted.values())))
            stack.callback(counter.close)
            _run(counter, wanted, out)
        except Exception:  # noqa: BLE001 (whatever it is, the host shall hear of it)
            _say(out, "", 0.0, traceback.format_exc())


def _say(out: TextIO, name: str, seconds: float, why: str) -> None:
    out.write(json.dumps({"name": name, "seconds": round(seconds, 1), "why": why}) + "\n")
    out.flush()


def _set_up(given: Path) -> None:
    subprocess.run(["/bin/busybox", "ifconfig", "lo", "127.0.0.1", "up"], check=True)
    shutil.copytree(given / "till", TILL)
    # What lies here is the host's.
    shutil.rmtree("/run/udev", ignore_errors=True)
    subprocess.run(["systemd-sysusers", Path("systemd/kasse.sysusers.conf").resolve()], check=True)
    rules = Path("/run/udev/rules.d")
    rules.mkdir(parents=True)
    shutil.copy("systemd/60-kasse.rules", rules)
    subprocess.run([UDEV, "--daemon"], check=True)


def _counter(settings: str) -> "Counter":
    """The till starts while the scenarios are loaded: each takes half a minute in here."""
    daemon = Daemon(TILL / settings, patience=START)
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(daemon.__enter__)
        from . import scenarios  # noqa: F401
        from .counter import Counter

        started.result()
        return Counter(TILL / settings, daemon)


def _run(counter: "Counter", wanted: dict[str, str], out: TextIO) -> None:
    from .scenarios import SCENARIOS

    for scenario in SCENARIOS:
        if scenario.__name__ in wanted:
            began, why = time.monotonic(), ""
            print(f"{began:.0f} {scenario.__name__}", flush=True)  # noqa: T201 (the machine's console)
            try:
                counter.open(wanted[scenario.__name__])
                scenario(counter)
            except Exception:  # noqa: BLE001 (the next ones run all the same)
                why = "\n".join((traceback.format_exc(), *_logs(counter)))
                counter.unplug_all()
            _say(out, scenario.__name__, time.monotonic() - began, why)


def _logs(counter: "Counter") -> list[str]:
    kernel = subprocess.run(["dmesg"], check=False, capture_output=True, text=True).stdout
    return [
        "--- the screen",
        counter.screen.words(),
        "--- the till",
        *counter.log().splitlines()[-_TAIL:],
        "--- the kernel",
        *kernel.splitlines()[-_TAIL:],
    ]


if __name__ == "__main__":
    main()
