"""Shows the settings as they are in effect, defaults filled in, as a TOML file. Secrets are never part of it.

TOML is written by hand: it is three shapes (tables, lists of tables, plain values), and nothing here reads it back.
"""

import json
from typing import Any

import msgspec

from .settings import Settings

HIDDEN = "(hidden)"
SECRET_KEYS = frozenset({"pin_hash", "password"})
"""A key ending in _file names a file that holds a secret: the name is shown, the file is not opened."""


def effective(settings: Settings) -> str:
    """TOML text with every key of every table; what is hidden says so."""
    blocks = [_block(name, value) for name, value in msgspec.to_builtins(settings).items()]
    return "\n".join(blocks)


def masked(settings: Settings) -> dict[str, Any]:
    """The same as data, for JSON."""
    tables = msgspec.to_builtins(settings)
    return {name: _mask(value) for name, value in tables.items()}


def _block(name: str, value: Any) -> str:
    match _mask(value):
        case dict() as table:
            return _table(f"[{name}]", table)
        case [*tables] if tables:
            return "\n".join(_table(f"[[{name}]]", table) for table in tables)
        case _:
            return f"# {name}: none\n"


def _mask(value: Any) -> Any:
    match value:
        case dict():
            return {key: HIDDEN if key in SECRET_KEYS else each for key, each in value.items()}
        case list() | tuple():
            return [_mask(each) for each in value]
        case _:
            return value


def _table(head: str, table: dict[str, Any]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in table.items()]
    return "\n".join((head, *lines, ""))


def _value(value: Any) -> str:
    """One value. A JSON string is a TOML basic string as long as it holds no DEL, which the settings refuse."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(_value(each) for each in value)}]"
        case _:
            return json.dumps(value, ensure_ascii=False)
