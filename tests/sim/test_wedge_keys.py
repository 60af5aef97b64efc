"""What the simulated wedge types, read back by the decoder."""

import pytest

from terminal.protocols.keymap import LAYOUTS, KeyDecoder
from terminal.protocols.scan import Read, Unreadable
from terminal.protocols.wedge import LayoutName
from terminal.sim.simulator import UnknownControl
from terminal.sim.wedge_keys import WedgeKeys

GS1 = "]d20105701234567899\x1d21A-9"


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("alt_codes", [False, True])
def test_a_scan_on_every_layout(layout: LayoutName, alt_codes: bool) -> None:
    keys, decoder = WedgeKeys(), KeyDecoder(layout)
    keys.press("layout", layout)
    if alt_codes:
        keys.press("alt-codes", "")
    assert [found for event in keys.scan(GS1) for found in decoder.feed(*event)] == [Read(GS1)]


def test_its_settings_and_its_faults() -> None:
    keys, decoder = WedgeKeys(), KeyDecoder()

    def types(*press: str) -> list[object]:
        events = keys.scan(press[1]) if press[0] == "scan" else keys.press(*press)
        return [found for event in events for found in decoder.feed(*event)]

    assert types("suffix", "tab") == types("prefix", "X") == types("speed", "50") == []
    assert types("scan", "12") == [Read("X12")]
    assert types("half", "1234") == []
    assert decoder.flush() == [Unreadable("the scan broke off: its suffix did not come")]
    types("stuck", "")
    assert decoder.stuck
    types("stuck", "")
    assert not decoder.stuck
    decoder.reset()
    types("garbage", "")
    assert decoder.patience is not None
    assert keys.view()["ms"] == 50


@pytest.mark.parametrize(
    ("control", "argument"),
    [("layout", "xx"), ("lock", "num"), ("suffix", "lf"), ("speed", "-1"), ("speed", "x"), ("?", "")],
)
def test_what_it_does_not_have(control: str, argument: str) -> None:
    with pytest.raises(UnknownControl):
        WedgeKeys().press(control, argument)
    with pytest.raises(UnknownControl, match="'ø'"):
        WedgeKeys().scan("ø")
