"""A real `kasse run` for a measurement: its settings, its start until it says READY, its end."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

BARE = "import anyio, msgspec, starlette, uvicorn, jinja2, apsw; import os; os.write(1, b'.'); os.read(0, 1)"
"""The bare interpreter that start and memory are compared with: it imports, says so, and waits."""

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""What both sides run in: as a service, which keeps what it has compiled."""

PATIENCE = 60.0
"""Seconds that a start may take before the measurement is given up."""


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_settings(folder: Path, *, port: int, devices: str = "") -> Path:
    """A settings file for a till whose data lie in `folder`."""
    path = folder / "kasse.toml"
    path.write_text(
        f"""[shop]
name = "Torvets Købmand"
cvr = "12345674"
address = ["Torvet 1", "1234 Eksempelby"]

[register]
id = "1"
cashier = "Anna"
data = "{folder / "data"}"

[web]
port = {port}
{devices}"""
    )
    return path


class Daemon:
    """`kasse run`, from its start to its end. Ready when the block begins; `started_in` is what that took, in s."""

    def __init__(self, settings: Path, *, patience: float = PATIENCE) -> None:
        self._settings = settings
        self._patience = patience
        self.started_in = 0.0

    def __enter__(self) -> "Daemon":
        # An abstract address: no file to take away, and no folder whose path is too long for one.
        address = f"kasse-bench-{os.getpid()}-{id(self)}"
        self._notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notices.bind(f"\0{address}")
        self._notices.settimeout(0.2)
        self._log = (self._settings.parent / "daemon.log").open("wb")
        command = [sys.executable, "-m", "terminal", "run", "--config", str(self._settings)]
        begun = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603 (our own program)
            command, env={**ENVIRONMENT, "NOTIFY_SOCKET": f"@{address}"}, stderr=self._log, stdout=self._log
        )
        while b"READY=1" not in self._next():
            pass  # STATUS= and the like
        self.started_in = time.perf_counter() - begun
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()
        self._notices.close()

    @property
    def resident_mb(self) -> float:
        """Resident memory now, MB."""
        return resident_mb(self.process.pid)

    def _next(self) -> bytes:
        until = time.monotonic() + self._patience
        while time.monotonic() < until and self.process.poll() is None:
            try:
                return self._notices.recv(4096)
            except TimeoutError:
                continue
        self.process.kill()
        last = Path(self._log.name).read_text().strip().splitlines()[-1:]
        raise RuntimeError(f"kasse run did not start: {last}")


def resident_mb(pid: int) -> float:
    """VmRSS of a process, MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has ended")


def bare_interpreter() -> tuple[float, float]:
    """A bare interpreter: (seconds from its start until its imports are done, resident MB then)."""
    begun = time.perf_counter()
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", BARE]
    wire = theirs.fileno()
    with ours, subprocess.Popen(command, stdin=wire, stdout=wire, env=ENVIRONMENT) as process:  # noqa: S603 (our own)
        theirs.close()
        ours.settimeout(PATIENCE)
        ours.recv(1)
        taken = time.perf_counter() - begun
        size = resident_mb(process.pid)
        ours.send(b".")
    return taken, size
