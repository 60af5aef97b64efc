"""The board under the till: data folder, disk, memory, clock."""

import os
import shutil
from pathlib import Path

from terminal.app.ports.clock import Clock
from terminal.store.folder import JOURNAL
from terminal.texts import Language
from terminal.web.doctor_says import Word

from .findings import Finding, say

LEAST_DISK = 200
"""MB. A year of a busy shop's journal is less; a log that grows is what fills it."""
LEAST_MEMORY = 48
"""MB available. Below it a board begins to swap, and a sale waits for the card."""
MEGABYTE = 1 << 20


def folder(path: Path, words: Language) -> list[Finding]:
    """The data folder, its journal and its disk."""
    try:
        if not path.is_dir():
            return [say("note", "folder", Word.FOLDER_MISSING, words, path), *disk(path, words)]
        has_journal = (path / JOURNAL).exists()
    except OSError:
        return [say("note", "folder", Word.FOLDER_CLOSED, words, path)]
    if not os.access(path, os.R_OK | os.X_OK):
        return [say("note", "folder", Word.FOLDER_CLOSED, words, path)]
    if _is_read_only(path):
        return [say("wrong", "folder", Word.FOLDER_READ_ONLY, words, path), *disk(path, words)]
    found = [say("well", "folder", Word.FOLDER_WELL, words, path)]
    if not has_journal:
        found.append(say("note", "folder", Word.JOURNAL_MISSING, words, path))
    return [*found, *disk(path, words)]


def _is_read_only(path: Path) -> bool:
    """Whether nothing could be written there: its file system (a worn SD card turns read-only), or its owner is us."""
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        return True
    return path.stat().st_uid == os.geteuid() and not os.access(path, os.W_OK)


def disk(path: Path, words: Language) -> list[Finding]:
    """Room on the disk of a folder, or of what is above it where it is not there yet."""
    there = next((each for each in (path, *path.absolute().parents) if each.exists()), Path("/"))
    free = shutil.disk_usage(there).free // MEGABYTE
    if free < LEAST_DISK:
        return [say("wrong", "disk", Word.DISK_FULL, words, free)]
    return [say("well", "disk", Word.DISK_WELL, words, free)]


def memory(words: Language, meminfo: Path = Path("/proc/meminfo")) -> list[Finding]:
    """Memory that a program could still have (proc(5): MemAvailable)."""
    try:
        rows = dict(row.split(":", 1) for row in meminfo.read_text().splitlines() if ":" in row)
        free = int(rows["MemAvailable"].split()[0]) // 1024
    except (OSError, KeyError, ValueError):
        return []  # no Linux, or one that does not say
    if free < LEAST_MEMORY:
        return [say("wrong", "memory", Word.MEMORY_FULL, words, free)]
    return [say("well", "memory", Word.MEMORY_WELL, words, free)]


def clock(at: Clock, words: Language) -> list[Finding]:
    """Whether the clock was set. Not wrong in itself: a till sells without a network, and marks its entries."""
    local = words.time(at.moment().local)
    if at.now().trusted:
        return [say("well", "clock", Word.CLOCK_WELL, words, local)]
    return [say("note", "clock", Word.CLOCK_UNSET, words, local)]
