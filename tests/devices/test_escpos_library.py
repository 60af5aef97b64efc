"""Loading python-escpos leaves nothing behind and survives what a power cut leaves. Each in a fresh process."""

import subprocess
import sys
from pathlib import Path

LOAD = """
import logging, os, sys, tempfile
from pathlib import Path
from terminal.devices.escpos_library import load
library = load(Path(sys.argv[1]))
dummy = library.dummy(profile="TM-T88III")
dummy.cut("PART")
print(len(library.profiles) > 20, dummy.output == b"\\x1bd\\x06\\x1dV\\x01", end=" ")
print("PIL" in sys.modules, "qrcode" in sys.modules, "barcode" in sys.modules, logging.getLogger().handlers)
"""
GOOD = "True True False False False []\n"


def run(cache: Path, temporary: Path) -> str:
    temporary.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, cache],
        env={"TMPDIR": str(temporary), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert list(temporary.iterdir()) == []
    return done.stdout


def test_it_leaves_no_folder_and_loads_no_drawing_library(tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "escpos"
    assert run(cache, tmp_path / "tmp") == GOOD
    assert cache.stat().st_mode & 0o777 == 0o700
    (pickle,) = cache.glob("*.pickle")
    before = pickle.stat().st_mtime_ns
    assert run(cache, tmp_path / "tmp") == GOOD
    assert pickle.stat().st_mtime_ns == before


def test_a_damaged_cache_is_thrown_away(tmp_path: Path) -> None:
    cache = tmp_path / "escpos"
    run(cache, tmp_path / "tmp")
    (pickle,) = cache.glob("*.pickle")
    pickle.write_bytes(pickle.read_bytes()[:1000])
    assert run(cache, tmp_path / "tmp") == GOOD
    assert not pickle.exists()


def test_what_others_could_write_is_not_loaded(tmp_path: Path) -> None:
    cache = tmp_path / "escpos"
    run(cache, tmp_path / "tmp")
    (pickle,) = cache.glob("*.pickle")
    pickle.write_bytes(b"cos\nsystem\n(S'echo owned'\ntR.")
    cache.chmod(0o777)
    assert run(cache, tmp_path / "tmp") == GOOD
    assert cache.stat().st_mode & 0o777 == 0o700


def test_a_place_that_is_no_folder_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file" / "escpos", tmp_path / "tmp") == GOOD
