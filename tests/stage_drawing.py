"""The driver stage of a drawer, drawn with the values of hardware/parts.toml."""

import itertools
from typing import Any


def draw(values: dict[str, str]) -> str:
    """The schematic, SVG. `values` by reference: R1 to 10 kΩ."""
    import schemdraw
    import schemdraw.elements as e
    from schemdraw import logic

    schemdraw.use("svg")
    schemdraw.svgconfig.text = "text"
    drawing: Any = schemdraw.Drawing(show=False, fontsize=11, font="DejaVu Sans", unit=2.2)

    def named(ref: str) -> str:
        return f"{ref}\n{values[ref]}"

    with drawing as d:
        _kick(d, e, logic, named)
        _sense(d, e, named)
    return drawing.get_imagedata("svg").decode("utf-8")  # type: ignore[no-any-return]


def _kick(d: Any, e: Any, logic: Any, named: Any) -> None:
    """From KICK by the one-shot and the AND to the coil."""
    kick = e.Dot(open=True).label("KICK  J1/4", "left")
    d += kick
    d += e.Line().right(0.6)
    at_r1 = d.here
    d += e.Dot()
    d.push()
    d += e.Resistor().down().label(named("R1"), "bottom")
    d += e.Ground()
    d.pop()
    d += e.Line().right(4.6)
    at_a = d.here
    d += e.Dot()
    d += e.Line().right(1.0)
    one_shot = (
        e.Ic(
            pins=[
                e.IcPin("A", pin="4", side="left", slot="3/3"),
                e.IcPin("B", pin="5", side="left", slot="2/3"),
                e.IcPin("RESET", pin="3", side="left", slot="1/3"),
                e.IcPin("Q", pin="6", side="right", slot="3/3"),
                e.IcPin("Q̄", pin="7", side="right", slot="1/3", anchorname="QN"),
                e.IcPin("RC", pin="2", side="top", slot="2/3"),
                e.IcPin("C", pin="1", side="top", slot="1/3"),
                e.IcPin("5V", pin="16", side="top", slot="3/3", anchorname="VCC"),
                e.IcPin("GND", pin="8", side="bottom", slot="2/3"),
            ],
            size=(5.0, 3.6),
            label=named("U1"),
            pinspacing=1.2,
            edgepadW=0.8,
        )
        .anchor("A")
        .at(d.here)
    )
    d += one_shot
    d += e.Ground().at(one_shot.GND)
    # Not retriggerable: Q̄ holds B down while the pulse lasts.
    d += e.Line().right(0.6).at(one_shot.QN)
    d += e.Line().down(3.0)
    back = d.here
    d += e.Line().left(one_shot.QN[0] + 0.6 - one_shot.B[0] + 0.5)
    d += e.Line().up(one_shot.B[1] - back[1])
    d += e.Line().right(0.5)
    # Held down while the supply comes up.
    d += e.Line().left(1.6).at(one_shot.RESET)
    d += e.Dot()
    d.push()
    d += e.Capacitor().down().label(named("C2"), "bottom")
    d += e.Ground()
    d.pop()
    d += e.Line().left(0.6)
    d += e.Resistor().left().label(named("R3"), "top")
    d += e.Vdd().label("5V")
    # The time.
    d += e.Line().up(0.5).at(one_shot.RC)
    d += e.Dot()
    d.push()
    d += e.Resistor().up().label(named("R2"), "bottom")
    d += e.Vdd().label("5V")
    d.pop()
    d += e.Capacitor().left(one_shot.RC[0] - one_shot.C[0]).label(named("C1"), "top", ofst=0.35)
    d += e.Dot()
    d.push()
    d += e.Line().down(0.5)
    d.pop()
    d += e.Line().left(1.4)
    d += e.Ground()
    d += e.Line().up(0.3).at(one_shot.VCC)
    d += e.Vdd().label("5V")
    # Both or nothing.
    both = logic.And().right().anchor("in2").at((one_shot.Q[0] + 2.4, one_shot.Q[1])).label(named("U2"), "bottom")
    d += both
    d += e.Line().at(one_shot.Q).to(both.in2)
    corners = [at_a, (at_a[0], 5.0), (both.in1[0] - 0.6, 5.0), (both.in1[0] - 0.6, both.in1[1]), both.in1]
    for before, after in itertools.pairwise(corners):
        d += e.Line().at(before).to(after)
    d += e.Resistor().right().at(both.out).label(named("R4"), "top")
    d += e.Dot()
    d.push()
    d += e.Resistor().down().label(named("R5"), "bottom")
    d += e.Ground()
    d.pop()
    d += e.Line().right(0.6)
    # Turned over, its gate is on the left, but its anchor is where it was.
    switch = (
        e.NFet()
        .right()
        .reverse()
        .anchor("gate")
        .at((d.here[0] - 1.36, d.here[1] + 0.75))
        .label(named("Q1"), "right", ofst=0.3)
    )
    d += switch
    d += e.Ground().at(switch.source)
    d += e.Line().up(0.7).at(switch.drain)
    d += e.Dot()
    drain = d.here
    d.push()
    d += e.Line().right(3.2)
    d += e.Dot(open=True).label("DRIVE 1  J2/2", "right")
    d.pop()
    d += e.Diode().up(2.4).label(named("D1"), "top")
    d += e.Dot()
    d.push()
    d += e.Line().right(1.6)
    d += e.Dot()
    d.push()
    d += e.Capacitor(polar=True).down(1.6).label(named("C4"), "bottom")
    d += e.Ground()
    d.pop()
    d += e.Line().right(1.6)
    d += e.Dot(open=True).label("+24 V  J2/4", "right")
    d.pop()
    d += e.Fuse().up().label(named("F1"), "top")
    d += e.Dot(open=True).label("+24 V  J3/1", "right")
    assert at_r1[0] < at_a[0] < drain[0]


def _sense(d: Any, e: Any, named: Any) -> None:
    """From the drawer's switch to SENSE."""
    d += e.Dot(open=True).at((0, -8.6)).label("SENSE  J1/5", "left")
    d += e.Line().right(1.4)
    d += e.Dot()
    d.push()
    d += e.Capacitor().down().label(named("C5"), "bottom")
    d += e.Ground()
    d.pop()
    d += e.Line().right(2.6)
    d += e.Dot()
    d.push()
    d += e.Schottky().up().label(named("D2"), "bottom")
    d += e.Vdd().label("3V3")
    d.pop()
    d.push()
    d += e.Schottky().down().reverse()
    d += e.Ground()
    d.pop()
    d += e.Line().right(0.8)
    d += e.Resistor().right().label(named("R7"), "top")
    d += e.Dot()
    d.push()
    d += e.Resistor().up().label(named("R6"), "bottom")
    d += e.Vdd().label("3V3")
    d.pop()
    d += e.Line().right(1.6)
    d += e.Dot(open=True).label("switch  J2/3", "right")
    d += e.Dot(open=True).at((11.5, -8.6)).label("GND  J1/3, J2/6, J2/1, J3/2", "right")
    d += e.Line().down(0.8)
    d += e.Ground()
