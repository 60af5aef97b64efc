"""Objects in BMP 06."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.protocols.zvt import tlv
from terminal.protocols.zvt.errors import EncodeError
from terminal.protocols.zvt.tlv import Node, Objects, node, parse


def test_tags_of_one_and_two_bytes_and_nesting() -> None:
    found = parse(bytes.fromhex("2F081F120102 1F100100 1F2B0410015008".replace(" ", "")))

    assert [each.tag for each in found.nodes] == [0x2F, 0x1F2B]
    assert found.get(0x2F, 0x1F12) == b"\x02"
    assert found.get(0x1F2B) == bytes.fromhex("10015008")
    assert found.get(0x2F, 0x1F11) is None
    assert found.get(0x60) is None


def test_a_primitive_tag_has_no_children() -> None:
    assert Node(0x07, bytes.fromhex("070130")).children == Objects()


def test_all_objects_of_a_tag() -> None:
    lines = node(0x24, node(0x07, b"one"), node(0x07, b"two"))

    assert [each.value for each in parse(lines.encode()).all(0x24, 0x07)] == [b"one", b"two"]


@pytest.mark.parametrize("tag", [0x1F80, 0x1F81, 0x1F82, 0x1F83])
def test_the_four_tags_that_break_the_rule_of_the_text(tag: int) -> None:
    assert parse(node(tag, b"x").encode()).nodes == (Node(tag, b"x", 1),)


def test_a_tag_of_three_bytes() -> None:
    assert parse(bytes.fromhex("3F8442 01 AA".replace(" ", ""))).nodes == (Node(0x3F8442, b"\xaa", 1),)


@pytest.mark.parametrize(("size", "head"), [(0, "00"), (0x7F, "7f"), (0x80, "8180"), (0xFF, "81ff"), (0x100, "820100")])
def test_the_shortest_length(size: int, head: str) -> None:
    assert tlv.length(size).hex() == head
    assert tlv.read_length(bytes.fromhex(head), 0) == (size, len(head) // 2)


def test_a_length_that_does_not_fit() -> None:
    with pytest.raises(EncodeError):
        tlv.length(0x80, 1)
    with pytest.raises(EncodeError):
        tlv.length(0x10000)


@pytest.mark.parametrize("bad", ["80", "83000001", "FF", "81", "8201", "05AA", ""])
def test_what_is_no_length_or_too_long_stays_unread(bad: str) -> None:
    data = bytes.fromhex("070130" + "41" + bad)

    found = parse(data)

    assert [each.tag for each in found.nodes] == [0x07]
    assert found.rest == bytes.fromhex("41" + bad)


@given(st.binary(max_size=120))
def test_any_bytes_come_back(data: bytes) -> None:
    found = parse(data)

    assert found.encode() == data
    for each in found.nodes:
        assert each.children.encode() in (b"", each.value)


TAGS = st.sampled_from([0x07, 0x09, 0x14, 0x24, 0x41, 0x60, 0xE4, 0x1F07, 0x1F1F, 0x1F80, 0xFF01])


@given(st.lists(st.builds(node, TAGS, st.binary(max_size=300)), max_size=6))
def test_what_is_built_is_read(nodes: list[Node]) -> None:
    found = parse(b"".join(each.encode() for each in nodes))

    assert [(each.tag, each.value) for each in found.nodes] == [(each.tag, each.value) for each in nodes]
    assert found.rest == b""


@given(TAGS, st.binary(max_size=100), st.integers(1, 3))
def test_a_length_longer_than_needed_is_kept(tag: int, value: bytes, width: int) -> None:
    raw = Node(tag, value, width).encode()

    assert parse(raw).nodes == (Node(tag, value, width),)
