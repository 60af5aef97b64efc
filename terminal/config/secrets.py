"""Reads a secret from a file that only the till may read. Never logged, never part of a message.

SecretError     the file is not there, may be read by everybody, or holds no single line of text
"""

import os
import re
import stat
from pathlib import Path

MOST_BYTES = 4096
LEAST_CHARACTERS = 16
"""A shorter key can be guessed over the network."""

_NAME = re.compile(r"[a-z][a-z0-9-]*")


class SecretError(Exception):
    """The secret cannot be used. The message is one clear sentence without it."""


def read_secret(name: str, file: str) -> str:
    """The secret called `name`, or '' when there is none.

    systemd's credential of that name (LoadCredential=, `$CREDENTIALS_DIRECTORY/<name>`) goes before `file`, the path
    in the settings ('' = none is set). Raises SecretError.
    """
    if _NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is no name of a credential")
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    if folder and (Path(folder) / name).exists():
        return _read(Path(folder) / name)
    return _read(Path(file)) if file else ""


def _read(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise SecretError(f"{path} is no file")
            if mode & stat.S_IRWXO:
                raise SecretError(f"{path} can be read by everybody on this machine: chmod o= {path}")
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise SecretError(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise SecretError(f"{path} is larger than {MOST_BYTES} bytes: that is no key")
    try:
        secret = content.decode().strip()
    except UnicodeDecodeError:
        raise SecretError(f"{path} holds no text") from None
    if len(secret) < LEAST_CHARACTERS or not secret.isprintable():
        raise SecretError(f"{path} must hold one line of at least {LEAST_CHARACTERS} characters")
    return secret
