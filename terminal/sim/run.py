"""`kasse sim`: the far ends of the till's wires and the bench page, in one process of its own.

SimError  they cannot be started: a port is taken, the items cannot be read, the folder is in use
"""

import contextlib
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import anyio
import msgspec
from anyio.abc import TaskStatus

from .bench.pages import Bench
from .bench.server import ListenError, serve
from .bench.shelf import Shelf, ShelfError, read
from .simulator import Simulator

log = logging.getLogger(__name__)

DEMO_ITEMS = Path(__file__).parent / "demo" / "items.csv"
STATE_FILE = "sim.json"
SETTLE_MS = 700
"""How long the bench's scale moves after its load has changed."""


class SimError(Exception):
    """The simulators cannot be started. The message is one English sentence."""


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What `kasse sim` is told. A port 0 takes any that is free."""

    data: Path
    """Folder of the scanner's link and of sim.json; made when it is not there."""
    items: Path = DEMO_ITEMS
    host: str = "127.0.0.1"
    """Where everything listens."""
    bench_port: int = 8090
    printer_port: int = 9100
    card_port: int = 20007
    nexo_port: int | None = None
    """Of a second card terminal, one that speaks nexo over HTTPS; None: there is none. What a till needs to find it is
    put into the folder `nexo`: ca.pem and passphrase."""
    scale: str = "toledo-8217"
    """The protocol of a scale: toledo-8217 or cas; empty: there is none."""
    display: str = "cd5220"
    """The protocol of a customer display: cd5220 or escpos-display; empty: there is none."""
    wedge: bool = False
    """A scanner as a keyboard too, made in this machine's kernel: what has the focus gets its keys, unless a till grabs
    it."""
    mobilepay_port: int | None = None
    """Of a simulated Vipps MobilePay; None: there is none. The keys that let a till in are put into the folder
    `mobilepay`: client-secret, subscription-key, webhook-secret, and ca.pem when `host` is no loopback address."""
    till: str = ""
    """Address of the till's screen, for the link at the top of the bench."""
    note: str = ""
    """One sentence for the top of the bench."""


class State(msgspec.Struct, frozen=True):
    """sim.json: written when all of it serves, taken away at the end."""

    pid: int
    bench: str
    """The page's address."""
    addresses: dict[str, str]
    """Of each simulator, by its name."""


async def serve_all(
    simulators: tuple[Simulator, ...],
    bench_host: str = "127.0.0.1",
    bench_port: int = 8090,
    *,
    shelf: Shelf | None = None,
    till: str = "",
    note: str = "",
    task_status: TaskStatus[str] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """Serve the simulators and their bench until cancelled; `started` gives the bench's address. Raises SimError."""
    async with anyio.create_task_group() as tasks:
        for simulator in simulators:
            await tasks.start(_serve_one, simulator)
        bench = Bench(simulators, shelf, till=till, note=note)
        try:
            address = await tasks.start(serve, bench, bench_host, bench_port)
        except ListenError as error:
            raise SimError(str(error)) from error
        task_status.started(address)


async def _serve_one(simulator: Simulator, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
    try:
        await simulator.serve(task_status=task_status)
    except (OSError, ExceptionGroup) as error:
        cause = only(error, OSError)
        if cause is None:
            raise
        reason = cause.strerror or str(cause)
        raise SimError(f"the simulated {simulator.name} cannot serve at {simulator.address}: {reason}") from error


def run(options: Options) -> int:
    """Run until SIGINT or SIGTERM; the exit status. What is wrong is said in one line on stderr."""
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        with _hold(options.data):
            anyio.run(_run, options)
    except (SimError, ExceptionGroup) as error:
        cause = only(error, SimError)
        if cause is None:
            raise
        sys.stderr.write(f"kasse: {cause}\n")
        return 1
    return 0


async def _run(options: Options) -> None:
    try:
        shelf = read(options.items)
    except ShelfError as error:
        raise SimError(str(error)) from error
    simulators = _simulators(options)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_stop_on_signal, tasks.cancel_scope)

        async def serve_them(*, task_status: TaskStatus[str]) -> None:
            await serve_all(
                simulators,
                options.host,
                options.bench_port,
                shelf=shelf,
                till=options.till,
                note=options.note,
                task_status=task_status,
            )

        bench = await tasks.start(serve_them)
        state = State(os.getpid(), bench, {simulator.name: simulator.address for simulator in simulators})
        for name, address in (("bench", bench), *state.addresses.items()):
            sys.stdout.write(f"{name:8} {address}\n")
        sys.stdout.flush()
        _write(options.data / STATE_FILE, msgspec.json.format(msgspec.json.encode(state)))


def _simulators(options: Options) -> tuple[Simulator, ...]:
    from .card_zvt import SimCardTerminal
    from .display import SimDisplay
    from .printer import SimPrinter
    from .scale import SimScale
    from .scanner import SimScanner

    counter: list[Simulator] = []
    if options.scale:
        counter.append(SimScale(protocol=options.scale, link=options.data / "scale", settle_ms=SETTLE_MS))
    if options.display:
        counter.append(SimDisplay(protocol=options.display, link=options.data / "display"))
    wedges = []
    if options.wedge:
        from .scanner_uinput import SimWedge

        wedges.append(SimWedge())
    nexo = [] if options.nexo_port is None else [_nexo(options, options.nexo_port)]
    return (
        SimScanner(link=options.data / "scanner"),
        *wedges,
        *nexo,
        SimPrinter(host=options.host, port=options.printer_port),
        *counter,
        SimCardTerminal(host=options.host, port=options.card_port, state_file=options.data / "card.json"),
        *([] if options.mobilepay_port is None else [_mobilepay(options, options.mobilepay_port)]),
    )


def _mobilepay(options: Options, port: int) -> Simulator:
    """The service, and its shop's keys in files as a till wants them."""
    from .certificate import make_identity
    from .mobilepay import SimMobilePay
    from .mobilepay_api import Shop

    folder, shop = options.data / "mobilepay", Shop()
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("client-secret", "subscription-key", "webhook-secret"):
        file = folder / name
        file.touch(mode=0o600)
        file.write_text(getattr(shop, name.replace("-", "_")), encoding="ascii")
    identity = None if options.host.startswith("127.") else make_identity(folder, "localhost")
    return SimMobilePay(host=options.host, port=port, identity=identity, shop=shop, state_file=folder / "payments.json")


def mobilepay_settings(data: Path, address: str) -> str:
    """The table [mobilepay] of a till that uses the simulated service: `data` as in Options, the service's address."""
    folder, certificate = data / "mobilepay", data / "mobilepay" / "ca.pem"
    keys = {
        "base_url": address,
        "merchant_serial": "123456",
        "client_id": "sim-client",
        "client_secret_file": str(folder / "client-secret"),
        "subscription_key_file": str(folder / "subscription-key"),
        "webhook_secret_file": str(folder / "webhook-secret"),
        **({"ca_file": str(certificate)} if address.startswith("https:") else {}),
    }
    # JSON's strings are TOML's too.
    lines = (f"{key} = {msgspec.json.encode(value).decode()}" for key, value in keys.items())
    return "\n".join(("[mobilepay]", *lines, "poll_ms = 500", ""))


def _nexo(options: Options, port: int) -> Simulator:
    """A terminal with a new certificate, and with the passphrase that its folder has, or a new one."""
    import secrets

    from terminal.protocols.nexo.envelope import Key

    from .card_nexo import POI_ID, SimNexoTerminal
    from .certificate import make_identity

    folder = options.data / "nexo"
    identity = make_identity(folder, f"{POI_ID}.test.terminal.example")
    passphrase = folder / "passphrase"
    if not passphrase.exists():
        passphrase.touch(mode=0o600)
        passphrase.write_text(secrets.token_urlsafe(24), encoding="ascii")
    key = Key("kasse-sim", 1, passphrase.read_text(encoding="ascii").strip())
    return SimNexoTerminal(
        identity, key, host=options.host, port=port, name="card-nexo", state_file=folder / "card.json"
    )


async def _stop_on_signal(scope: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for number in signals:
            log.info("stopping on %s", signal.Signals(number).name)
            scope.cancel()
            return


@contextlib.contextmanager
def _hold(data: Path) -> Iterator[None]:
    """The folder, for one process at a time: two would fight over the scanner's link."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "sim.lock").open("w")
    except OSError as error:
        raise SimError(f"{data} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SimError(f"other simulators run in {data}") from error
        state = data / STATE_FILE
        state.unlink(missing_ok=True)
        try:
            yield
        finally:
            state.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing: who waits for the file never sees half of it."""
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.replace(path)


Wanted = TypeVar("Wanted", bound=Exception)


def only(error: Exception, kind: type[Wanted]) -> Wanted | None:
    """The error of this kind that `error` is or consists of; None when there is another one in it."""
    if isinstance(error, kind):
        return error
    if not isinstance(error, ExceptionGroup):
        return None
    leaves = [only(each, kind) for each in error.exceptions]
    return leaves[0] if None not in leaves else None
