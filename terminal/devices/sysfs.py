"""Reading sysfs, where a device may be gone between two looks."""

from pathlib import Path


def text_of(path: Path) -> str:
    """A short file; empty when it is not there, which is so for a device that was just pulled out."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def number_of(text: str) -> int:
    """Of hexadecimal digits; -1 when there are none."""
    try:
        return int(text, 16)
    except ValueError:
        return -1
