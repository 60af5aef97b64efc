"""The drawings of hardware/wiring and the table of parts, made from their data. `make hardware` (this module, run)
writes them.

WireViz lays the wires out and graphviz draws them; the driver stage is drawn by schemdraw. Two versions of a tool do
not draw the same, so each picture says what made it, and of what.
"""

import hashlib
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import msgspec

from tests import stage_drawing

ROOT = Path(__file__).parent.parent
HARDWARE = ROOT / "hardware"
WIRING = HARDWARE / "wiring"
PARTS = HARDWARE / "parts.toml"
STAGE = WIRING / "driver-stage.svg"
README = HARDWARE / "README.md"
MARKS = ("<!-- parts -->\n", "<!-- /parts -->\n")
_MADE = re.compile(r"<!-- made of (\w+) by (.*?) -->\n")


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of a drawer's coil."""

    volts: float
    amperes: float
    ohms: float
    on_ms: int


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part, or several of the same."""

    ref: str
    where: str
    what: str
    value: str
    rating: str
    quantity: int = 1
    pins: dict[str, str] = {}
    """Pin to net; only of what is on the driver stage."""


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """hardware/parts.toml."""

    limits: Limits
    parts: tuple[Part, ...]

    def part(self, ref: str) -> Part:
        return next(each for each in self.parts if each.ref == ref)


def read_parts() -> Parts:
    """The data of the parts list."""
    return msgspec.convert(tomllib.loads(PARTS.read_text("utf-8")), Parts)


def sources() -> dict[Path, Path]:
    """Picture to its data."""
    return {source.with_suffix(".svg"): source for source in sorted(WIRING.glob("*.yml"))} | {STAGE: PARTS}


def tool(picture: Path) -> str:
    """What draws it here."""
    if picture == STAGE:
        return f"schemdraw {metadata.version('schemdraw')}"
    said = subprocess.run(["dot", "-V"], check=True, capture_output=True, text=True, timeout=30)
    match = re.search(r"graphviz version (\S+)", said.stdout + said.stderr)
    assert match is not None, said
    return f"wireviz {metadata.version('wireviz')}, graphviz {match[1]}"


def digest(source: Path) -> str:
    """What a picture says that it was made of."""
    return hashlib.sha256(source.read_bytes()).hexdigest()[:16]


def made_of(picture: Path) -> tuple[str, str]:
    """The data's digest and the tool, as the picture says it."""
    match = _MADE.search(picture.read_text("utf-8"))
    assert match is not None, f"{picture} does not say what it is made of: make hardware"
    return match[1], match[2]


def draw(picture: Path) -> str:
    """The picture, SVG."""
    source = sources()[picture]
    if picture == STAGE:
        svg = stage_drawing.draw({part.ref: part.value for part in read_parts().parts})
    else:
        from wireviz.wireviz import parse  # type: ignore[import-untyped]

        drawn = parse(source, return_types="svg")
        svg = drawn.decode("utf-8") if isinstance(drawn, bytes) else str(drawn)
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    # A browser without that font takes one as wide.
    svg = re.sub(r'font-family="?:?DejaVu Sans"?', 'font-family="DejaVu Sans,Verdana,sans-serif"', svg)
    made = f"<!-- made of {digest(source)} by {tool(picture)} -->\n"
    return re.sub(r"(?=<svg\b)", made, svg, count=1).rstrip() + "\n"


def table() -> str:
    """The parts list, Markdown."""
    parts = read_parts()
    limits = parts.limits
    coil = f"{limits.volts:g} V, at most {limits.amperes:g} A, {limits.ohms:g} Ω or more"
    lines = [f"The drawer's coil: {coil}, on for at most {limits.on_ms} ms."]
    for where, title in (("stage", "The driver stage"), ("till", "Around it")):
        lines += ["", f"{title}:", "", "| part | value | what for | rating |", "| --- | --- | --- | --- |"]
        for part in parts.parts:
            if part.where == where:
                times = f"{part.quantity} × " if part.quantity > 1 else ""
                lines.append(f"| {part.ref} | {times}{part.value} | {part.what} | {part.rating} |")
    lines += ["", "Nets of the driver stage, part and pin:", "", "| net | pins |", "| --- | --- |"]
    lines += [f"| {net} | {', '.join(pins)} |" for net, pins in nets().items()]
    return "\n".join(lines) + "\n"


def nets() -> dict[str, list[str]]:
    """Every net of the driver stage, and what is on it."""
    found: dict[str, list[str]] = {}
    for part in read_parts().parts:
        for pin, net in part.pins.items():
            found.setdefault(net, []).append(f"{part.ref}/{pin}")
    return dict(sorted(found.items()))


def with_table(text: str) -> str:
    """README.md with the parts list between its marks."""
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}{table()}{MARKS[1]}{after}"


def write() -> None:
    """All of them."""
    for picture in sources():
        picture.write_text(draw(picture), "utf-8")
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write()
    sys.stdout.write(f"{len(sources())} drawings in {WIRING.relative_to(ROOT)}\n")
