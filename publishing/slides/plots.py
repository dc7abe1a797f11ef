"""A plot made ready to be drawn: points as shares of the axes, and ticks at round numbers."""

import math
from collections.abc import Callable, Sequence

from content.slides import Plot

TICKS = 5
LARGEST = 1e150
"""What is larger, or no number at all, is not drawn."""


def plot_in_typst(plot: Plot, inline: Callable[[str], str]) -> str:
    """The plot as a dictionary of Typst; points that cannot be drawn are left out."""
    points = [(x, y) for x, y in plot.points if max(abs(x), abs(y)) <= LARGEST]
    points = points or [(0.0, 0.0)]
    x_axis = axis([x for x, _ in points], is_tight=True)
    y_axis = axis([y for _, y in points])
    drawn = "".join(f"({_share(x, x_axis):.5f}, {_share(y, y_axis):.5f}), " for x, y in points)
    return (
        f"(x-label: {inline(plot.x_label)}, y-label: {inline(plot.y_label)}, "
        f"x-ticks: {_ticks(x_axis)}, y-ticks: {_ticks(y_axis)}, points: ({drawn}))"
    )


def axis(values: Sequence[float], *, is_tight: bool = False) -> tuple[float, float, float]:
    """First value, last value and step of an axis with about `TICKS` round steps.

    A tight axis begins and ends with the values; else it begins and ends with a tick.
    """
    low, high = min(values), max(values)
    if not high - low > abs(high) * 1e-12:
        margin = abs(low) * 0.5 or 1.0
        low, high = low - margin, high + margin
    step = round_step((high - low) / TICKS)
    if not is_tight:
        low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return low, high, step


def round_step(least: float) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        (factor * power for factor in (1.0, 2.0, 2.5, 5.0) if factor * power >= least * 0.999),
        10.0 * power,
    )


def _ticks(bounds: tuple[float, float, float]) -> str:
    low, high, step = bounds
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    values = [number * step for number in range(first, last + 1)]
    return (
        "("
        + "".join(f'({_share(value, bounds):.5f}, "{_label(value)}"), ' for value in values)
        + ")"
    )


def _share(value: float, bounds: tuple[float, float, float]) -> float:
    low, high, _ = bounds
    return (value - low) / (high - low)


def _label(value: float) -> str:
    return f"{value:.6g}".replace("-", "−")
