"""A small SVG drawing board: the few strokes the figures of the demo course are made of."""

import math
import re
from collections.abc import Sequence
from html import escape

INK = "#22304a"
BLUE = "#1f5fa8"
ORANGE = "#c4591b"
GREEN = "#2f7d4f"
GREY = "#8a94a6"
PALE_BLUE = "#dfeaf6"

Point = tuple[float, float]


class Drawing:
    """An SVG picture that is added to from back to front.

    Coordinates are in pixels, x to the right and y downwards. Numbers are written with two
    decimals, so that the same drawing gives the same bytes on every machine.
    """

    def __init__(self, width: int, height: int, title: str) -> None:
        self._elements: list[str] = [
            f"<title>{escape(title)}</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        ]
        self._width = width
        self._height = height

    def polyline(
        self, points: Sequence[Point], colour: str = INK, width: float = 2, dashes: str = "none"
    ) -> None:
        """Draw straight pieces from point to point; `dashes` as in SVG, for example "5 4"."""
        self._elements.append(
            f'<polyline points="{_coordinates(points)}" fill="none" stroke="{colour}"'
            f' stroke-width="{width}" stroke-linejoin="round" stroke-linecap="round"'
            f' stroke-dasharray="{dashes}"/>'
        )

    def polygon(self, points: Sequence[Point], fill: str, outline: str = "none") -> None:
        """Fill the area between the points."""
        self._elements.append(
            f'<polygon points="{_coordinates(points)}" fill="{fill}" stroke="{outline}"'
            ' stroke-width="2" stroke-linejoin="round"/>'
        )

    def circle(self, centre: Point, radius: float, fill: str) -> None:
        """Draw a filled disc."""
        self._elements.append(
            f'<circle cx="{centre[0]:.2f}" cy="{centre[1]:.2f}" r="{radius:.2f}" fill="{fill}"/>'
        )

    def arrow(self, start: Point, end: Point, colour: str = INK, width: float = 2.5) -> None:
        """Draw an arrow whose tip lies exactly on `end`."""
        direction = math.atan2(end[1] - start[1], end[0] - start[0])
        head = 4 + 3 * width
        base = _step(end, direction, -head)
        self.polyline([start, base], colour, width)
        wings = [_step(base, direction + side * math.pi / 2, head * 0.38) for side in (1, -1)]
        self.polygon([end, *wings], fill=colour)

    def arc(self, centre: Point, radius: float, degrees: tuple[float, float]) -> None:
        """Draw a thin arc between two directions, counted from the x axis towards y."""
        first, last = (math.radians(angle) for angle in degrees)
        steps = [first + (last - first) * n / 24 for n in range(25)]
        self.polyline([_step(centre, angle, radius) for angle in steps], INK, 1.5)

    def text(
        self, at: Point, words: str, colour: str = INK, size: int = 17, anchor: str = "middle"
    ) -> None:
        """Write words; what stands between stars is set in italics, as variables are."""
        marked = re.sub(r"\*(.+?)\*", r'<tspan font-style="italic">\1</tspan>', escape(words))
        self._elements.append(
            f'<text x="{at[0]:.2f}" y="{at[1]:.2f}" fill="{colour}" font-size="{size}"'
            f' text-anchor="{anchor}">{marked}</text>'
        )

    def svg(self) -> str:
        """The picture as an SVG document."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self._width}"'
            f' height="{self._height}" viewBox="0 0 {self._width} {self._height}"'
            " font-family=\"'Libertinus Serif', Georgia, 'Times New Roman', serif\">\n"
            + "\n".join(self._elements)
            + "\n</svg>\n"
        )


def _coordinates(points: Sequence[Point]) -> str:
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in points)


def _step(start: Point, direction_radians: float, length: float) -> Point:
    return (
        start[0] + length * math.cos(direction_radians),
        start[1] + length * math.sin(direction_radians),
    )
