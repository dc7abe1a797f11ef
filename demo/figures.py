"""The figures of the demo course, drawn from the formulas that they illustrate."""

import math
from collections.abc import Callable

from drawing import BLUE, GREEN, GREY, INK, ORANGE, PALE_BLUE, Drawing, Point


def velocity_time() -> str:
    """Velocity against time of a train that starts, runs and brakes (example 1.3)."""
    drawing = Drawing(680, 360, "Velocity of a local train against time")
    journey = [(0, 0), (40, 20), (100, 20), (120, 0)]
    corners = [(80 + 4.5 * seconds, 300 - 11 * speed) for seconds, speed in journey]
    drawing.polygon(corners, fill=PALE_BLUE)
    for seconds in range(0, 121, 20):
        x = 80 + 4.5 * seconds
        drawing.polyline([(x, 300), (x, 306)])
        drawing.text((x, 326), f"{seconds}")
    for speed in (5, 10, 15, 20):
        y = 300 - 11 * speed
        drawing.polyline([(80, y), (630, y)], GREY, 0.6, "3 4")
        drawing.text((68, y + 6), f"{speed}", anchor="end")
    drawing.polyline(corners, BLUE, 3.5)
    drawing.arrow((80, 300), (655, 300))
    drawing.arrow((80, 300), (80, 40))
    for x, metres in ((200, "400 m"), (395, "1200 m"), (560, "200 m")):
        drawing.text((x, 262), metres, BLUE, 19)
    drawing.text((620, 348), "time *t* (s)")
    drawing.text((92, 34), "velocity *v* (m/s)", anchor="start")
    drawing.text((218, 156), "slope 0.50 m/s²", ORANGE, 19, "start")
    drawing.text((544, 156), "slope −1.0 m/s²", ORANGE, 19, "end")
    return drawing.svg()


def inclined_plane() -> str:
    """Forces on a block at rest on a slope of 25 degrees."""
    drawing = Drawing(620, 400, "Forces on a block that rests on a slope")
    slope = math.radians(25)
    foot = (60.0, 340.0)

    def at(along: float, above: float) -> Point:
        """The point so far up the slope from its foot and so far above its surface."""
        return (
            foot[0] + along * math.cos(slope) - above * math.sin(slope),
            foot[1] - along * math.sin(slope) - above * math.cos(slope),
        )

    drawing.polygon([foot, (560, 340), at(500 / math.cos(slope), 0)], fill="#eef1f5", outline=INK)
    drawing.arc(foot, 90, (-25, 0))
    drawing.text((170, 325), "*θ*", size=20)
    block = [at(290, 0), at(370, 0), at(370, 56), at(290, 56)]
    drawing.polygon(block, fill=PALE_BLUE, outline=INK)
    centre = at(330, 28)
    weight = 150.0
    drawing.arrow(centre, at(330 - weight * math.sin(slope), 28), GREY, 1.5)
    drawing.arrow(centre, at(330, 28 - weight * math.cos(slope)), GREY, 1.5)
    drawing.arrow(centre, (centre[0], centre[1] + weight), ORANGE, 3)
    drawing.arrow(at(330, 56), at(330, 56 + weight * math.cos(slope) * 0.8), BLUE, 3)
    drawing.arrow(at(370, 8), at(370 + weight * math.sin(slope), 8), GREEN, 3)
    drawing.circle(centre, 3.5, INK)
    drawing.text((centre[0] - 12, centre[1] + weight - 2), "*mg*", ORANGE, 20, "end")
    normal_tip = at(330, 56 + weight * math.cos(slope) * 0.8)
    drawing.text((normal_tip[0] - 14, normal_tip[1] + 8), "*N*", BLUE, 20, "end")
    friction_tip = at(370 + weight * math.sin(slope), 8)
    drawing.text((friction_tip[0] + 4, friction_tip[1] - 12), "friction", GREEN, 18)
    into_slope = at(330, 28 - weight * math.cos(slope))
    drawing.text((into_slope[0] + 10, into_slope[1] + 4), "*mg* cos *θ*", INK, 17, "start")
    down_slope = at(330 - weight * math.sin(slope), 28)
    drawing.text((down_slope[0] - 16, down_slope[1] - 20), "*mg* sin *θ*", INK, 17, "end")
    return drawing.svg()


def swing_energy() -> str:
    """A swing at five moments, with bars that show how its energy is divided."""
    drawing = Drawing(560, 440, "Kinetic and potential energy of a swing")
    pivot, length, amplitude = (280.0, 24.0), 250.0, 50.0
    drawing.polyline([(200, 24), (360, 24)], INK, 5)
    highest = 1 - math.cos(math.radians(amplitude))
    drawing.arc(pivot, length, (90 - amplitude, 90 + amplitude))
    for degrees in (-50, -28, 0, 28, 50):
        angle = math.radians(degrees)
        seat = (pivot[0] + length * math.sin(angle), pivot[1] + length * math.cos(angle))
        drawing.polyline([pivot, seat], GREY, 1.5)
        drawing.circle(seat, 14, INK if degrees == 0 else GREY)
        _energy_bar(drawing, (seat[0], 398), potential=(1 - math.cos(angle)) / highest)
    drawing.text((270, 430), "potential", ORANGE, 24, "end")
    drawing.text((290, 430), "kinetic", BLUE, 24, "start")
    return drawing.svg()


def _energy_bar(drawing: Drawing, foot: Point, potential: float) -> None:
    height, half_width = 84.0, 18.0
    x, bottom = foot
    border = bottom - height * (1 - potential)
    for top, floor, colour in ((bottom - height, border, ORANGE), (border, bottom, BLUE)):
        corners = [
            (x - half_width, top),
            (x + half_width, top),
            (x + half_width, floor),
            (x - half_width, floor),
        ]
        drawing.polygon(corners, fill=colour)


def pendulum() -> str:
    """A pendulum at 28 degrees with the two parts of its weight."""
    drawing = Drawing(440, 410, "A simple pendulum and the forces on its bob")
    angle = math.radians(28)
    pivot, length, weight = (190.0, 40.0), 250.0, 110.0
    bob = (pivot[0] + length * math.sin(angle), pivot[1] + length * math.cos(angle))
    drawing.polyline([(120, 40), (260, 40)], INK, 5)
    drawing.polyline([pivot, (pivot[0], 300)], GREY, 1.2, "5 5")
    drawing.arc(pivot, length, (46, 104))
    drawing.polyline([pivot, bob], INK, 2)
    drawing.arc(pivot, 70, (62, 90))
    drawing.text((210, 134), "*θ*", size=20)
    drawing.text((268, 148), "*L*", size=21)
    back = weight * math.sin(angle)
    along = weight * math.cos(angle)
    back_tip = (bob[0] - back * math.cos(angle), bob[1] + back * math.sin(angle))
    along_tip = (bob[0] + along * math.sin(angle), bob[1] + along * math.cos(angle))
    weight_tip = (bob[0], bob[1] + weight)
    drawing.polyline([back_tip, weight_tip, along_tip], GREY, 1, "3 4")
    drawing.arrow(bob, along_tip, GREY, 1.5)
    drawing.arrow(bob, weight_tip, ORANGE, 3)
    drawing.arrow(bob, back_tip, BLUE, 3)
    drawing.circle(bob, 15, INK)
    drawing.text((weight_tip[0], weight_tip[1] + 24), "*mg*", ORANGE, 20)
    drawing.text((back_tip[0] + 2, back_tip[1] + 40), "*mg* sin *θ*", BLUE, 19, "end")
    drawing.text((along_tip[0] + 8, along_tip[1] + 6), "*mg* cos *θ*", INK, 17, "start")
    return drawing.svg()


def harmonic_motion() -> str:
    """Displacement, velocity and acceleration over two periods."""
    drawing = Drawing(680, 430, "Displacement, velocity and acceleration against time")
    left, right, height = 90.0, 610.0, 46.0
    curves: tuple[tuple[float, str, str, Callable[[float], float]], ...] = (
        (75, "*x*", BLUE, math.cos),
        (205, "*v*", GREEN, lambda phase: -math.sin(phase)),
        (335, "*a*", ORANGE, lambda phase: -math.cos(phase)),
    )
    for quarter in range(1, 9):
        x = left + (right - left) * quarter / 8
        drawing.polyline([(x, 20), (x, 390)], GREY, 0.6, "3 4")
    for middle, name, colour, curve in curves:
        points = [
            (left + (right - left) * n / 160, middle - height * curve(4 * math.pi * n / 160))
            for n in range(161)
        ]
        drawing.arrow((left, middle), (right + 40, middle), INK, 1.5)
        drawing.arrow((left, middle + 56), (left, middle - 60), INK, 1.5)
        drawing.polyline(points, colour, 3)
        drawing.text((left - 20, middle + 6), name, colour, 22, "end")
    marks = ("½ *T*", "*T*", "1½ *T*", "2 *T*")
    for number, mark in enumerate(marks, start=1):
        drawing.text((left + (right - left) * number / 4, 414), mark, size=18)
    drawing.text((right + 40, 414), "time", size=17)
    return drawing.svg()


def resonance() -> str:
    """Response of a driven oscillator against the driving frequency for three dampings."""
    drawing = Drawing(680, 400, "Resonance curves for three quality factors")
    left, bottom, width, height = 90.0, 340.0, 260.0, 26.0
    for row, (quality, colour) in enumerate(((2, GREEN), (5, BLUE), (10, ORANGE))):
        ratios = [n / 200 for n in range(421)]
        points = [
            (left + width * ratio, bottom - height * _response(ratio, quality)) for ratio in ratios
        ]
        drawing.polyline(points, colour, 3)
        level = 150 - 30 * row
        drawing.polyline([(480, level), (520, level)], colour, 3)
        drawing.text((532, level + 6), f"*Q* = {quality}", colour, 18, "start")
    drawing.polyline([(left + width, bottom), (left + width, 60)], GREY, 0.8, "3 4")
    for level in (1, 2, 5, 10):
        y = bottom - height * level
        drawing.polyline([(left - 6, y), (left, y)])
        drawing.text((left - 12, y + 6), f"{level}", anchor="end")
    drawing.arrow((left, bottom), (left + 2.2 * width, bottom))
    drawing.arrow((left, bottom), (left, 44))
    for ratio, mark in ((1, "*f* = *f*₀"), (2, "*f* = 2 *f*₀")):
        drawing.text((left + width * ratio, bottom + 26), mark, size=18)
    drawing.text((left + 10, 38), "response (1 = very slow drive)", anchor="start")
    drawing.text((left + width * 2.0, bottom + 52), "driving frequency", size=17)
    return drawing.svg()


def _response(ratio: float, quality: float) -> float:
    """Amplitude over that of a very slow drive, at a frequency ratio to the natural one."""
    return 1 / math.hypot(1 - ratio**2, ratio / quality)


FIGURES: dict[str, Callable[[], str]] = {
    "velocity-time": velocity_time,
    "inclined-plane": inclined_plane,
    "swing-energy": swing_energy,
    "pendulum": pendulum,
    "harmonic-motion": harmonic_motion,
    "resonance": resonance,
}
