"""The store against other processes: killed, starved, shut out. Real processes, real files."""

import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from terminal.store.folder import FolderError, hold
from terminal.store.journal import SqliteJournal
from terminal.store.verify import verify

ROOT = Path(__file__).parents[2]


def appender(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "tests.store.appender", str(folder), *words]


@contextmanager
def started(*words: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        appender(folder, *words), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def output(folder: Path, *words: str) -> list[str]:
    """What it printed until it ended by itself, without a traceback."""
    done = subprocess.run(appender(folder, *words), cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_killed_at_any_moment_it_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    luck = random.Random(9)
    acknowledged = 0
    for _ in range(20):
        with started("append", folder=tmp_path) as process:
            assert process.stdout is not None
            for _ in range(luck.randint(1, 60)):
                acknowledged = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
            for line in process.stdout:
                acknowledged = int(line)
        journal = SqliteJournal(tmp_path)
        assert journal.seq in {acknowledged, acknowledged + 1}
        found = verify(journal)
        assert (found.problems, found.entries) == ((), journal.seq)
        journal.close()


def test_a_file_that_may_not_grow_stops_the_till_in_one_sentence(tmp_path: Path) -> None:
    SqliteJournal(tmp_path).close()
    *acknowledged, sentence = output(tmp_path, "small", "100000")
    assert "cannot be read or written" in sentence or "disk is full" in sentence
    assert str(tmp_path) in sentence
    assert len(acknowledged) > 5
    journal = SqliteJournal(tmp_path)
    assert journal.seq == int(acknowledged[-1])
    assert verify(journal).problems == ()
    journal.close()


def test_a_read_only_file_stops_the_till_in_one_sentence() -> None:
    """In a folder that others may enter: as root the process becomes nobody, whom the modes bind."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        SqliteJournal(folder).close()
        (folder / "journal.sqlite").chmod(0o444)
        folder.chmod(0o555)
        (sentence,) = output(folder, "read-only")
        assert sentence == f"{folder}/journal.sqlite is read-only: the SD card may be worn out or locked. Replace it"
        folder.chmod(0o755)


def test_two_tills_cannot_hold_one_folder(tmp_path: Path) -> None:
    with started("hold", folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(FolderError, match="in use by another kasse"), hold(tmp_path):
            pytest.fail("two held it")
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        with hold(tmp_path):
            """A killed till holds nothing."""


def test_a_folder_is_made_private_with_all_above_it(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "lib" / "kasse"
    with hold(folder):
        assert folder.stat().st_mode & 0o777 == 0o700
    with hold(folder):
        """And held again."""


@pytest.mark.parametrize("name", ["file/kasse", "file"])
def test_a_folder_that_cannot_be_is_said_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderError, match=r"^the data folder .* cannot be used: "), hold(tmp_path / name):
        pytest.fail("held")
