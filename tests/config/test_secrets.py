"""Secrets from files: who may read them, and that they are never shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.config.secrets import SecretError, read_secret

KEY = "correct-horse-battery"


def keep(folder: Path, content: bytes, mode: int = 0o600) -> str:
    path = folder / "access-key"
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


def test_reads_the_configured_file(tmp_path: Path) -> None:
    assert read_secret("access-key", keep(tmp_path, KEY.encode() + b"\n")) == KEY


def test_no_secret_is_empty() -> None:
    assert read_secret("access-key", "") == ""


def test_systemds_credential_goes_first(tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    keep(tmp_path / "credentials", b"from-systemd-0123456789", 0o400)
    other = keep(tmp_path, KEY.encode())
    program = f"from terminal.config.secrets import read_secret; print(read_secret('access-key', {other!r}))"
    environment = {**os.environ, "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "from-systemd-0123456789\n"


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o777])
def test_refuses_what_others_may_touch(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SecretError, match="chmod o=") as caught:
        read_secret("access-key", keep(tmp_path, KEY.encode(), mode))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 20, b"two lines of\ntext in it", b"x" * 5000])
def test_refuses_what_is_no_key(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SecretError) as caught:
        read_secret("access-key", keep(tmp_path, content))
    assert "two lines" not in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SecretError, match="No such file"):
        read_secret("access-key", str(tmp_path / "none"))
    with pytest.raises(SecretError, match="directory"):
        read_secret("access-key", str(tmp_path))


def test_a_name_cannot_leave_the_folder() -> None:
    with pytest.raises(ValueError, match="no name"):
        read_secret("../access-key", "")
