"""The process that draws one page of a PDF for another one: `python -m ingestion.page_drawing`.

Standard input is a `PageRequest` with the file's path, as JSON. It ends as `page_images` says.
"""

import ctypes
import io
import math
import os
import re
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops, ImageDraw

from ingestion.page_images import DAMAGED, NO_SUCH_PAGE, PICTURE

_MARK: Final = (255, 232, 130)
_MARGIN_POINTS: Final = 1.5
_MAX_PIXELS: Final = 12_000_000
_PROCESSOR_SECONDS: Final = 15
# Shorter parts of a passage stand by chance in other places of the page too.
_MIN_PART_CHARACTERS: Final = 12
_PART_END: Final = re.compile(r"(?<=[.!?।])\s+|\n+")

Box = tuple[float, float, float, float]


def run_bounded(answer: Callable[[dict[str, Any]], tuple[int, bytes]], memory_bytes: int) -> int:
    """Answers the request on standard input.

    Args:
        answer: How to end, and what to write.
        memory_bytes: Address space this process may have.

    Returns:
        The exit status.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS + 1))
    request = orjson.loads(sys.stdin.buffer.read())
    # Whatever a library prints must not come into the picture.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as sink:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        status, content = answer(request)
        sink.write(content)
    return status


def _answer(request: dict[str, Any]) -> tuple[int, bytes]:
    try:
        document = pdfium.PdfDocument(Path(request["path"]))
        if not 1 <= request["page"] <= len(document):
            return NO_SUCH_PAGE, str(len(document)).encode()
        return PICTURE, _draw(document[request["page"] - 1], request)
    except pdfium.PdfiumError as error:
        return DAMAGED, f"PDFium cannot draw page {request['page']} ({error})".encode()


def _draw(page: pdfium.PdfPage, request: dict[str, Any]) -> bytes:
    width, height = page.get_size()
    scale = min(request["scale"], math.sqrt(_MAX_PIXELS / max(width * height, 1)))
    picture = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    regions = [(r["x0"], r["y0"], r["x1"], r["y1"]) for r in request["regions"]]
    boxes = regions or list(_boxes_of_text(page.get_textpage(), request["text"]))
    if boxes:
        picture = _marked(picture, page, boxes)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def _marked(picture: Image.Image, page: pdfium.PdfPage, boxes: list[Box]) -> Image.Image:
    """The picture as if a text marker had gone over the boxes: ink stays dark."""
    marks = Image.new("RGB", picture.size, "white")
    draw = ImageDraw.Draw(marks)
    for x0, y0, x1, y1 in boxes:
        corners = [
            _on_picture(page, picture, x0 - _MARGIN_POINTS, y0 - _MARGIN_POINTS),
            _on_picture(page, picture, x1 + _MARGIN_POINTS, y1 + _MARGIN_POINTS),
        ]
        (left, right), (top, bottom) = (sorted(axis) for axis in zip(*corners, strict=True))
        draw.rectangle((left, top, right, bottom), fill=_MARK)
    return ImageChops.multiply(picture, marks)


def _on_picture(page: pdfium.PdfPage, picture: Image.Image, x: float, y: float) -> tuple[int, int]:
    """The pixel of a point of the page; PDFium knows of rotation and cropping."""
    pixel_x, pixel_y = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, *picture.size, 0, x, y, pixel_x, pixel_y)
    return pixel_x.value, pixel_y.value


def _boxes_of_text(page_text: pdfium.PdfTextPage, passage: str) -> Iterator[Box]:
    """Yield the boxes of a passage's sentences and lines that stand on the page.

    Only letters and digits are compared: reading has mended hyphens, spaces and line ends.
    """
    letters: list[str] = []
    places: list[int] = []
    for place in range(page_text.count_chars()):
        for letter in _folded(chr(pdfium_c.FPDFText_GetUnicode(page_text, place))):
            letters.append(letter)
            places.append(place)
    on_page = "".join(letters)
    for part in (passage, *_PART_END.split(passage)):
        sought = _folded(part)
        found = on_page.find(sought) if len(sought) >= _MIN_PART_CHARACTERS else -1
        if found >= 0:
            first, last = places[found], places[found + len(sought) - 1]
            for index in range(page_text.count_rects(first, last - first + 1)):
                yield page_text.get_rect(index)
            if part is passage:
                return


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


if __name__ == "__main__":
    sys.exit(run_bounded(_answer, int(sys.argv[1])))
