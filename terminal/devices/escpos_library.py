"""python-escpos, loaded when it is first needed and without what we never use of it.

    EscposLoadError  it cannot be loaded

What was measured with python-escpos 3.1 and Python 3.11 on an x86 PC, on top of a process with anyio and
msgspec: importing it plainly takes 9.3 MB of resident memory and 250 ms, of which Pillow, qrcode and
python-barcode are two thirds. They are there to draw codes and pictures in software, which we never let it
do: the printer draws its codes, and the logo is converted by devices/escpos_logo.py. With stand-ins for these
three during the import it takes 3.0 MB and 110 ms. Without its pickle of the printer profiles it takes
another 190 ms and 2 MB; a Raspberry Pi takes about five times as long for all of it.
"""

import atexit
import contextlib
import importlib
import logging
import os
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

log = logging.getLogger(__name__)

_PICKLE_DIR = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_lock = threading.Lock()
_loaded: list["EscposLibrary"] = []


class EscposLoadError(Exception):
    """python-escpos cannot be loaded. The message is one English sentence."""


class EscposLibrary(msgspec.Struct, frozen=True):
    """The parts of python-escpos that we use. Untyped: it ships no types."""

    dummy: Any
    """Its `Dummy` printer: takes `profile=`, collects bytes in `output`."""
    profiles: dict[str, dict[str, Any]]
    """Every printer profile by name: code pages, features, paper width."""


def default_cache() -> Path:
    """Where the pickle of the profiles is kept: the service's cache folder, else the user's."""
    service = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0]
    if service:
        return Path(service) / "escpos"
    home = os.environ.get("HOME") or tempfile.gettempdir()
    return Path(os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache") / "kasse" / "escpos"


def load(cache: Path) -> EscposLibrary:
    """Import python-escpos (once a process; any thread). Raises EscposLoadError.

    `cache` is made with mode 0700 when it is not there: python-escpos unpickles a file from it, so nobody
    else may write there. Where it cannot be used, a folder of this process's own takes its place and the
    next start is slower.
    """
    with _lock:
        if not _loaded:
            _loaded.append(_load(_private(cache)))
        return _loaded[0]


def _private(cache: Path) -> Path:
    try:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = cache.stat()
        if found.st_uid != os.geteuid():
            raise PermissionError(f"it belongs to user {found.st_uid}")
        if stat.S_IMODE(found.st_mode) & 0o077:
            # What others could write there before is not trusted: it would be unpickled.
            _forget_pickles(cache)
            cache.chmod(0o700)
    except OSError as error:
        log.info("the printer profiles are not cached in %s: %s", cache, error)
        return _own_folder()
    return cache


def _own_folder() -> Path:
    own = Path(tempfile.mkdtemp(prefix="kasse-escpos-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def _load(cache: Path) -> EscposLibrary:
    os.environ[_PICKLE_DIR] = str(cache)
    try:
        try:
            return _import()
        except ModuleNotFoundError:
            raise
        except Exception as error:  # noqa: BLE001 - unpickling a damaged file raises anything
            # A power cut while the pickle was written, or a full card: no start would ever get past it.
            log.info("loading python-escpos again without its cached profiles: %r", error)
            _forget_pickles(cache)
            os.environ[_PICKLE_DIR] = str(_own_folder())
            return _import()
    except Exception as error:
        raise EscposLoadError(f"python-escpos cannot be loaded: {error}") from error


def _forget_pickles(cache: Path) -> None:
    for pickle in cache.glob("*.pickle"):
        pickle.unlink(missing_ok=True)


def _import() -> EscposLibrary:
    with _stand_ins(), _own_temporary_folder(), _root_logger_untouched():
        dummy = importlib.import_module("escpos.printer.dummy")
        capabilities = importlib.import_module("escpos.capabilities")
    return EscposLibrary(dummy.Dummy, capabilities.CAPABILITIES["profiles"])


@contextlib.contextmanager
def _stand_ins() -> Iterator[None]:
    """Empty modules in place of those that draw in software, for the time of the import, where none is loaded."""
    wanted: dict[str, dict[str, object]] = {
        "qrcode": {},
        "barcode": {"PROVIDED_BARCODES": ()},
        "barcode.writer": {"ImageWriter": None},
        "escpos.image": {"EscposImage": None},
    }
    placed: list[str] = []
    for name, attributes in wanted.items():
        if name not in sys.modules:
            module = ModuleType(name, "Stands in while python-escpos is imported.")
            module.__dict__.update(attributes)
            sys.modules[name] = module
            placed.append(name)
    try:
        yield
    finally:
        for name in placed:
            del sys.modules[name]


@contextlib.contextmanager
def _own_temporary_folder() -> Iterator[None]:
    """Take away the temporary folder that its import makes even when it is told another (a default argument's call)."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="kasse-") as folder:
        tempfile.tempdir = folder
        try:
            yield
        finally:
            tempfile.tempdir = before


@contextlib.contextmanager
def _root_logger_untouched() -> Iterator[None]:
    """Its import calls logging.basicConfig, which is the program's business and not a library's."""
    root = logging.getLogger()
    before = list(root.handlers)
    try:
        yield
    finally:
        for handler in root.handlers[:]:
            if handler not in before:
                root.removeHandler(handler)
