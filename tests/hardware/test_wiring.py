"""The drawings, the parts, the profiles and the settings' defaults say the same of every pin."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from terminal.config.settings import DrawerGpio, PrinterTcp
from terminal.devices.drawer_guard import LONGEST_PULSE_MS
from terminal.devices.drawer_pins import ChipPins
from tests import drawings

ROOT = drawings.ROOT

HEADER = {
    1: "3V3", 2: "5V", 3: "GPIO2", 4: "5V", 5: "GPIO3", 6: "GND", 7: "GPIO4", 8: "GPIO14", 9: "GND", 10: "GPIO15",
    11: "GPIO17", 12: "GPIO18", 13: "GPIO27", 14: "GND", 15: "GPIO22", 16: "GPIO23", 17: "3V3", 18: "GPIO24",
    19: "GPIO10", 20: "GND", 21: "GPIO9", 22: "GPIO25", 23: "GPIO11", 24: "GPIO8", 25: "GND", 26: "GPIO7",
    27: "GPIO0", 28: "GPIO1", 29: "GPIO5", 30: "GND", 31: "GPIO6", 32: "GPIO12", 33: "GPIO13", 34: "GND",
    35: "GPIO19", 36: "GPIO16", 37: "GPIO26", 38: "GPIO20", 39: "GND", 40: "GPIO21",
}  # fmt: skip
"""The 40-pin header of every Raspberry Pi since the B+."""

SOCKET = {1: "FRAME", 2: "DRIVE 1", 3: "SENSE", 4: "+24 V", 5: "DRIVE 2", 6: "GND"}
"""The drawer's socket. Source: Epson, TM-T88III specification, table 2.2.2."""

GPIO_PULLED_UP_AT_START = range(9)


def harness(name: str) -> dict[str, Any]:
    """A drawing's data."""
    data: dict[str, Any] = yaml.safe_load((drawings.WIRING / f"{name}.yml").read_text("utf-8"))
    return data


def labels(connector: dict[str, Any]) -> dict[Any, str]:
    """Pin to label."""
    names = connector.get("pinlabels") or connector["pins"]
    return dict(zip(connector.get("pins") or range(1, len(names) + 1), names, strict=True))


def span(pins: list[Any]) -> list[Any]:
    """WireViz writes 1-3 for 1, 2, 3."""
    found: list[Any] = []
    for pin in pins:
        ends = re.fullmatch(r"(\d+)-(\d+)", str(pin))
        found += range(int(ends[1]), int(ends[2]) + 1) if ends else [pin]
    return found


def wired(name: str, source: str, target: str) -> dict[str, str]:
    """Which label of `source` goes to which of `target`."""
    data = harness(name)
    for connection in data["connections"]:
        ends = [next(iter(step.items())) for step in connection]
        if ends[0][0] == source and ends[-1][0] == target:
            left, right = labels(data["connectors"][source]), labels(data["connectors"][target])
            pairs = zip(span(ends[0][1]), span(ends[-1][1]), strict=True)
            return {left[a]: right[b] for a, b in pairs}
    raise AssertionError(f"{name} wires no {source} to {target}")


STAGE = wired("drawer-gpio", "HEADER", "J1")
"""Header to driver stage."""


def gpio(label: str) -> int:
    """The BCM number in a label."""
    match = re.match(r"GPIO(\d+)\b", label)
    assert match, label
    return int(match[1])


def coil_pin() -> int:
    """The pin that the drawing wires to KICK."""
    return gpio(next(header for header, stage in STAGE.items() if stage == "KICK"))


def switch_pin() -> int:
    """The pin that the drawing wires to SENSE."""
    return gpio(next(header for header, stage in STAGE.items() if stage == "SENSE"))


def profile(name: str) -> dict[str, Any]:
    return tomllib.loads((drawings.HARDWARE / "profiles" / f"{name}.toml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["drawer-gpio", "serial"])
def test_the_headers_pins_are_called_as_the_board_calls_them(name: str) -> None:
    for pin, label in labels(harness(name)["connectors"]["HEADER"]).items():
        assert label.split()[0] == HEADER[pin]


def test_power_and_ground_go_where_they_belong() -> None:
    assert {header: stage for header, stage in STAGE.items() if not header.startswith("GPIO")} == {
        "3V3": "3V3",
        "5V": "5V",
        "GND": "GND",
    }
    assert wired("drawer-gpio", "PSU", "J3") == {"+24 V": "+24 V", "0 V": "0 V"}


def test_the_coils_pin_is_the_settings_default_and_low_at_a_start() -> None:
    assert coil_pin() == DrawerGpio().pin
    assert coil_pin() not in GPIO_PULLED_UP_AT_START
    assert DrawerGpio().active_high


def test_the_profile_has_the_drawings_pins() -> None:
    stage = profile("kasse-driver-stage")["drivers"]["gpio"]
    assert (stage["pin"], stage["sense_pin"]) == (coil_pin(), switch_pin())
    assert stage["pulse_ms"] == DrawerGpio().pulse_ms
    # The guard is told what the profile says.
    settings = DrawerGpio(**stage, chip="/dev/gpiochip0")
    assert ChipPins(settings).guard_command()[-3:] == ("/dev/gpiochip0", str(coil_pin()), "high")


def test_the_example_settings_have_the_drawings_pins() -> None:
    example = (ROOT / "systemd" / "kasse.toml").read_text("utf-8")
    found = dict(re.findall(r"^# (pin|sense_pin) = (\d+)$", example, re.MULTILINE))
    assert found == {"pin": str(coil_pin()), "sense_pin": str(switch_pin())}


def test_the_table_of_the_boards_pins_is_the_headers() -> None:
    text = drawings.README.read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (\w+)[^|]*\| ([^|]*)\|$", text, re.MULTILINE)
    assert len(rows) == 7
    for pin, name, _ in rows:
        assert HEADER[int(pin)] == name
    assert next(int(name[4:]) for _, name, use in rows if "`drawer.pin`" in use) == coil_pin()
    assert next(int(name[4:]) for _, name, use in rows if "`drawer.sense_pin`" in use) == switch_pin()


def test_every_drawer_socket_is_the_printers_makers() -> None:
    printer, stage = harness("drawer-printer")["connectors"], harness("drawer-gpio")["connectors"]
    for connector in (printer["DK"], printer["DRAWER"], stage["J2"], stage["DRAWER"]):
        assert labels(connector) == SOCKET


@pytest.mark.parametrize(("name", "socket"), [("drawer-printer", "DK"), ("drawer-gpio", "J2")])
def test_a_drawers_cable_is_straight(name: str, socket: str) -> None:
    assert wired(name, socket, "DRAWER") == {label: label for label in SOCKET.values()}


def test_the_printers_drawer_pins_are_the_sockets_drive_pins() -> None:
    allowed = {pin for pin, label in SOCKET.items() if label.startswith("DRIVE")}
    assert PrinterTcp(host="printer").drawer_pin in allowed
    note = harness("drawer-printer")["connectors"]["DK"]["notes"]
    assert {int(pin) for pin in re.findall(r"drawer_pin = (\d)", note)} == allowed
    for path in (drawings.HARDWARE / "profiles").glob("*.toml"):
        settings = tomllib.loads(path.read_text("utf-8")).get("settings", {})
        assert settings.get("drawer_pin", 2) in allowed, path


def test_transmit_goes_to_receive() -> None:
    crossed = {"TXD": "RX", "RXD": "TX", "GND": "GND", "TX": "RX", "RX": "TX"}
    for source, target in (("ADAPTER_1", "SCALE"), ("ADAPTER_2", "DISPLAY"), ("LEVEL_OUT", "SCALE_2")):
        for left, right in wired("serial", source, target).items():
            assert crossed[left] == right
    assert wired("serial", "HEADER", "LEVEL") == {
        "3V3": "VCC",
        "GND": "GND",
        "GPIO14 TXD": "TTL in",
        "GPIO15 RXD": "TTL out",
    }


# The driver stage


def number(value: str) -> float:
    """'560 kΩ' in ohms, '1 µF' in farads."""
    match = re.fullmatch(r"([0-9.]+) (k|M|µ|n)?(Ω|F)", value)
    assert match, value
    return float(match[1]) * {"k": 1e3, "M": 1e6, "µ": 1e-6, "n": 1e-9, None: 1.0}[match[2]]


def percent(rating: str) -> float:
    match = re.search(r"(\d+) %", rating)
    assert match, rating
    return int(match[1]) / 100


def test_the_one_shot_ends_before_the_coil_burns() -> None:
    """0.7 × R × C with every tolerance against us; and the text says so."""
    parts = drawings.read_parts()
    resistor, capacitor, ic = parts.part("R2"), parts.part("C1"), parts.part("U1")
    nominal = 700 * number(resistor.value) * number(capacitor.value)
    off = (percent(resistor.rating), percent(capacitor.rating), percent(ic.rating))
    longest, shortest = nominal, nominal
    for tolerance in off:
        longest, shortest = longest * (1 + tolerance), shortest * (1 - tolerance)
    assert longest < parts.limits.on_ms
    assert DrawerGpio().pulse_ms < shortest
    text = drawings.README.read_text("utf-8")
    assert f"{nominal:.0f} ms, {shortest:.0f} to {longest:.0f} ms" in text


def test_the_software_stays_below_what_the_coil_bears() -> None:
    limits = drawings.read_parts().limits
    assert limits.on_ms > LONGEST_PULSE_MS
    assert limits.volts / limits.ohms <= limits.amperes
    for name in ("kasse-driver-stage", "generic-24v-drawer"):
        facts = profile(name)["facts"]
        assert facts == {"volts": limits.volts, "amperes": limits.amperes, "ohms": limits.ohms, "on_ms": limits.on_ms}


def test_every_net_of_the_driver_stage_goes_from_something_to_something() -> None:
    assert {net for net, pins in drawings.nets().items() if len(pins) < 2} == set()


def test_the_driver_stages_terminals_are_the_drawings() -> None:
    parts, connectors = drawings.read_parts(), harness("drawer-gpio")["connectors"]
    assert {int(pin): net for pin, net in parts.part("J1").pins.items()} == labels(connectors["J1"])
    socket = {int(pin): net for pin, net in parts.part("J2").pins.items()}
    assert socket == {1: "GND", 2: "DRIVE1", 3: "SWITCH", 4: "24V", 6: "GND"}
    assert {int(pin): net for pin, net in parts.part("J3").pins.items()} == {1: "24V_IN", 2: "GND"}


def test_every_part_of_the_stage_is_on_the_drawing() -> None:
    text = drawings.STAGE.read_text("utf-8")
    # One at each chip's supply pins: said in the list, and not drawn.
    missing = [
        part.ref
        for part in drawings.read_parts().parts
        if part.where == "stage" and part.ref not in text and part.ref != "C3"
    ]
    assert missing == []


# The pictures


@pytest.mark.parametrize("picture", drawings.sources(), ids=lambda path: path.stem)
def test_the_committed_picture_is_drawn_from_the_data_as_it_is(picture: Path) -> None:
    """Where the tool is the one that drew it, it is drawn again and compared; its data's digest is compared always."""
    digest, tool = drawings.made_of(picture)
    assert digest == drawings.digest(drawings.sources()[picture]), "make hardware"
    if tool == drawings.tool(picture):
        assert drawings.draw(picture) == picture.read_text("utf-8"), "make hardware"


def test_the_table_of_parts_is_written_from_the_data() -> None:
    text = drawings.README.read_text("utf-8")
    assert drawings.with_table(text) == text, "make hardware"


def test_every_picture_is_shown() -> None:
    text = drawings.README.read_text("utf-8")
    assert {f"wiring/{picture.name}" for picture in drawings.sources()} == set(
        re.findall(r"\]\((wiring/[^)]+)\)", text)
    )
