"""Turns msgspec's message about a settings file into one a person can act on. Loaded only when something is wrong.

msgspec says what and where ("Expected `int`, got `str` - at `$.web.port`"); here the place becomes a TOML one
("[web] port") and the reason names what may stand there, and the nearest name when a key or a driver is not known.
"""

import difflib
import re
from collections.abc import Callable
from typing import Any

from msgspec import inspect

from . import settings as s

_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>[\w.\[\]]*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa0-\uffff]")

_KINDS = {
    "int": "a whole number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "float": "a number with decimals",
}

PATTERNS = {
    r"^[a-z][a-z0-9-]{0,31}$": "a name of a-z, 0-9 and '-', at most 32 long, beginning with a letter",
    r"^[0-9]{8}$": "eight digits in quotes",
    r"^[A-Za-z0-9-]{1,20}$": "1 to 20 of A-Z, a-z, 0-9 and '-'",
    r"^[A-Za-z0-9-]{1,16}$": "1 to 16 of A-Z, a-z, 0-9 and '-'",
    r"^([a-z0-9][a-z0-9-]{0,63})?$": "a name of a-z, 0-9 and '-', at most 64 long",
    r"^\$argon2id\$.+": "what 'kasse pin-hash' prints",
    r"^[0-9]{6}$": "six digits in quotes",
    r"^[0-9]{4,10}$": "4 to 10 digits in quotes",
    r"^[\x21-\x7e]{1,200}$": "one word of at most 200 characters",
    r"^(https://[^/?#@\s]+|http://(127\.[0-9.]+|localhost)(:[0-9]+)?)(/[^?#\s]*)?$": "an address that begins with https://",
    r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$": "1 to 64 of A-Z, a-z, 0-9, '-' and '_', beginning with a letter or digit",
}
"""In words, each pattern of the settings (a test holds that none is missing)."""

Steps = tuple[str | int, ...]


def explain(message: str, data: dict[str, Any]) -> str:
    """One line: the place in the file and what is wrong there. `data` is the file's content."""
    at = _AT.match(message)
    what, path = (at["what"], at["path"] or "") if at else (message, "")
    steps: Steps = tuple(name or int(index) for name, index in _STEP.findall(path))
    reason = _reason(what, _type_at(steps, data))
    line = f"{_place(steps)}: {reason}" if steps else reason
    return _UNPRINTABLE.sub("?", line)[:500]


def did_you_mean(word: str, known: list[str]) -> str:
    """' (did you mean …?)', or which there are when none is near."""
    near = difflib.get_close_matches(word.lower()[:64], known, n=1, cutoff=0.6)
    return f": did you mean '{near[0]}'?" if near else f": one of {', '.join(known)}"


def _reason(what: str, kind: inspect.Type | None) -> str:
    for pattern, words in _REASONS:
        match = pattern.fullmatch(what)
        if match is not None:
            return words(match, kind)
    return what


def _missing(match: re.Match[str], kind: inspect.Type | None) -> str:
    if isinstance(kind, inspect.StructType) and kind.cls is s.Settings:
        return f"the table [{match[1]}] is missing"
    drivers = _drivers(kind)
    return f"'{match[1]}' is missing" + (f": one of {', '.join(drivers)}" if drivers else "")


def _unknown_driver(match: re.Match[str], kind: inspect.Type | None) -> str:
    return f"there is no driver '{match[1][:64]}'" + did_you_mean(match[1], _drivers(kind))


def _no_choice(match: re.Match[str], kind: inspect.Type | None) -> str:
    choices = list(kind.values) if isinstance(kind, inspect.LiteralType) else []
    return f"{match[1][:64]} cannot be chosen: one of {', '.join(map(repr, choices))}"


def _no_match(_: re.Match[str], kind: inspect.Type | None) -> str:
    pattern = kind.pattern if isinstance(kind, inspect.StrType) and kind.pattern else ""
    return f"expected {PATTERNS.get(pattern, pattern)}"


def _out_of_range(_: re.Match[str], kind: inspect.Type | None) -> str:
    if isinstance(kind, inspect.IntType):
        return f"expected a whole number{_span(kind.ge, kind.le)}"
    return "expected a smaller number"


def _bad_length(_: re.Match[str], kind: inspect.Type | None) -> str:
    if isinstance(kind, inspect.StrType):
        return f"expected text{_span(kind.min_length, kind.max_length)} characters long"
    return "expected text of another length"


def _unknown_key(match: re.Match[str], kind: inspect.Type | None) -> str:
    key, fields = match[1], _fields(kind)
    name = f"unknown key '{key[:64]}'"
    if key not in fields and isinstance(kind, inspect.StructType) and kind.cls is not s.Settings:
        top = _fields(inspect.type_info(s.Settings))
        if key in top:
            return f"{name}: '{key}' is a table of its own, [{key}], not a part of this one"
    return name + (did_you_mean(key, fields) if fields else "")


def _wrong_kind(match: re.Match[str], kind: inspect.Type | None) -> str:
    expected, got = match[1], match[2]
    if expected == "array" and got == "object" and isinstance(kind, inspect.VarTupleType):
        if isinstance(kind.item_type, inspect.StrType):
            return "expected a list of texts"
        return "there may be several, so each has double brackets, like [[scanners]]"
    return f"expected {_KINDS.get(expected, expected)}, not {_KINDS.get(got, 'a ' + got)}"


def _span(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f" from {low} to {high}"
    if low is not None:
        return f" of at least {low}"
    return f" of at most {high}" if high is not None else ""


def _place(steps: Steps) -> str:
    """('scanners', 0, 'port') is "[[scanners]] number 1, port"."""
    match steps:
        case (str(table),):
            return f"[{table}]"
        case (str(table), int(index)):
            return f"[[{table}]] number {index + 1}"
        case (str(table), int(index), *rest):
            return f"[[{table}]] number {index + 1}, {_dotted(rest)}"
        case (table, *rest):
            return f"[{table}] {_dotted(rest)}"
        case _:
            return _dotted(list(steps))


def _dotted(steps: list[str | int]) -> str:
    return " ".join(f"number {step + 1}" if isinstance(step, int) else step for step in steps)


def _type_at(steps: Steps, data: Any) -> inspect.Type | None:
    """The type that the settings have at that place; a union of drivers is narrowed by the file's own `driver`."""
    kind: inspect.Type | None = inspect.type_info(s.Settings)
    value: Any = data
    for step in steps:
        match kind:
            case inspect.StructType(fields=fields):
                if step == kind.tag_field:
                    return kind
                kind = next((field.type for field in fields if field.encode_name == step), None)
            case inspect.UnionType() if step == "driver":
                return kind
            case inspect.VarTupleType(item_type=item):
                kind = item
            case _:
                return None
        value = _inside(value, step)
        kind = _narrow(kind, value)
    return kind


def _inside(value: Any, step: str | int) -> Any:
    match value, step:
        case dict(), str():
            return value.get(step)
        case list(), int() if step < len(value):
            return value[step]
        case _:
            return None


def _narrow(kind: inspect.Type | None, value: Any) -> inspect.Type | None:
    if not isinstance(kind, inspect.UnionType):
        return kind
    structs = [each for each in kind.types if isinstance(each, inspect.StructType)]
    driver = value.get("driver") if isinstance(value, dict) else None
    return next((each for each in structs if each.tag == driver), kind)


def _fields(kind: inspect.Type | None) -> list[str]:
    if not isinstance(kind, inspect.StructType):
        return []
    tag = [kind.tag_field] if kind.tag_field else []
    return tag + [field.encode_name for field in kind.fields]


def _drivers(kind: inspect.Type | None) -> list[str]:
    if not isinstance(kind, inspect.UnionType):
        return []
    return [str(each.tag) for each in kind.types if isinstance(each, inspect.StructType)]


def patterns(kind: inspect.Type) -> set[str]:
    """Every pattern that the settings use."""
    match kind:
        case inspect.StrType(pattern=str(pattern)):
            return {pattern}
        case inspect.StructType(fields=fields):
            return set().union(*(patterns(field.type) for field in fields))
        case inspect.UnionType(types=types):
            return set().union(*(patterns(each) for each in types))
        case inspect.VarTupleType(item_type=item):
            return patterns(item)
        case _:
            return set()


_REASONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], inspect.Type | None], str]], ...] = (
    (re.compile(r"Object contains unknown field `(.*)`", re.DOTALL), _unknown_key),
    (re.compile(r"Object missing required field `(\w+)`"), _missing),
    (re.compile(r"Invalid value '(.*)'", re.DOTALL), _unknown_driver),
    (re.compile(r"Invalid enum value (.*)", re.DOTALL), _no_choice),
    (re.compile(r"Expected `([\w ]+)`, got `(\w+)`"), _wrong_kind),
    (re.compile(r"Expected `str` matching regex .*", re.DOTALL), _no_match),
    (re.compile(r"Expected `int` [<>]=.*|Integer.*"), _out_of_range),
    (re.compile(r"Expected `str` of length.*"), _bad_length),
)
"""msgspec's messages and what is said instead."""
