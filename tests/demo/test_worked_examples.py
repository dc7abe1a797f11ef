"""The numbers of the demo course, computed again from the physics and looked up in its text."""

import math
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[2] / "demo"
G = 9.8
DAY_SECONDS = 86_400
MOTION = "course/01-describing-motion.md"
FORCES = "course/02-forces.md"
ENERGY = "sources/03-energy-and-momentum.md"
OSCILLATIONS = "sources/04-oscillations.md"
LOLAK = "course/05-saral-lolak.md"
DEGREE = math.pi / 180


def pendulum_period(length: float, gravity: float = G) -> float:
    return 2 * math.pi * math.sqrt(length / gravity)


def wide_swing_factor(amplitude_radians: float) -> float:
    """Exact period over that of very small swings: one over an arithmetic-geometric mean."""
    a, b = 1.0, math.cos(amplitude_radians / 2)
    for _ in range(6):
        a, b = (a + b) / 2, math.sqrt(a * b)
    return 1 / a


def lost_seconds_a_day(period_factor: float) -> float:
    return DAY_SECONDS * (1 - 1 / period_factor)


def warm_day(expansion_per_kelvin: float) -> float:
    return DAY_SECONDS * expansion_per_kelvin * 10 / 2


RAMP = math.atan(0.40)
WHIRL = 2 * 2 * math.pi * 0.80

EXPECTED: list[tuple[str, str]] = [
    (MOTION, f"distance of {400 + 300} m, but her displacement is only {math.hypot(400, 300):.0f}"),
    (MOTION, f"\\arctan(300/400) = {math.atan(300 / 400) / DEGREE:.1f}°"),
    (MOTION, f"= {150 / 3.0:.0f}$ km/h, which is {150 / 3.0 / 3.6:.1f} m/s"),
    (MOTION, f"$150/2.5 = {150 / 2.5:.0f}$ km/h"),
    (MOTION, f"0.50 \\times 40 = {0.50 * 40:.0f}$ m/s"),
    (MOTION, f"stations are {0.5 * 40 * 20 + 60 * 20 + 0.5 * 20 * 20:.0f} m apart"),
    (MOTION, f"average speed of the train is {1800 / 120:.0f} m/s"),
    (MOTION, f"72 km/h is {72 / 3.6:.0f} m/s"),
    (MOTION, f"20 \\times 0.70 = {20 * 0.70:.0f}$ m"),
    (MOTION, f"braking distance of {20**2 / 10:.0f} m and a stopping distance of {40 + 14:.0f} m"),
    (MOTION, f"144 km/h, it would be {(144 / 3.6) ** 2 / 10:.0f} m"),
    *[
        (MOTION, f"| {t} | {G * t:.1f} | {G * t * t / 2:.1f} | {G * (2 * t - 1) / 2:.1f} |")
        for t in (1, 2, 3, 4)
    ],
    (MOTION, f"2.5^2 = {G * 2.5**2 / 2:.1f}$ m, and the speed on landing"),
    (MOTION, f"9.8 \\times 2.5 = {G * 2.5:.1f}$ m/s"),
    (MOTION, f"\\frac{{14^2}}{{2 \\times 9.8}} = {14**2 / (2 * G):.1f}\\ \\text{{m}}"),
    (MOTION, f"$14/9.8 = {14 / G:.2f}$ s"),
    (MOTION, f"in the air for {2 * 14 / G:.2f} s"),
    (MOTION, f"20\\cos 30° = {20 * math.cos(30 * DEGREE):.1f}$ m/s"),
    (MOTION, f"20 \\sin 30° = {20 * math.sin(30 * DEGREE):.0f}$ m/s"),
    (MOTION, f"2 \\times 10 / 9.8 = {2 * 10 / G:.2f}$ s"),
    (MOTION, f"400 \\times \\sin 60° / 9.8 = {400 * math.sin(60 * DEGREE) / G:.1f}$ m"),
    (MOTION, f"a height of $10^2/19.6 = {10**2 / (2 * G):.2f}$ m"),
    (FORCES, f"net force on the car is $1200 \\times 2.5 = {1200 * 15 / 6.0:.0f}$ N"),
    *[
        (FORCES, f"| {place} | {gravity} | {50 * gravity:.0f} |")
        for place, gravity in (("Moon", 1.62), ("Mars", 3.71), ("Earth", 9.8))
    ],
    (FORCES, f"| Jupiter (cloud tops) | 24.8 | {50 * 24.8:.0f} |"),
    (FORCES, f"60 \\times 9.8 = {60 * G:.0f}$ N"),
    (FORCES, f"(9.8 + 1.5) = {60 * (G + 1.5):.0f}$ N"),
    (FORCES, f"20 \\times 9.8 = {20 * G:.0f}$ N"),
    (FORCES, f"0.40 \\times 196 = {0.40 * 20 * G:.1f}$ N"),
    (FORCES, f"0.30 \\times 196 = {0.30 * 20 * G:.1f}$ N"),
    (FORCES, f"(100 - 58.8)/20 = {(100 - 0.30 * 20 * G) / 20:.2f}$ m/s²"),
    (FORCES, f"\\arctan 0.40 = {RAMP / DEGREE:.1f}°"),
    (FORCES, f"({math.sin(RAMP):.3f} - 0.30 \\times {math.cos(RAMP):.3f})"),
    (FORCES, f"= {G * (math.sin(RAMP) - 0.30 * math.cos(RAMP)):.2f}$ m/s²"),
    (FORCES, f"2\\pi \\times 0.80 = {WHIRL:.1f}$ m/s"),
    (FORCES, f"v^2/r = {WHIRL**2 / 0.80:.0f}$ m/s²"),
    (FORCES, f"tension in the string is {0.50 * WHIRL**2 / 0.80:.0f} N"),
    (FORCES, f"bend at {math.sqrt(0.50 * G * 40):.0f} m/s at most"),
    (FORCES, f"the limit falls to {math.sqrt(0.25 * G * 40):.1f} m/s, about 36 km/h"),
    (ENERGY, f"at 60° to the ground does {40 * 25 * math.cos(60 * DEGREE):.0f} J"),
    (ENERGY, f"car of 1200 kg has {0.5 * 1200 * 15**2 / 1000:.0f} kJ at 15 m/s"),
    (ENERGY, f"30 m/s, the same car has {0.5 * 1200 * 30**2 / 1000:.0f} kJ"),
    (ENERGY, f"1.5 m high has stored {2.0 * G * 1.5:.1f} J"),
    (ENERGY, f"A fall of 1.25 m gives {math.sqrt(2 * G * 1.25):.2f} m/s"),
    (ENERGY, f"gains {60 * G * 12:.0f} J, a power of {60 * G * 12 / 20:.0f} W"),
    (ENERGY, f"floor, 0.80 m | {0.010 * G * 0.80:.3f} J |"),
    (ENERGY, f"Cricket ball (0.16 kg) at 35 m/s | {0.5 * 0.16 * 35**2:.0f} J |"),
    (ENERGY, f"(60 kg, 3.0 m) | {60 * G * 3.0 / 1000:.2f} kJ |"),
    (ENERGY, f"| One kilowatt hour of electricity | {1000 * 3600 / 1e6:.1f} MJ |"),
    (ENERGY, f"at 35 m/s carries {0.16 * 35:.1f} kg m/s"),
    (ENERGY, f"pushes with {0.16 * 35 / 0.010:.0f} N; stopped in 0.10 s, with only 56 N"),
    (ENERGY, f"2000 × 3.0 / (2000 + 1000) = {2000 * 3.0 / 3000:.1f} m/s"),
    (ENERGY, f"| Momentum (kg m/s) | {2000 * 3.0:.0f} | {3000 * 2.0:.0f} |"),
    (ENERGY, f"| Kinetic energy (J) | {0.5 * 2000 * 3**2:.0f} | {0.5 * 3000 * 2**2:.0f} |"),
    (OSCILLATIONS, f"$72/60 = {72 / 60:.1f}$ Hz, and the period of one beat is $1/1.2 = 0.83$ s"),
    (OSCILLATIONS, f"stiffness of the spring is $1.96/0.049 = {0.20 * G / 0.049:.0f}$ N/m"),
    (OSCILLATIONS, f"\\sqrt{{40/0.40}} = {math.sqrt(40 / 0.40):.0f}$ rad/s"),
    (OSCILLATIONS, f"$2\\pi/10 = {2 * math.pi / 10:.2f}$ s"),
    (OSCILLATIONS, f"10 \\times 0.050 = {10 * 0.050:.2f}$ m/s"),
    (OSCILLATIONS, f"100 \\times 0.050 = {100 * 0.050:.1f}$ m/s²"),
    (OSCILLATIONS, f"40 \\times 0.050^2 = {0.5 * 40 * 0.050**2:.3f}$ J"),
    (OSCILLATIONS, f"0.025^2}} = {10 * math.sqrt(0.050**2 - 0.025**2):.2f}$ m/s, still 87 %"),
    (OSCILLATIONS, f"| A key on a thread | 0.250 | {pendulum_period(0.250):.2f} |"),
    (OSCILLATIONS, f"| Child's swing | 2.00 | {pendulum_period(2.00):.2f} |"),
    (OSCILLATIONS, f"clock | 0.993 | {pendulum_period(0.993):.2f} |"),
    (OSCILLATIONS, f"on Earth | 1.00 | {pendulum_period(1.00):.2f} |"),
    (OSCILLATIONS, f"| 1.00 | {pendulum_period(1.00, gravity=1.62):.2f} |"),
    (OSCILLATIONS, f"Paris | 67.0 | {pendulum_period(67.0):.1f} |"),
    (OSCILLATIONS, f"9.8 \\times 4/{4 * math.pi**2:.2f} = {G * 4 / (4 * math.pi**2):.3f}$ m"),
    (OSCILLATIONS, f"or {100 / 64:.1f} %, of the energy is left"),
    (OSCILLATIONS, f"86\\,400 = {warm_day(19e-6):.1f}$ s each day"),
    (OSCILLATIONS, f"12 \\times 10^{{-6}}$ | {warm_day(12e-6):.1f} s |"),
    (OSCILLATIONS, f"1.2 \\times 10^{{-6}}$ | {warm_day(1.2e-6):.1f} s |"),
    (LOLAK, f"= {9.8 * 2**2 / (4 * math.pi**2):.3f}\\ \\text{{m}}"),
]


def swing_row(degrees: int, percent_decimals: int, unit_seconds: int, decimals: int) -> str:
    """A row of the table of wide swings, in the rounding that the table uses."""
    factor = wide_swing_factor(degrees * DEGREE)
    unit = {1: "s", 60: "min", 3600: "h"}[unit_seconds]
    lost = lost_seconds_a_day(factor) / unit_seconds
    return (
        f"| {degrees}° | {100 * (factor - 1):.{percent_decimals}f} % | {lost:.{decimals}f} {unit} |"
    )


def reading_row(length: float, twenty_swings: float) -> str:
    """A row of the readings in the Hindi chapter."""
    period = twenty_swings / 20
    gravity = 4 * math.pi**2 * length / period**2
    return f"| {length:.2f} | {twenty_swings} | {period:.3f} | {period**2:.2f} | {gravity:.2f} |"


EXPECTED += [
    (OSCILLATIONS, swing_row(2, 3, 1, 0)),
    (OSCILLATIONS, swing_row(5, 2, 1, 0)),
    (OSCILLATIONS, swing_row(10, 2, 60, 1)),
    (OSCILLATIONS, swing_row(20, 2, 60, 0)),
    (OSCILLATIONS, swing_row(45, 1, 60, 0)),
    (OSCILLATIONS, swing_row(90, 0, 3600, 1)),
    *[
        (LOLAK, reading_row(length, swings))
        for length, swings in ((0.40, 25.4), (0.60, 31.1), (0.80, 35.9), (1.00, 40.1))
    ],
]


@pytest.mark.parametrize(("document", "statement"), EXPECTED)
def test_statement_with_the_computed_number_stands_in_the_text(
    document: str, statement: str
) -> None:
    assert statement in (DEMO / document).read_text(encoding="utf-8")


def test_mean_of_the_readings_is_the_one_stated() -> None:
    readings = ((0.40, 25.4), (0.60, 31.1), (0.80, 35.9), (1.00, 40.1))

    mean = sum(4 * math.pi**2 * length / (time / 20) ** 2 for length, time in readings) / 4

    assert f"औसत {mean:.2f} m/s²" in (DEMO / LOLAK).read_text(encoding="utf-8")


def test_wide_swing_formula_of_the_text_agrees_with_the_exact_value() -> None:
    amplitude = 20 * DEGREE

    assert wide_swing_factor(amplitude) == pytest.approx(1 + amplitude**2 / 16, abs=1e-4)
