"""A disk that forgets: what was written is there, but only what was synced survives the power cut.

An SQLite VFS below the shipped journal, which runs unchanged on it. The real file holds what is durable; writes wait in
memory for a sync. A cut keeps any of the waiting writes, as a real disk may. It can also fail at its nth write or sync.
"""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw


class Content:
    """One file: as the program sees it, and what waits for a sync."""

    def __init__(self, now: bytes) -> None:
        self.now = bytearray(now)
        self.waiting: list[tuple[int, bytes] | int] = []
        """(offset, data), or a length that it was cut to."""


def apply(content: bytearray, change: tuple[int, bytes] | int) -> None:
    """Do one write or truncation."""
    if isinstance(change, int):
        del content[change:]
        return
    offset, data = change
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(data)] = data


class LazyDisk(apsw.VFS):
    """Holds the files that SQLite opens while it is the default."""

    def __init__(self) -> None:
        self.base = apsw.vfs_names()[0]
        super().__init__("lazy-disk", self.base, makedefault=True)
        self.files: dict[str, Content] = {}
        self.done = 0
        """Writes and syncs so far."""
        self.fails_at: int | None = None
        self.error: type[apsw.Error] = apsw.IOError
        self.watch: Callable[[str], None] | None = None
        """Called before each write with the file's name: the moment for a cut in the middle of something."""

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 (SQLite's name)
        """A file of the journal waits for its syncs; a temporary one has no name and nothing to keep."""
        assert name is not None
        return LazyFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Gone at once: SQLite deletes only what it needs no more."""
        self.files.pop(filename, None)
        super().xDelete(filename, syncdir)

    def works(self) -> None:
        """Count a write or sync; fail when it is the one."""
        self.done += 1
        if self.fails_at is not None and self.done >= self.fails_at:
            raise self.error("the disk of this test says no")

    def after_a_cut(self, folder: Path, into: Path, luck: random.Random) -> None:
        """The folder as the next start finds it: what was synced, and any of what was not."""
        shutil.copytree(folder, into)
        for shm in into.glob("*-shm"):
            shm.unlink()
        for name, content in self.files.items():
            path = into / Path(name).relative_to(folder)
            durable = bytearray(path.read_bytes())
            for change in content.waiting:
                if luck.random() < 0.5:
                    apply(durable, change)
            path.write_bytes(durable)


class LazyFile(apsw.VFSFile):
    """One opening of a file."""

    def __init__(self, disk: LazyDisk, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__(disk.base, name, flags)
        self._disk = disk
        self._name = name if isinstance(name, str) else name.filename()
        if self._name not in disk.files:
            disk.files[self._name] = Content(super().xRead(super().xFileSize(), 0) if super().xFileSize() else b"")
        self._content = disk.files[self._name]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self._content.now[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.works()
        if self._disk.watch is not None:
            self._disk.watch(self._name)
        apply(self._content.now, (offset, bytes(data)))
        self._content.waiting.append((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        apply(self._content.now, newsize)
        self._content.waiting.append(newsize)

    def xFileSize(self) -> int:  # noqa: N802
        return len(self._content.now)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.works()
        for change in self._content.waiting:
            if isinstance(change, int):
                super().xTruncate(change)
            else:
                super().xWrite(change[1], change[0])
        self._content.waiting.clear()


@contextmanager
def lazy_disk() -> Iterator[LazyDisk]:
    """SQLite (apsw's, not Python's) works on it until the end of the block."""
    disk = LazyDisk()
    try:
        yield disk
    finally:
        disk.unregister()
