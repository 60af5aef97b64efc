"""Reading the project's documents, and the table of settings as the code has it.

`make docs` (this module, run) writes into terminal/README.md what is drawn from code, between its marks.
"""

import ast
import inspect
import re
import sys
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from terminal.config import settings
from terminal.domain import print_states
from terminal.domain.payment_states import FINAL, TRANSITIONS, PaymentState

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
HOUSE = ROOT / "terminal" / "README.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
SETTINGS_MARKS = ("<!-- settings -->\n", "<!-- /settings -->\n")
CARD_MARKS = ("<!-- payment-states -->\n", "<!-- /payment-states -->\n")
PRINT_MARKS = ("<!-- print-states -->\n", "<!-- /print-states -->\n")


def documents() -> tuple[Path, ...]:
    """All documents of the project, README.md first."""
    folders = (ROOT / name for name in ("terminal", "systemd", "image", "hardware", "tests"))
    return (
        *sorted(ROOT.glob("*.md"), reverse=True),
        *(each for folder in folders for each in sorted(folder.rglob("*.md"))),
    )


def first_column(text: str) -> tuple[str, ...]:
    """What stands in backticks at the start of each table row of a text."""
    return tuple(re.findall(r"^\| `([^`]+)`", text, re.MULTILINE))


def section(document: Path, heading: str) -> str:
    """The text under a heading, to the next heading of that depth or above."""
    text = document.read_text()
    depth = heading.split(" ", 1)[0]
    start = re.search(rf"^{re.escape(heading)}$", text, re.MULTILINE)
    assert start, f"{document} has no heading {heading!r}"
    end = re.compile(rf"^#{{1,{len(depth)}}} ", re.MULTILINE).search(text, start.end())
    return text[start.end() : end.start() if end else None]


def settings_table() -> str:
    """Every setting with its default and its meaning, one table; what only one driver has names it in brackets."""
    rows = ["| setting | default | what it is |", "| --- | --- | --- |"]
    for field in msgspec.structs.fields(settings.Settings):
        rows += [
            f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _keys(field.name, _tables(field.type))
        ]
    return "\n".join(rows) + "\n"


def _tables(annotation: object) -> tuple[type[msgspec.Struct], ...]:
    """The kinds of table that a key of the file may hold: one, or one a driver."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return (annotation,)
    return tuple(table for part in typing.get_args(annotation) for table in _tables(part))


def _keys(key: str, tables: tuple[type[msgspec.Struct], ...]) -> Iterator[tuple[str, str, str]]:
    """(name, default, meaning) of each setting of a table. What all drivers share stands once."""
    forms = [{field.name: field for field in msgspec.structs.fields(table)} for table in tables]
    shared: list[str] = []
    if len(tables) > 1:
        yield f"{key}.driver", "required", _one_of(_driver(table) for table in tables)
        shared = [name for name in forms[0] if all(_same(forms[0][name], form.get(name)) for form in forms)]
    for name in shared:
        yield f"{key}.{name}", _default(forms[0][name]), _meaning(tables[0], name)
    for table, form in zip(tables, forms, strict=True):
        place = f"{key}[{_driver(table)}]" if len(tables) > 1 else key
        for name in (each for each in form if each not in shared):
            yield f"{place}.{name}", _default(form[name]), _meaning(table, name)


def _same(one: msgspec.structs.FieldInfo, other: msgspec.structs.FieldInfo | None) -> bool:
    return other is not None and one.type == other.type and _default(one) == _default(other)


def _driver(table: type[msgspec.Struct]) -> str:
    tag = table.__struct_config__.tag
    assert isinstance(tag, str), f"{table.__name__} has no driver name"
    return tag


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{value}`".lower()
    if isinstance(value, tuple):
        return "`[]`" if not value else f"`{list(value)}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _meaning(table: type[msgspec.Struct], name: str) -> str:
    """The values it may have, and the text under the field."""
    annotation = typing.get_type_hints(table, include_extras=True)[name]
    said = next(_texts(owner)[name] for owner in table.__mro__ if name in inspect.get_annotations(owner))
    return " ".join(part for part in (_values(annotation), said) if part).replace("|", "\\|")


def _values(annotation: object) -> str:
    if typing.get_origin(annotation) is typing.Literal:
        return _one_of(typing.get_args(annotation))
    for meta in getattr(annotation, "__metadata__", ()):
        if meta.ge is not None and meta.le is not None:
            return f"{meta.ge} to {meta.le}."
    return ""


def _one_of(values: Iterable[object]) -> str:
    first, *others = (f"`{value}`" for value in values)
    return f"One of {', '.join((first, *others))}." if others else f"{first}."


def _texts(owner: type) -> dict[str, str]:
    """The text that stands under each field in the source."""
    body = ast.parse(inspect.getsource(owner)).body[0]
    assert isinstance(body, ast.ClassDef)
    texts: dict[str, str] = {}
    field = ""
    for statement in body.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=field)):
                texts[field] = ""
            case ast.Expr(value=ast.Constant(value=str(said))) if field:
                texts[field] = " ".join(said.split())
            case _:
                field = ""
    return texts


def card_picture() -> str:
    """The states of a card payment and what leads from one to the other, as a Mermaid picture."""
    arrows = [f"    {before.name} --> {after.name}: {cause.__name__}" for (before, cause), after in TRANSITIONS.items()]
    ends = [f"    {state.name} --> [*]" for state in PaymentState if state in FINAL]
    first = next(iter(PaymentState))
    return "\n".join(("```mermaid", "stateDiagram-v2", f"    [*] --> {first.name}", *arrows, *ends, "```", ""))


def print_picture() -> str:
    """The states of a print job likewise; an arrow has the step's name."""
    arrows = [
        f"    {before.name} --> {after.name}: {step}" for (before, step), after in print_states.TRANSITIONS.items()
    ]
    ends = [f"    {state.name} --> [*]" for state in print_states.PrintState if state in print_states.FINAL]
    first = next(iter(print_states.PrintState))
    return "\n".join(("```mermaid", "stateDiagram-v2", f"    [*] --> {first.name}", *arrows, *ends, "```", ""))


def drawn() -> dict[tuple[str, str], str]:
    """What terminal/README.md holds between its marks, as the code has it now."""
    return {SETTINGS_MARKS: settings_table(), CARD_MARKS: card_picture(), PRINT_MARKS: print_picture()}


def main() -> int:
    """Write what is drawn from code into terminal/README.md; the exit status."""
    text = HOUSE.read_text()
    for marks, content in drawn().items():
        before, _, rest = text.partition(marks[0])
        _, mark, after = rest.partition(marks[1])
        if not mark:
            sys.stderr.write(f"{HOUSE} lacks the marks {marks}\n")
            return 1
        text = before + marks[0] + content + mark + after
    HOUSE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
