"""The characters of PDF pages, with their places and the type they are set in."""

import ctypes
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingestion.readers.pdf_turns import UPRIGHT, Turn

# Objects of the C library, which have no Python type.
_Handle: TypeAlias = Any
_MONOSPACE_NAME: Final = re.compile(r"mono|courier|consol|menlo|typewriter|cmtt", re.IGNORECASE)
_BOLD_NAME: Final = re.compile(r"bold|black|heavy|cmbx", re.IGNORECASE)
# ISO 32000-1, table 123: font flags.
_FIXED_PITCH: Final = 1
_FORCE_BOLD: Final = 1 << 18
_BOLD_WEIGHT: Final = 600
_FONT_NAME_BYTES: Final = 128
_HIGH_SURROGATES: Final = range(0xD800, 0xDC00)
_LOW_SURROGATES: Final = range(0xDC00, 0xE000)
_FORMULA_LETTERS: Final = range(0x1D400, 0x1D800)
_MENDED_HYPHEN: Final = 2  # as PDFium marks the hyphen of a word that goes on in the next line
_MAX_RULES: Final = 2000
_MAX_RULE_THICKNESS: Final = 1.6
_MIN_RULE_LENGTH: Final = 3.0
_FORM_DEPTH: Final = 2


@dataclass(frozen=True, slots=True)
class Type:
    """What a run of characters is set in.

    Attributes:
        size: Size in points as the page shows it.
        is_monospaced: Whether the font is a typewriter font.
        is_bold: Whether the font is bold.
        is_upright: Whether the text runs from left to right or right to left, not up or down.
        baseline: Height of the run's baseline.
    """

    size: float
    is_monospaced: bool
    is_bold: bool
    is_upright: bool
    baseline: float


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character in its place; lengths in points, y upwards.

    Attributes:
        text: The character; U+FFFE where a hyphen parts a word at the end of a line.
        left: Left edge.
        right: Right edge.
        type: None for spaces and line ends that PDFium has made up.
    """

    text: str
    left: float
    right: float
    type: Type | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin horizontal line, such as a fraction bar or a line of a table."""

    left: float
    right: float
    y: float


def glyphs_of_page(text_page: pdfium.PdfTextPage, turn: Turn = UPRIGHT) -> Iterator[Glyph]:
    """Yield the characters of a page in the order of its content, placed as after the turn."""
    page = text_page.raw
    box = pdfium_c.FS_RECTF()
    box_reference = ctypes.byref(box)
    types = _Types(page, turn)
    high = 0
    for index in range(text_page.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(page, index)
        pdfium_c.FPDFText_GetLooseCharBox(page, index, box_reference)
        if code in _HIGH_SURROGATES:
            high = code
            continue
        if code in _LOW_SURROGATES:
            code = 0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF)
        if not code:
            continue
        left, right = box.left, box.right
        if turn.quarters:
            left, _, right, _ = turn.box(box.left, box.bottom, box.right, box.top)
        yield Glyph(_character(code), left, right, types.of(index))


def _character(code: int) -> str:
    """A character as a reader would type it: the italic letters of formulas are letters."""
    if code == _MENDED_HYPHEN:
        return "\ufffe"
    character = chr(code)
    return unicodedata.normalize("NFKC", character) if code in _FORMULA_LETTERS else character


class _Types:
    """The type of characters, asked for once a run: most of the time of reading goes there."""

    def __init__(self, page: _Handle, turn: Turn) -> None:
        self._page = page
        self._turn = turn
        self._address: int | None = None
        self._type: Type | None = None

    def of(self, index: int) -> Type | None:
        run = pdfium_c.FPDFText_GetTextObject(self._page, index)
        address = ctypes.addressof(run.contents) if run else None
        if address != self._address:
            self._address = address
            self._type = None if address is None else self._measure(run, index)
        return self._type

    def _measure(self, run: _Handle, index: int) -> Type:
        matrix = pdfium_c.FS_MATRIX()
        pdfium_c.FPDFText_GetMatrix(self._page, index, matrix)
        size = ctypes.c_float()
        pdfium_c.FPDFTextObj_GetFontSize(run, size)
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium_c.FPDFText_GetCharOrigin(self._page, index, x, y)
        font = pdfium_c.FPDFTextObj_GetFont(run)
        name_buffer = ctypes.create_string_buffer(_FONT_NAME_BYTES)
        pdfium_c.FPDFFont_GetBaseFontName(font, name_buffer, _FONT_NAME_BYTES)
        name = name_buffer.value.decode("ascii", errors="replace")
        flags = max(0, pdfium_c.FPDFFont_GetFlags(font))
        along, up = self._turn.direction(matrix.a, matrix.b)
        _, baseline = self._turn.point(x.value, y.value)
        is_heavy = pdfium_c.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT
        return Type(
            size=round(abs(size.value) * (matrix.c**2 + matrix.d**2) ** 0.5, 1),
            is_monospaced=bool(flags & _FIXED_PITCH or _MONOSPACE_NAME.search(name)),
            is_bold=bool(flags & _FORCE_BOLD or is_heavy or _BOLD_NAME.search(name)),
            is_upright=abs(up) < abs(along) / 4,
            baseline=baseline,
        )


def rules_of_page(page: pdfium.PdfPage, turn: Turn = UPRIGHT) -> list[Rule]:
    """The lines among the first drawn shapes of a page that are thin and level after the turn."""
    rules: list[Rule] = []
    shapes = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=_FORM_DEPTH)
    for number, shape in enumerate(shapes):
        if number >= _MAX_RULES:
            break
        left, bottom, right, top = turn.box(*shape.get_bounds())
        if top - bottom <= _MAX_RULE_THICKNESS and right - left >= _MIN_RULE_LENGTH:
            rules.append(Rule(left, right, (top + bottom) / 2))
    return rules
