"""A HID report descriptor: which bits of an input report mean what. Sans-I/O, and no more of it than drivers here need.

Source: USB Device Class Definition for Human Interface Devices 1.11, 6.2.2 (items) and 5.8 (report format).

    DescriptorError    the bytes are no report descriptor
"""

import msgspec

LONGEST = 4096
"""Bytes; the kernel takes no longer one (HID_MAX_DESCRIPTOR_SIZE)."""
_MOST_BITS = 8 * 65536
"""Of one report."""
_MOST_PUSHED = 16
_MOST_USAGES = 4096

_MAIN, _GLOBAL, _LOCAL = 0, 1, 2
_INPUT = 0x8
_USAGE, _USAGE_MINIMUM, _USAGE_MAXIMUM = 0x0, 0x1, 0x2
_LONG_ITEM = 0xFE
_VARIABLE = 0x02
_CONSTANT = 0x01


class DescriptorError(ValueError):
    """The message is one English sentence."""


class Field(msgspec.Struct, frozen=True):
    """Elements of an input report that stand side by side."""

    report: int
    """The report's number, which is then its first byte; 0: reports have none."""
    offset: int
    """Bits from the report's first byte on, the number's byte included."""
    bits: int
    """Of one element."""
    count: int
    usages: tuple[int, ...]
    """Page × 65536 + usage, an element each; the last one stands for all that follow."""

    def place(self, usage: int) -> int | None:
        """Where that usage's first element begins, in bits; None: it is not here."""
        if usage not in self.usages[: self.count]:
            return None
        return self.offset + self.bits * self.usages.index(usage)


class _Globals(msgspec.Struct, frozen=True):
    page: int = 0
    bits: int = 0
    count: int = 0
    report: int = 0


def input_fields(descriptor: bytes) -> tuple[Field, ...]:
    """The fields of all input reports, in order; padding and arrays are left out. Raises DescriptorError."""
    if len(descriptor) > LONGEST:
        raise DescriptorError(f"a report descriptor has at most {LONGEST} bytes, this has {len(descriptor)}")
    now = _Globals()
    pushed: list[_Globals] = []
    usages: list[int] = []
    minimum = 0
    ends: dict[int, int] = {}
    fields: list[Field] = []
    at = 0
    while at < len(descriptor):
        kind, tag, size, value, at = _item(descriptor, at)
        if kind == _MAIN:
            if tag == _INPUT:
                start = ends.get(now.report, 8 if now.report else 0)
                ends[now.report] = start + now.bits * now.count
                if ends[now.report] > _MOST_BITS:
                    raise DescriptorError("a report has more bits than any device sends")
                if value & _VARIABLE and not value & _CONSTANT and usages:
                    fields.append(Field(now.report, start, now.bits, now.count, tuple(usages)))
            usages = []
        elif kind == _GLOBAL:
            now = _changed(now, pushed, tag, value)
        elif kind == _LOCAL:
            usage = value if size == 4 else now.page << 16 | value
            if tag == _USAGE:
                usages.append(usage)
            elif tag == _USAGE_MINIMUM:
                minimum = usage
            elif tag == _USAGE_MAXIMUM and minimum <= usage < minimum + _MOST_USAGES:
                usages.extend(range(minimum, usage + 1))
            if len(usages) > _MOST_USAGES:
                raise DescriptorError("a field has more usages than any device has")
    return tuple(fields)


def _item(descriptor: bytes, at: int) -> tuple[int, int, int, int, int]:
    """One item: its kind, tag, size, value, and where the next one begins."""
    prefix = descriptor[at]
    if prefix == _LONG_ITEM:
        # None is defined; its second byte says how many to pass over.
        if at + 2 >= len(descriptor):
            raise DescriptorError("the descriptor breaks off in a long item")
        return 3, 0, 0, 0, at + 3 + descriptor[at + 1]
    size = (0, 1, 2, 4)[prefix & 3]
    data = descriptor[at + 1 : at + 1 + size]
    if len(data) < size:
        raise DescriptorError("the descriptor breaks off in an item")
    return prefix >> 2 & 3, prefix >> 4, size, int.from_bytes(data, "little"), at + 1 + size


def _changed(now: _Globals, pushed: list[_Globals], tag: int, value: int) -> _Globals:
    replace = msgspec.structs.replace
    match tag:
        case 0x0:  # Usage Page
            return replace(now, page=value & 0xFFFF)
        case 0x7:  # Report Size
            return replace(now, bits=value)
        case 0x8:  # Report ID
            return replace(now, report=value)
        case 0x9:  # Report Count
            return replace(now, count=value)
        case 0xA:  # Push
            if len(pushed) >= _MOST_PUSHED:
                raise DescriptorError("the descriptor pushes too often")
            pushed.append(now)
        case 0xB:  # Pop
            if not pushed:
                raise DescriptorError("the descriptor pops what it has not pushed")
            return pushed.pop()
        case _:
            pass  # units and limits, which change no place
    return now
