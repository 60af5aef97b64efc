"""The objects in BMP 06: tag, length, value (chapter 9.3). Kept as they came, with the length's own form.

A tag is an integer of its bytes (0x1F07). A length takes one byte (to 7F), two (81 xx) or three (82 hi lo).
"""

from collections.abc import Iterable

import msgspec

from .errors import EncodeError

_TWO_BYTES = frozenset({0x80, 0x81, 0x82, 0x83})
"""Second bytes of the tags 1F80 to 1F83. By 9.3.1 a third byte would have to follow; by 9.4.1 none does."""
_CONSTRUCTED = 0x20


class Node(msgspec.Struct, frozen=True, gc=False):
    """One object."""

    tag: int
    value: bytes
    width: int = 0
    """Bytes that the length took; 0 = as few as it needs."""

    @property
    def children(self) -> "Objects":
        """The objects within, when the tag says there are some."""
        first = self.tag >> (8 * (_tag_size(self.tag) - 1))
        return parse(self.value) if first & _CONSTRUCTED else Objects()

    def encode(self) -> bytes:
        """Tag, length, value. Raises EncodeError."""
        return self.tag.to_bytes(_tag_size(self.tag), "big") + length(len(self.value), self.width) + self.value


class Objects(msgspec.Struct, frozen=True, gc=False):
    """The objects of one container, in their order. `rest`: from the first byte that is no object."""

    nodes: tuple[Node, ...] = ()
    rest: bytes = b""

    def encode(self) -> bytes:
        """As they came. Raises EncodeError."""
        return b"".join(node.encode() for node in self.nodes) + self.rest

    def get(self, *path: int) -> bytes | None:
        """The value of the first object at a path of tags, from the outermost inward."""
        node = next(iter(self.all(*path)), None)
        return None if node is None else node.value

    def all(self, *path: int) -> Iterable[Node]:
        """Every object at a path of tags."""
        here = [node for node in self.nodes if node.tag == path[0]]
        if len(path) == 1:
            return here
        return [found for node in here for found in node.children.all(*path[1:])]


def parse(data: bytes) -> Objects:
    """The objects in `data`. What cannot be read stays in `rest`: it is never needed to know where a field ends."""
    nodes: list[Node] = []
    at = 0
    while at < len(data):
        tag = _tag_end(data, at)
        head = read_length(data, tag)
        if head is None:
            break
        size, start = head
        if start + size > len(data):
            break
        nodes.append(Node(int.from_bytes(data[at:tag], "big"), data[start : start + size], start - tag))
        at = start + size
    return Objects(tuple(nodes), data[at:])


def node(tag: int, *content: Node | bytes) -> Node:
    """An object of ours: of bytes, or of other objects."""
    return Node(tag, b"".join(each if isinstance(each, bytes) else each.encode() for each in content))


def length(size: int, width: int = 0) -> bytes:
    """A length field of `width` bytes (0 = as few as it needs). Raises EncodeError."""
    width = width or (1 if size < 0x80 else 2 if size < 0x100 else 3)
    if size >= (0, 0x80, 0x100, 0x10000)[width]:
        raise EncodeError(f"a length of {size} does not fit {width} bytes")
    return size.to_bytes(1, "big") if width == 1 else bytes((0x7F + width,)) + size.to_bytes(width - 1, "big")


def read_length(data: bytes, at: int) -> tuple[int, int] | None:
    """A length field at `at`: the length, and where the value begins. None when there is none that can be read."""
    first = data[at] if at < len(data) else 0xFF
    if first < 0x80:
        return first, at + 1
    if first not in (0x81, 0x82) or at + first - 0x7F > len(data):
        return None
    end = at + first - 0x7F
    return int.from_bytes(data[at + 1 : end], "big"), end


def _tag_end(data: bytes, at: int) -> int:
    """Where the tag that begins at `at` ends; past the end of the data when it is cut off."""
    if data[at] & 0x1F != 0x1F:
        return at + 1
    end = at + 1
    if end < len(data) and data[at] == 0x1F and data[end] in _TWO_BYTES:
        return end + 1
    while end < len(data) and data[end] & 0x80:
        end += 1
    return end + 1


def _tag_size(tag: int) -> int:
    return max(1, (tag.bit_length() + 7) // 8)
