"""The first files of the small machine: busybox, its script, and the kernel's modules, each after those it needs.

The format is cpio's "newc" (kernel: Documentation/driver-api/early-userspace/buffer-format.rst).
"""

import lzma
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
_FOLDERS = ("bin", "dev", "host", "modules", "proc", "root", "sys", "upper")


def initrd(kernel: Path, modules: Iterable[str], script: Path) -> bytes:
    """The archive. `modules`: their names; what they need comes by itself."""
    files = [_file(folder, b"", stat.S_IFDIR | 0o755) for folder in _FOLDERS]
    files.append(_file("bin/busybox", BUSYBOX.read_bytes(), stat.S_IFREG | 0o755))
    files.append(_file("init", script.read_bytes(), stat.S_IFREG | 0o755))
    for number, (name, code) in enumerate(_in_order(kernel, modules)):
        files.append(_file(f"modules/{number:03}-{name}.ko", code, stat.S_IFREG | 0o644))
    return b"".join((*files, _file("TRAILER!!!", b"", 0)))


def _file(name: str, data: bytes, mode: int) -> bytes:
    # Number, mode, owner, group, links, time, size, four device numbers, the name's length, no checksum.
    fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    return _padded(head) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _in_order(kernel: Path, wanted: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Modules with their code, each after those it needs. What the kernel has built in is left out."""
    found = {_name(path): path for path in kernel.glob("**/lib/modules/*/kernel/**/*.ko*")}
    built_in = {_name(Path(line)) for path in kernel.glob("**/modules.builtin") for line in path.read_text().split()}
    done: set[str] = set()

    def load(name: str) -> Iterator[tuple[str, bytes]]:
        if name in done or name in built_in:
            return
        done.add(name)
        path = found[name]
        code = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        needs = re.search(rb"\0depends=([^\0]*)\0", code)
        for need in needs[1].decode().split(",") if needs and needs[1] else ():
            yield from load(_name(Path(need)))
        yield name, code

    for name in wanted:
        yield from load(_name(Path(name)))


def _name(path: Path) -> str:
    return path.name.split(".")[0].replace("-", "_")
