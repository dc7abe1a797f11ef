"""Pages, or text on them, that are turned: where things stand once the text runs upright."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

_SAMPLED_CHARACTERS: Final = 64
_QUARTERS_OF_DIRECTION: Final = {(1, 0): 0, (0, 1): 1, (-1, 0): 2, (0, -1): 3}


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of the paper, clockwise, by quarters of a circle.

    Attributes:
        quarters: 0 to 3.
        width: Width of the page before the turn, in points.
        height: Height of the page before the turn.
    """

    quarters: int = 0
    width: float = 0.0
    height: float = 0.0

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page stands after the turn."""
        match self.quarters:
            case 1:
                return y, self.width - x
            case 2:
                return self.width - x, self.height - y
            case 3:
                return self.height - y, x
            case _:
                return x, y

    def direction(self, x: float, y: float) -> tuple[float, float]:
        """A direction on the page after the turn."""
        match self.quarters:
            case 1:
                return y, -x
            case 2:
                return -x, -y
            case 3:
                return -y, x
            case _:
                return x, y

    def box(
        self, left: float, bottom: float, right: float, top: float
    ) -> tuple[float, float, float, float]:
        """A rectangle after the turn: its left, lower, right and upper edges."""
        (x0, y0), (x1, y1) = self.point(left, bottom), self.point(right, top)
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    @property
    def back(self) -> "Turn":
        """The turn that undoes this one."""
        is_sideways = self.quarters % 2 == 1
        width, height = (self.height, self.width) if is_sideways else (self.width, self.height)
        return Turn(-self.quarters % 4, width, height)


UPRIGHT: Final = Turn()


def turn_of_page(page: pdfium.PdfPage, text_page: pdfium.PdfTextPage) -> Turn:
    """The turn after which most of the page's text runs from left to right.

    Usually that is the page's own rotation, but a wide table may also stand sideways on an upright
    page.
    """
    count = text_page.count_chars()
    step = max(count // _SAMPLED_CHARACTERS, 1)
    directions = Counter(_quarters(text_page, index) for index in range(0, count, step))
    directions.pop(None, None)
    if not directions:
        return UPRIGHT
    quarters, _ = directions.most_common(1)[0]
    if not quarters:
        return UPRIGHT
    left, bottom, right, top = page.get_mediabox()
    return Turn(quarters, right + left, top + bottom)


def _quarters(text_page: pdfium.PdfTextPage, index: int) -> int | None:
    """How often the text of a character must be turned to run to the right; None if never."""
    if not pdfium_c.FPDFText_GetTextObject(text_page.raw, index):  # a space that PDFium made up
        return None
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(text_page.raw, index, matrix)
    along, up = round(_share(matrix.a, matrix.b)), round(_share(matrix.b, matrix.a))
    if matrix.a * matrix.d - matrix.b * matrix.c < 0:  # mirrored, which no turn undoes
        return 0
    return _QUARTERS_OF_DIRECTION.get((along, up))


def _share(part: float, other: float) -> float:
    length = abs(part) + abs(other)
    return part / length if length else 0.0
