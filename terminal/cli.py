"""The command line. Each command's work is done elsewhere and imported when it is called: `kasse --help` stays quick.

What is wrong is said in one line on stderr that begins with 'kasse:'. Exit status: 0 well, 1 failed, 2 called or
configured wrongly. A fault of the program itself is told by __main__.py.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from terminal.config import DEFAULT

if TYPE_CHECKING:
    from terminal.config.settings import Settings

app = typer.Typer(
    name="kasse",
    help="A point-of-sale terminal.",
    epilog="The settings stand in /etc/kasse/kasse.toml unless --config names another file.",
    add_completion=False,
    # Plain text: it is read over ssh and in logs, and a traceback is no message.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="The settings.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FOLDER", help="The data folder, instead of the one in the settings."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class ScaleProtocol(StrEnum):
    """`sim --scale`."""

    TOLEDO = "toledo-8217"
    CAS = "cas"
    NONE = "none"


class DisplayProtocol(StrEnum):
    """`sim --display`."""

    CD5220 = "cd5220"
    ESCPOS = "escpos-display"
    NONE = "none"


PORT = typer.Option(min=0, max=65535, metavar="PORT", help="0 takes any that is free.")
LEAST_PIN, LONGEST_PIN = 4, 12


class Failure(Exception):
    """A command has failed. The message is one line for stderr."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def main(arguments: list[str]) -> int:
    """Run one command; the exit status."""
    try:
        # In standalone mode Typer would print its own errors, in several lines.
        status = typer.main.get_command(app).main(arguments or ["--help"], prog_name="kasse", standalone_mode=False)
    except Failure as failure:
        return _say(str(failure), failure.status)
    except typer.TyperException as error:
        return _say(f"{' '.join(error.format_message().split())} See 'kasse --help'", error.exit_code)
    except typer.Abort:
        return _say("stopped", 130)
    return int(status or 0)


def _version(wanted: bool) -> None:
    if wanted:
        from terminal import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)] = False,
) -> None:
    """What comes before a command."""


@app.command()
def run(config: Config = DEFAULT) -> int:
    """Run the till until it is told to stop."""
    settings = _settings(config)
    from terminal.assembly import run as run_till

    return run_till(settings)


@app.command()
def sim(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="FOLDER", help="For the scanner's link.")] = Path(
        ".kasse/sim"
    ),
    items: Annotated[Path | None, typer.Option("--items", metavar="FILE", help="What lies on the bench.")] = None,
    host: Annotated[str, typer.Option(help="Where everything listens.")] = "127.0.0.1",
    bench_port: Annotated[int, PORT] = 8090,
    printer_port: Annotated[int, PORT] = 9100,
    card_port: Annotated[int, PORT] = 20007,
    nexo_port: Annotated[int | None, PORT] = None,
    scale: Annotated[ScaleProtocol, typer.Option(help="What the scale speaks.")] = ScaleProtocol.TOLEDO,
    display: Annotated[
        DisplayProtocol, typer.Option(help="What the customer display speaks.")
    ] = DisplayProtocol.CD5220,
    wedge: Annotated[bool, typer.Option("--wedge", help="A keyboard scanner too, made in this kernel.")] = False,
    mobilepay_port: Annotated[int | None, PORT] = None,
    till: Annotated[str, typer.Option(metavar="URL", help="The till's screen, for a link on the bench.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", help="A sentence for the top of the bench.")] = "",
) -> int:
    """Run the simulated devices and the bench page."""
    from terminal.sim.run import DEMO_ITEMS, Options
    from terminal.sim.run import run as run_simulators

    return run_simulators(
        Options(
            data=data,
            items=items or DEMO_ITEMS,
            host=host,
            bench_port=bench_port,
            printer_port=printer_port,
            card_port=card_port,
            nexo_port=nexo_port,
            scale="" if scale is ScaleProtocol.NONE else scale.value,
            display="" if display is DisplayProtocol.NONE else display.value,
            wedge=wedge,
            mobilepay_port=mobilepay_port,
            till=till,
            note=note,
        )
    )


@app.command()
def demo(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="FOLDER", help="For all of it.")] = Path(".kasse/demo"),
    till_port: Annotated[int, PORT] = 8080,
    bench_port: Annotated[int, PORT] = 8090,
    printer_port: Annotated[int, PORT] = 9100,
    card_port: Annotated[int, PORT] = 20007,
    mobilepay_port: Annotated[int, PORT] = 8095,
) -> int:
    """Run a small shop's till with simulated devices."""
    from terminal.demo import Options
    from terminal.demo import demo as run_demo

    return run_demo(
        Options(
            data=data,
            till_port=till_port,
            bench_port=bench_port,
            printer_port=printer_port,
            card_port=card_port,
            mobilepay_port=mobilepay_port,
        )
    )


@app.command("check-config")
def check_config(config: Config = DEFAULT, as_json: Json = False) -> int:
    """Print the settings in force, or what is wrong.

    Defaults are filled in, secrets are not shown.
    """
    settings = _settings(config)
    from terminal.config.effective import effective, masked

    typer.echo(json.dumps(masked(settings), ensure_ascii=False) if as_json else effective(settings), nl=as_json)
    return 0


class FormName(StrEnum):
    """`--form`."""

    AUTO = "auto"
    PLAIN = "plain"
    WOOCOMMERCE = "woocommerce"


@app.command("import-items")
def import_items(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file with a header.")],
    form: Annotated[FormName, typer.Option("--form", help="What the columns are.")] = FormName.AUTO,
    config: Config = DEFAULT,
    data: Data = None,
    as_json: Json = False,
) -> int:
    """Replace all items by those of a CSV file.

    All or nothing: with one bad row nothing is changed, and all bad rows are listed.

    The plain form has the columns sku,name,price,vat,unit,department,age,deposit,codes (the first three must be there):
    price in kroner incl. VAT, for a piece or a kilogram; vat in percent (25); unit piece or gram; age in years;
    deposit the sku of the deposit item; codes separated by spaces or ';'.

    WooCommerce's product export is read too: published products and variations with a price, taken as incl. VAT. It
    knows no age limits, deposits or weighed items. A running till sells from the new items within a second.
    """
    folder = _folder(config, data)
    from terminal.app.ports.catalogue import CatalogueError
    from terminal.store import catalogue_import
    from terminal.store.catalogue_csv import FileRefused

    with _said(CatalogueError, FileRefused):
        result = catalogue_import.import_items(file, folder, form.value)
    if as_json:
        typer.echo(catalogue_import.as_json(result))
    else:
        for sentence in catalogue_import.sentences(result):
            typer.echo(sentence)
    if result.revision is None:
        rows = len(result.bad) + result.more_bad
        raise Failure(f"nothing was imported: {file} has {rows} bad row{'s' if rows > 1 else ''}")
    return 0


@app.command()
def verify(config: Config = DEFAULT, data: Data = None, as_json: Json = False) -> int:
    """Derive the journal anew and say what does not fit."""
    folder = _folder(config, data)
    from terminal.app.ports.journal import JournalError
    from terminal.store.journal import FILE, SqliteJournal
    from terminal.store.verify import verify as derive

    if not (folder / FILE).exists():
        raise Failure(f"there is no journal in {folder}")
    with _said(JournalError):
        journal = SqliteJournal(folder)
        try:
            found = derive(journal)
        finally:
            journal.close()
    if as_json:
        _print_json({"entries": found.entries, "receipts": found.receipts, "problems": found.problems})
    else:
        for problem in found.problems:
            typer.echo(problem)
        typer.echo(f"{found.entries} entries, {found.receipts} receipts")
    if found.problems:
        raise Failure(f"the journal in {folder} is not as it was written")
    return 0


@app.command()
def rebuild(config: Config = DEFAULT, data: Data = None) -> int:
    """Make receipts list, stock and totals again.

    From the journal; the till must be stopped.
    """
    folder = _folder(config, data)
    from terminal.app.ports.journal import JournalError
    from terminal.store.folder import FolderError, hold
    from terminal.store.journal import FILE
    from terminal.store.rebuild import rebuild as make_again

    if not (folder / FILE).exists():
        raise Failure(f"there is no journal in {folder}")
    with _said(JournalError, FolderError), hold(folder):
        entries = make_again(folder)
    typer.echo(f"made again from {entries} entries")
    return 0


@app.command("pin-hash")
def pin_hash() -> int:
    """Turn a PIN into what the settings hold.

    For somebody who may approve. Asks for it, or reads one line of stdin; a command line would be seen by others.
    """
    from getpass import getpass

    if sys.stdin.isatty():
        pin = getpass("PIN: ")
        if getpass("Again: ") != pin:
            raise Failure("the two are not the same")
    else:
        pin = sys.stdin.buffer.readline(1000).decode("utf-8", "replace").rstrip("\r\n")
    if not (LEAST_PIN <= len(pin) <= LONGEST_PIN and pin.isascii() and pin.isdecimal()):
        raise Failure(f"a PIN has {LEAST_PIN} to {LONGEST_PIN} digits", 2)
    from terminal.app.approval import hash_pin

    typer.echo(hash_pin(pin))
    return 0


@app.command()
def doctor(
    *,
    config: Config = DEFAULT,
    test: Annotated[
        str, typer.Option("--test", metavar="DEVICE", help="Have the running till try one device out.")
    ] = "",
    network: Annotated[bool, typer.Option("--network", help="Search the board's own network too.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Ask nobody on the network: for a check every minute.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Say what is well and what is not.

    One line for each thing: settings, devices, what is plugged in, disk, memory, clock. A till that runs is asked;
    otherwise this program looks itself. For what is plugged in and not in the settings it prints the lines to add.

    Status 0: all is well; 1: something is wrong. No test moves money, and none runs while a sale is open.
    """
    from terminal.config.load import ConfigError
    from terminal.doctor import doctor as doctors

    if not test:
        return doctors.run(config, json=as_json, depth="network" if network else "quick" if quick else "near")
    try:
        return doctors.try_device(config, test, json=as_json)
    except ConfigError as error:
        raise Failure(str(error), 2) from error


@app.command()
def bench(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="sale-commit, scan-to-screen, start, memory, zvt, payment, receipt.")
    ],
    folder: Annotated[Path, typer.Option("--folder", help="A folder on the disk to measure.")] = Path(),
    as_json: Json = False,
) -> int:
    """Measure this board beside a bare program."""
    from tempfile import TemporaryDirectory

    from terminal.bench import MEASURES

    if name not in MEASURES:
        raise Failure(f"there is no bench '{name}': one of {', '.join(MEASURES)}", 2)
    try:
        empty = TemporaryDirectory(prefix="kasse-bench-", dir=folder)
    except OSError as error:
        raise Failure(f"{folder.absolute()} cannot be used: {error.strerror}") from error
    with empty as path:
        figures = MEASURES[name](Path(path))
    if as_json:
        _print_json(figures)
    else:
        for key, value in figures.items():
            typer.echo(f"{key:20} {value}")
    return 0


def _settings(config: Path) -> "Settings":
    from terminal.config.load import ConfigError, load

    try:
        return load(config)
    except ConfigError as error:
        raise Failure(str(error), 2) from error


def _folder(config: Path, data: Path | None) -> Path:
    return data if data is not None else Path(_settings(config).register.data)


@contextmanager
def _said(*errors: type[Exception]) -> Iterator[None]:
    """These errors are sentences already."""
    try:
        yield
    except errors as error:
        raise Failure(str(error)) from error


def _print_json(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _say(sentence: str, status: int) -> int:
    sys.stderr.write(f"kasse: {sentence}\n")
    return status
