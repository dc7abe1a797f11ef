"""PowerPoint presentations, slide by slide.

Pandoc reads them too, but parts the runs of a line with spaces (`int []` for `int[]`).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.text.text import TextFrame, _Paragraph

from ingestion.assembly import DocumentBuilder
from ingestion.document import ParsedDocument
from ingestion.errors import DamagedDocumentError
from ingestion.readers.office_math import show_formulas
from ingestion.readers.source import Source

_FURNITURE: Final = frozenset(
    {PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER}
)
_BODY: Final = frozenset({PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT})
_MONOSPACE: Final = re.compile(r"mono|courier|consol|menlo|typewriter", re.IGNORECASE)


def read_slides(source: Source) -> Iterator[ParsedDocument]:
    """Yield a presentation: titles as headings, then text from top to bottom, then speaker notes.

    Raises:
        DamagedDocumentError: The file is not a whole presentation.
    """
    builder = source.builder()
    try:
        presentation = Presentation(str(source.path))
        for number, slide in enumerate(presentation.slides, start=1):
            builder.leave_headings()
            builder.place(slide=number)
            show_formulas(slide.element)
            _add_slide(builder, slide)
    except (PythonPptxError, zipfile.BadZipFile, etree.XMLSyntaxError, KeyError) as error:
        reason = f"it is not a whole presentation ({error}); save it again"
        raise DamagedDocumentError(source.key, reason) from error
    yield builder.build(title=presentation.core_properties.title)


def _add_slide(builder: DocumentBuilder, slide: Slide) -> None:
    title = slide.shapes.title
    if title is not None:
        builder.heading(title.text_frame.text, 1)
    title_id = None if title is None else title.shape_id
    for shape in _in_reading_order(slide.shapes):
        if shape.shape_id != title_id:
            _add_shape(builder, shape)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        builder.paragraph(notes.text)


def _in_reading_order(shapes: Iterable[BaseShape]) -> list[BaseShape]:
    return sorted(shapes, key=lambda shape: (shape.top or 0, shape.left or 0))


def _add_shape(builder: DocumentBuilder, shape: BaseShape) -> None:
    if isinstance(shape, GroupShape):
        for member in _in_reading_order(shape.shapes):
            _add_shape(builder, member)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        builder.table([[cell.text_frame.text for cell in row.cells] for row in shape.table.rows])
    elif isinstance(shape, Shape) and not _has_role(shape, _FURNITURE):
        _add_text(builder, shape.text_frame, as_list=_has_role(shape, _BODY))


def _has_role(shape: BaseShape, roles: frozenset[PP_PLACEHOLDER]) -> bool:
    return shape.is_placeholder and shape.placeholder_format.type in roles


def _add_text(builder: DocumentBuilder, frame: TextFrame, *, as_list: bool) -> None:
    paragraphs = [paragraph for paragraph in frame.paragraphs if paragraph.text.strip()]
    if len(paragraphs) > 1 and all(map(_is_monospaced, paragraphs)):
        builder.code("\n".join(paragraph.text for paragraph in paragraphs))
    elif as_list and len(paragraphs) > 1:
        for paragraph in paragraphs:
            builder.list_item(paragraph.text, depth=paragraph.level)
        builder.end_list()
    else:
        builder.paragraph("\n".join(paragraph.text for paragraph in paragraphs))


def _is_monospaced(paragraph: _Paragraph) -> bool:
    fonts = [run.font.name for run in paragraph.runs if run.text.strip()]
    return bool(fonts) and all(font and _MONOSPACE.search(font) for font in fonts)
