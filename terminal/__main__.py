"""The `kasse` command: the quick way into the till, the command line for everything else, and one line for a fault."""

import gc
import os
import sys
import traceback
from pathlib import Path

from terminal.config import DEFAULT


def main() -> int:
    """Run the command of `sys.argv`; the exit status: 0 well, 1 failed, 2 called or configured wrongly."""
    arguments = sys.argv[1:]
    try:
        status = _till(arguments) if _is_plain_run(arguments) else _command_line(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has enough of it (`| head`). Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 (the last place: a fault ends the process with one line)
        return _fault(error)
    return status


def _is_plain_run(arguments: list[str]) -> bool:
    """`kasse run` as the service starts it: straight to the till.

    Typer 0.29 parses options with pydantic: 450 ms and 22 MB (a two-core PC; `kasse run --config=x`, which goes that
    way, against `kasse run --config x`), more than all the rest of a start, and a running till never uses it again.
    Every other way to write it, help and mistakes too, goes through Typer.
    """
    return arguments[:1] == ["run"] and (
        len(arguments) == 1
        or (len(arguments) == 3 and arguments[1] == "--config" and arguments[2][:1] not in {"", "-"})
    )


def _till(arguments: list[str]) -> int:
    # What a start makes stays: looking through it for garbage again and again takes a tenth of the time. Collecting
    # begins when the till is ready (host/memory.py).
    gc.disable()
    from terminal.config.load import ConfigError, load

    try:
        settings = load(Path(arguments[2]) if len(arguments) == 3 else DEFAULT)
    except ConfigError as error:
        sys.stderr.write(f"kasse: {error}\n")
        return 2
    from terminal.assembly import run

    return run(settings)


def _command_line(arguments: list[str]) -> int:
    from terminal.cli import main as command_line

    return command_line(arguments)


def _fault(error: Exception) -> int:
    """Tell of a fault of this program: in one line, or all of it with KASSE_DEBUG=1."""
    if os.environ.get("KASSE_DEBUG") == "1":
        traceback.print_exception(error)
    else:
        sys.stderr.write(f"kasse: {fault_line(error)}\n")
    return 1


def fault_line(error: Exception) -> str:
    """Which error, and the innermost line of ours that it passed."""
    cause: BaseException = error
    while isinstance(cause, BaseExceptionGroup):
        cause = cause.exceptions[0]
    ours = [frame for frame in traceback.extract_tb(cause.__traceback__) if "/terminal/" in frame.filename]
    where = f" at {ours[-1].filename.rpartition('/terminal/')[2]}:{ours[-1].lineno}" if ours else ""
    what = " ".join(f"{type(cause).__name__}: {cause}".split())[:300]
    return f"a fault in the program{where}: {what} (KASSE_DEBUG=1 shows all of it)"


if __name__ == "__main__":
    sys.exit(main())
