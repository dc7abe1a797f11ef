"""The process that cuts one figure out of a PDF page: `python -m ingestion.figure_cutting`.

Standard input is a `FigureRequest` with the file's path, as JSON. It ends as `page_figures` says.

A figure is what is drawn next to its caption: pictures and lines that lie above it, or else below,
near each other, with the words that stand among them.
"""

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from ingestion.page_drawing import Box, run_bounded
from ingestion.page_figures import NO_FIGURE
from ingestion.page_images import DAMAGED, NO_SUCH_PAGE, PICTURE

_DRAWN: Final = (
    pdfium_c.FPDF_PAGEOBJ_IMAGE,
    pdfium_c.FPDF_PAGEOBJ_PATH,
    pdfium_c.FPDF_PAGEOBJ_SHADING,
    pdfium_c.FPDF_PAGEOBJ_FORM,
)
_FROM_CAPTION: Final = 60.0
_APART: Final = 18.0
_LABEL_APART: Final = 9.0
_PROSE_SHARE: Final = 0.62
_WHOLE_PAGE: Final = 0.8
_SMALLEST: Final = (60.0, 40.0)
_MARGIN: Final = 4.0
_WIDEST_PIXELS: Final = 1_400
_SCALES: Final = (1.0, 0.8, 0.64, 0.5, 0.4)
_COLOURS: Final = 128


def answer(request: dict[str, Any]) -> tuple[int, bytes]:
    """How the process ends for a request, and what it writes."""
    try:
        document = pdfium.PdfDocument(Path(request["path"]))
        if not 1 <= request["page"] <= len(document):
            return NO_SUCH_PAGE, str(len(document)).encode()
        page = document[request["page"] - 1]
        found = _figure(page, request["label"])
        if found is None:
            return NO_FIGURE, b""
        return PICTURE, _cut(page, found, request["most_bytes"])
    except pdfium.PdfiumError as error:
        return DAMAGED, f"PDFium cannot read page {request['page']} ({error})".encode()


def _figure(page: pdfium.PdfPage, label: str) -> Box | None:
    text = page.get_textpage()
    caption = _caption(text, label)
    if caption is None:
        return None
    width, height = page.get_size()
    drawn = [
        box
        for each in page.get_objects(filter=list(_DRAWN), max_depth=1)
        if _area(box := each.get_bounds()) < _WHOLE_PAGE * width * height
    ]
    words = [text.get_rect(n) for n in range(text.count_rects())]
    above = [box for box in drawn if box[1] >= caption[1]]
    below = [box for box in drawn if box[3] <= caption[3]]
    for side in (above, below):
        region = _grown(side, caption)
        if region is not None and _is_large(region):
            return _with_labels(region, words, caption)
    return None


def _caption(text: pdfium.PdfTextPage, label: str) -> Box | None:
    """The box of the label where it begins a line."""
    search = text.search(label, match_case=True)
    while (found := search.get_next()) is not None:
        start, length = found
        before = text.get_text_range(start - 1, 1) if start else "\n"
        if before in {"\n", "\r", "\ufffe"} or not before.strip():
            text.count_rects(start, length)
            box: Box = text.get_rect(0)
            return box
    return None


def _grown(drawn: Sequence[Box], caption: Box) -> Box | None:
    """The caption's side of what is drawn: what lies near it, and near that."""
    near = [box for box in drawn if _gap(box, caption) <= _FROM_CAPTION]
    if not near:
        return None
    start = min(near, key=lambda box: _gap(box, caption))
    region, left = start, [box for box in drawn if box is not start]
    while joined := [box for box in left if _touch(box, region, _APART)]:
        left = [box for box in left if box not in joined]
        region = _around([region, *joined])
    return region


def _with_labels(region: Box, words: Sequence[Box], caption: Box) -> Box:
    """The region with the words at its edges; lines of prose above and the caption stay out."""
    labels = [
        box
        for box in words
        if _touch(box, region, _LABEL_APART)
        and box[2] - box[0] < _PROSE_SHARE * (region[2] - region[0])
        and not _touch(box, caption, 0.0)
    ]
    return _around([region, *labels])


def _cut(page: pdfium.PdfPage, region: Box, most_bytes: int) -> bytes:
    width, height = page.get_size()
    x0, y0 = max(0.0, region[0] - _MARGIN), max(0.0, region[1] - _MARGIN)
    x1, y1 = min(width, region[2] + _MARGIN), min(height, region[3] + _MARGIN)
    scale = min(4.0, _WIDEST_PIXELS / max(x1 - x0, y1 - y0, 1.0))
    crop = (x0, y0, width - x1, height - y1)
    picture = page.render(scale=scale, crop=crop, rev_byteorder=True).to_pil().convert("RGB")
    png = b""
    for share in _SCALES:
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        smaller = picture.resize(size, Image.Resampling.LANCZOS) if share < 1 else picture
        buffer = io.BytesIO()
        smaller.quantize(_COLOURS).save(buffer, "PNG", optimize=True)
        png = buffer.getvalue()
        if len(png) <= most_bytes:
            break
    return png


def _is_large(box: Box) -> bool:
    return box[2] - box[0] >= _SMALLEST[0] and box[3] - box[1] >= _SMALLEST[1]


def _area(box: Box) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def _gap(one: Box, other: Box) -> float:
    """How far two boxes are apart, the larger of both directions; 0 where they touch."""
    across = max(one[0] - other[2], other[0] - one[2], 0.0)
    along = max(one[1] - other[3], other[1] - one[3], 0.0)
    return max(across, along)


def _touch(one: Box, other: Box, apart: float) -> bool:
    return _gap(one, other) <= apart


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


if __name__ == "__main__":
    sys.exit(run_bounded(answer, int(sys.argv[1])))
