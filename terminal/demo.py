"""`kasse demo`: the till with simulated devices at the far end of its wires, and a small shop's items, until Ctrl-C.

Two child processes, as in a shop the till and the devices are two things: `kasse sim` and `kasse run`. They meet at
TCP ports and a pty, never here. Everything lies in one folder; the journal stays from start to start.

    DemoError   it cannot run, or a child has ended; the message says which and why
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

import anyio
import anyio.abc
import anyio.to_thread
import msgspec

from terminal.app.approval import hash_pin
from terminal.sim.run import DEMO_ITEMS, STATE_FILE, State, mobilepay_settings
from terminal.store.folder import FolderError, hold

APPROVER, PIN = "Mona", "1234"
HOST = "127.0.0.1"
SIM_READY = 20.0
TILL_READY = 60.0
"""Seconds from start to ready, on a slow board with a full disk."""
TILL_STOPS, SIM_STOPS = 3.0, 1.5
"""Seconds from SIGTERM to SIGKILL; together below the five that Ctrl-C may take."""
_LOOK = 0.05
_TRIED = 20
"""Ports after the preferred one."""
_LAST_LINES = 8

MEANS = """\
[gift_cards]

[[tenders]]
kind = "voucher"
name = "Torvegave"
reference = true

[[tenders]]
kind = "lunch"
name = "Frokostbillet"
over = false

[[customers]]
number = "1001"
name = "Eksempelby Skole"
credit_limit = 500000

[[customers]]
number = "1002"
name = "Café Solsikken"
credit_limit = 100000
"""
"""Ways to pay that need no device, as a part of the settings."""


class DemoError(Exception):
    """The demo cannot run. The message begins with one English sentence; a child's last lines may follow."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What `kasse demo` is told. A port that is taken is replaced by the next free one; 0 takes any."""

    data: Path = Path(".kasse/demo")
    till_port: int = 8080
    bench_port: int = 8090
    printer_port: int = 9100
    card_port: int = 20007
    mobilepay_port: int = 8095


def demo(options: Options) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP; the exit status. What is wrong is said on stderr."""
    options = msgspec.structs.replace(options, data=options.data.absolute())
    try:
        with hold(options.data):
            anyio.run(_run, options)
    except FolderError as error:
        return _fail(str(error))
    except (DemoError, ExceptionGroup) as error:
        cause: BaseException = error
        while isinstance(cause, ExceptionGroup):
            cause = cause.exceptions[0]
        if not isinstance(cause, DemoError):
            raise
        return _fail(str(cause))
    return 0


async def _run(options: Options) -> None:
    data = options.data
    ports = {
        name: _free_port(name, wanted)
        for name, wanted in (
            ("till screen", options.till_port),
            ("bench", options.bench_port),
            ("printer", options.printer_port),
            ("card terminal", options.card_port),
            ("MobilePay service", options.mobilepay_port),
        )
    }
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_stop_on_signal, tasks.cancel_scope)
        await anyio.to_thread.run_sync(_prepare, data)
        till_screen = f"http://{HOST}:{ports['till screen']}/"
        async with _child("the simulators", _sim_command(data, ports, till_screen), data / "sim.log", SIM_STOPS) as sim:
            tasks.start_soon(sim.watch)
            state = await _sim_ready(sim, data / "sim" / STATE_FILE)
            _write_settings(data, state, ports["till screen"])
            async with _told_ready() as (notify, ready):
                command = _kasse("run", "--config", str(data / "kasse.toml"))
                async with _child("the till", command, data / "till.log", TILL_STOPS, notify) as till:
                    tasks.start_soon(till.watch)
                    await _till_ready(till, ready)
                    _tell(data, till_screen, state.bench)
                    await anyio.sleep_forever()


def _tell(data: Path, till_screen: str, bench: str) -> None:
    _say("")
    _say(f"  Till screen   {till_screen}")
    _say(f"  Bench         {bench}   scan, insert the card, approve on the phone, see receipts and drawer")
    _say(f"  Customer      {till_screen}customer   what the customer sees")
    _say(f"  Approver      {APPROVER}, PIN {PIN}   for price changes, and money that goes back another way")
    _say(f"  Everything    {data}   journal, settings, items, logs")
    _say("")
    _say("Ctrl-C stops all of it.")


# --- children


class Child:
    """A process that the demo has started, and its log."""

    def __init__(self, name: str, process: anyio.abc.Process, log: Path) -> None:
        self._name = name
        self._process = process
        self._log = log
        self._is_stopping = False

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    async def watch(self) -> None:
        """Return when it was stopped; raises DemoError when it ends on its own."""
        status = await self._process.wait()
        if not self._is_stopping:
            how = f"with status {status}" if status >= 0 else f"by {signal.Signals(-status).name}"
            raise DemoError(f"{self._name} ended {how}; last lines of {self.tail()}")

    def tail(self) -> str:
        """The log's name and last lines."""
        return f"{self._log}:{_last_lines(self._log)}"

    async def stop(self, patience: float) -> None:
        """SIGTERM, and SIGKILL when it has not ended within `patience` seconds."""
        self._is_stopping = True
        if self._process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        with anyio.move_on_after(patience) as wait:
            await self._process.wait()
        if wait.cancelled_caught:
            sys.stderr.write(f"kasse: {self._name} did not stop within {patience:g} s and was killed\n")
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


@contextlib.asynccontextmanager
async def _child(
    name: str, command: list[str], log: Path, patience: float, environment: dict[str, str] | None = None
) -> AsyncIterator[Child]:
    """The child for the time of the block.

    In a session of its own, so that Ctrl-C reaches only the demo, which stops the till before its devices. Should the
    demo itself be killed, the kernel ends its children: setpriv (Debian has it always) asks for that.
    """
    if shutil.which("setpriv"):
        command = ["setpriv", "--pdeathsig", "TERM", "--", *command]
    with _open_log(log) as output:
        process = await anyio.open_process(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            start_new_session=True,
        )
    child = Child(name, process, log)
    try:
        yield child
    finally:
        with anyio.CancelScope(shield=True):
            await child.stop(patience)


def _open_log(log: Path) -> IO[bytes]:
    return log.open("wb")


def _kasse(*arguments: str) -> list[str]:
    # -P: a folder named `terminal` where somebody happens to stand is not ours.
    return [sys.executable, "-P", "-m", "terminal", *arguments]


def _sim_command(data: Path, ports: dict[str, int], till_screen: str) -> list[str]:
    return _kasse(
        "sim",
        *("--data", str(data / "sim")),
        *("--items", str(data / "items.csv")),
        *("--bench-port", str(ports["bench"])),
        *("--printer-port", str(ports["printer"])),
        *("--card-port", str(ports["card terminal"])),
        *("--mobilepay-port", str(ports["MobilePay service"])),
        *("--till", till_screen),
        *("--note", f"The approver {APPROVER} has PIN {PIN}."),
    )


async def _sim_ready(sim: Child, file: Path) -> State:
    with anyio.move_on_after(SIM_READY):
        while True:
            state = _read_state(file)
            # One with another number was left behind by simulators that were killed.
            if state is not None and state.pid == sim.pid:
                return state
            await anyio.sleep(_LOOK)
    raise DemoError(f"the simulators were not ready within {SIM_READY:.0f} s; last lines of {sim.tail()}")


def _read_state(file: Path) -> State | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=State)
    except FileNotFoundError:
        return None


@contextlib.asynccontextmanager
async def _told_ready() -> AsyncIterator[tuple[dict[str, str], anyio.abc.UNIXDatagramSocket]]:
    """A socket as systemd has it (sd_notify), and the environment that names it."""
    # Not in the data folder: such a socket's path has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="kasse-demo-") as folder:
        path = f"{folder}/ready"
        async with await anyio.create_unix_datagram_socket(local_path=path) as ready:
            yield {"NOTIFY_SOCKET": path}, ready


async def _till_ready(till: Child, ready: anyio.abc.UNIXDatagramSocket) -> None:
    with anyio.move_on_after(TILL_READY):
        async for message, _ in ready:
            if b"READY=1" in message.split(b"\n"):
                return
    raise DemoError(f"the till was not ready within {TILL_READY:.0f} s; last lines of {till.tail()}")


async def _stop_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        async for _ in signals:
            _say("\nstopping …")
            scope.cancel()
            return


# --- the folder


def _prepare(data: Path) -> None:
    """On the first start: the items, and the catalogue made from them."""
    from terminal.store.catalogue_import import import_items

    items = data / "items.csv"
    if items.exists():
        return
    new = data / "items.csv.new"
    shutil.copyfile(DEMO_ITEMS, new)
    (data / "till").mkdir(mode=0o700, exist_ok=True)
    result = import_items(new, data / "till", "plain")
    if result.bad:
        raise DemoError(f"the demo's items are faulty: {result.bad[0].sentence}")
    # Last: a start that was cut off begins again.
    new.replace(items)
    _say(f"A new shop with {result.items} items, in {data}")


def _write_settings(data: Path, state: State, till_port: int) -> None:
    file = data / "kasse.toml"
    pin_hash = _known_pin_hash(file) or hash_pin(PIN)
    printer_host, _, printer_port = state.addresses["printer"].rpartition(":")
    card_host, _, card_port = state.addresses["card"].rpartition(":")
    text = f"""\
# Written by `kasse demo` at every start.

[shop]
name = "Torvets Købmand"
cvr = "12345674"
address = ["Torvet 1", "9999 Eksempelby"]
thanks = "Tak for i dag"

[register]
id = "1"
cashier = {_toml(APPROVER)}
data = {_toml(str(data / "till"))}

[web]
host = {_toml(HOST)}
port = {till_port}

[[approvers]]
name = {_toml(APPROVER)}
pin_hash = {_toml(pin_hash)}

[[scanners]]
driver = "serial"
port = {_toml(state.addresses["scanner"])}

[printer]
driver = "escpos-tcp"
host = {_toml(printer_host)}
port = {printer_port}

[drawer]
driver = "printer"
sense = "printer"

[scale]
driver = "toledo-8217"
port = {_toml(state.addresses["scale"])}

[display]
driver = "cd5220"
port = {_toml(state.addresses["display"])}

[card]
driver = "zvt-tcp"
host = {_toml(card_host)}
port = {card_port}

{MEANS}
{mobilepay_settings(data / "sim", state.addresses["mobilepay"])}"""
    new = file.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.replace(file)


def _known_pin_hash(file: Path) -> str:
    """The hash in the settings of an earlier start; empty when there is none that can be read."""
    try:
        with file.open("rb") as settings:
            return str(tomllib.load(settings)["approvers"][0]["pin_hash"])
    except (FileNotFoundError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError):
        return ""


def _toml(text: str) -> str:
    """A TOML string: JSON's escapes are TOML's too."""
    return json.dumps(text)


def _free_port(name: str, wanted: int) -> int:
    """The wanted port or the next free one."""
    for port in range(wanted, min(wanted + _TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
        if wanted and found != wanted:
            _say(f"Port {wanted} is taken: the {name} is on port {found}.")
        return found
    raise DemoError(f"the ports {wanted} to {wanted + _TRIED - 1} are taken, and the {name} needs one")


# --- words


def _last_lines(log: Path) -> str:
    lines = log.read_bytes()[-16_384:].decode("utf-8", "replace").splitlines()[-_LAST_LINES:]
    return "".join(f"\n  {line}" for line in lines) or " (none)"


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def _fail(sentence: str) -> int:
    sys.stderr.write(f"kasse: {sentence}\n")
    return 1
