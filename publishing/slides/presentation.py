"""A slide deck as an editable presentation: text, tables, charts and formulas stay what they are.

python-pptx makes it rather than Pandoc, whose slides know neither charts nor a theme of ours, and
which writes formulas in headings and tables that PowerPoint does not open.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.chart.data import XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from content.figures import Figure
from content.slides import Plot, Slide, SlideDeck, Table
from publishing.characters import legal
from publishing.slides.foot import foot_of
from publishing.slides.office_formulas import (
    DRAWING,
    in_slide,
    offer_formulas,
    office_formulas,
    styled,
)
from publishing.slides.palettes import PALETTES, Palette
from publishing.slides.plots import LARGEST
from publishing.slides.typst_source import formulas_of_deck, pieces_of
from publishing.wording import words_for
from publishing.written import Written

WIDTH, HEIGHT, MARGIN = 960, 540, 64
_TITLE_ONLY = 5
_SIZES = (30, 27, 24, 21, 18, 15, 12, 10)
_GLYPH_SHARE = 0.52
"""The width of an average character as a share of the size of the font."""
_LINE_SHARE = 1.3


@dataclass(frozen=True, slots=True)
class Box:
    """Where something stands on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def in_office_units(self) -> tuple[int, int, int, int]:
        """The same in English Metric Units."""
        return Pt(self.left), Pt(self.top), Pt(self.width), Pt(self.height)


def write_presentation(deck: SlideDeck, folder: Path) -> Written:
    """A PPTX file with a title, the slides, and the narration as notes. Blocks.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    sources = formulas_of_deck(deck)
    formulas = office_formulas(sources, folder)
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(WIDTH), Pt(HEIGHT)
    presentation.core_properties.title = legal(deck.title)[:255]
    presentation.core_properties.language = deck.language
    writer = _Writer(presentation, PALETTES[deck.theme], formulas, deck.language)
    writer.add_title(deck.title)
    for slide in deck.slides:
        writer.add(slide)
    path = folder / "slides.pptx"
    presentation.save(str(path))
    refused = [source for source in sources if source not in formulas]
    warnings = tuple(
        f"The formula {source[:120]!r} does not typeset and is shown as it was written."
        for source in refused
    )
    return Written(path, warnings)


class _Writer:
    """Adds slides to a presentation."""

    def __init__(
        self,
        presentation: Any,  # noqa: ANN401 (python-pptx has no types)
        palette: Palette,
        formulas: Mapping[str, etree._Element],
        language: str,
    ) -> None:
        self._presentation = presentation
        self._palette = palette
        self._formulas = formulas
        self._words = words_for(language)

    def add_title(self, title: str) -> None:
        """The first slide."""
        page = self._page()
        self._mark(page, Box(MARGIN, 190, 92, 7))
        frame = self._title_frame(page, Box(MARGIN, 215, WIDTH - 2 * MARGIN, 200))
        self._write(frame.paragraphs[0], title, _fitting([title], 832, 200, (50, 42, 34, 26, 18)))

    def add(self, slide: Slide) -> None:
        """One slide with its notes."""
        page = self._page()
        self._mark(page, Box(MARGIN, 42, 46, 5))
        frame = self._title_frame(page, Box(MARGIN, 52, WIDTH - 2 * MARGIN, 74))
        size = _fitting([slide.heading], 832, 74, (36, 30, 26, 22, 18, 14))
        self._write(frame.paragraphs[0], slide.heading, size, is_bold=True)
        area = Box(MARGIN, 140, WIDTH - 2 * MARGIN, 340)
        if slide.formula:
            self._formula(page, slide.formula, Box(area.left, area.top, area.width, 96))
            area = Box(area.left, area.top + 112, area.width, area.height - 112)
        self._body(page, slide, area)
        self._foot(page, slide)
        notes = "\n\n".join(slide.narration)
        if notes:
            page.notes_slide.notes_text_frame.text = legal(notes)

    def _body(self, page: Any, slide: Slide, area: Box) -> None:  # noqa: ANN401
        parts = (slide.figure, slide.code, slide.table, slide.plot)
        figures = [part for part in parts if part is not None]
        if slide.points and figures:
            half = area.width * 0.42
            self._points(page, slide.points, Box(area.left, area.top, half, area.height))
            area = Box(area.left + half + 30, area.top, area.width - half - 30, area.height)
        elif slide.points:
            self._points(page, slide.points, area)
        height = area.height / max(len(figures), 1)
        for number, part in enumerate(figures):
            box = Box(area.left, area.top + number * height, area.width, height - 10)
            if isinstance(part, Table):
                self._table(page, part, box)
            elif isinstance(part, Plot):
                self._plot(page, part, box)
            elif isinstance(part, Figure):
                self._figure(page, part, box)
            else:
                self._code(page, part.text, box)

    def _points(self, page: Any, points: tuple[str, ...], box: Box) -> None:  # noqa: ANN401
        shape, frame = self._text_box(page, box)
        size = _fitting(points, box.width - 24, box.height, _SIZES)
        for number, point in enumerate(points):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(size * 0.5)
            properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 (bullets have no interface)
            properties.set("marL", str(Pt(22)))
            properties.set("indent", str(-Pt(22)))
            colour = etree.SubElement(properties, f"{{{DRAWING}}}buClr")
            value = self._palette.accent.lstrip("#")
            etree.SubElement(colour, f"{{{DRAWING}}}srgbClr", val=value)
            etree.SubElement(properties, f"{{{DRAWING}}}buChar", char="•")
            self._write(paragraph, point, size)
        offer_formulas(shape)

    def _formula(self, page: Any, source: str, box: Box) -> None:  # noqa: ANN401
        shape, frame = self._text_box(page, box, fill=self._palette.panel)
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = frame.paragraphs[0]
        paragraph._p.get_or_add_pPr().set("algn", "ctr")  # noqa: SLF001
        if source in self._formulas:
            self._insert(paragraph, source, 32)
        else:
            self._run(paragraph, source, 22, typeface="Consolas")
        offer_formulas(shape)

    def _code(self, page: Any, text: str, box: Box) -> None:  # noqa: ANN401
        _, frame = self._text_box(page, box, fill=self._palette.panel)
        lines = text.expandtabs(4).rstrip().split("\n")
        widest = max(map(len, lines))
        sizes = (20, 18, 16, 14, 12, 10, 8, 6)
        size = next(
            (
                s
                for s in sizes
                if widest * s * 0.6 < box.width and len(lines) * s * 1.25 < box.height
            ),
            sizes[-1],
        )
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            self._run(paragraph, line, size, typeface="Consolas")

    def _table(self, page: Any, table: Table, box: Box) -> None:  # noqa: ANN401
        rows = [table.header, *table.rows]
        frame = page.shapes.add_table(len(rows), len(table.header), *box.in_office_units)
        cells = [cell for row in rows for cell in row]
        width = box.width / len(table.header)
        size = _fitting(cells, width * len(table.header), box.height, (20, 18, 16, 14, 12, 10, 8))
        for y, row in enumerate(rows):
            for x, text in enumerate(row):
                cell = frame.table.cell(y, x)
                cell.fill.solid()
                ground = self._palette.panel if y == 0 else self._palette.paper
                cell.fill.fore_color.rgb = _rgb(ground)
                self._write(
                    cell.text_frame.paragraphs[0], text, size, is_bold=y == 0, is_plain=True
                )

    def _plot(self, page: Any, plot: Plot, box: Box) -> None:  # noqa: ANN401
        values = XyChartData()  # type: ignore[no-untyped-call]
        series = values.add_series(legal(plot.y_label))  # type: ignore[no-untyped-call]
        for x, y in plot.points:
            if max(abs(x), abs(y)) <= LARGEST:
                series.add_data_point(x, y)
        kind = XL_CHART_TYPE.XY_SCATTER_LINES
        chart = page.shapes.add_chart(kind, *box.in_office_units, values).chart
        chart.has_legend = False
        chart.has_title = False
        line = chart.plots[0].series[0]
        line.format.line.color.rgb = _rgb(self._palette.accent)
        line.marker.format.fill.solid()
        line.marker.format.fill.fore_color.rgb = _rgb(self._palette.accent)
        for axis, label in ((chart.category_axis, plot.x_label), (chart.value_axis, plot.y_label)):
            axis.has_title = True
            axis.axis_title.text_frame.text = legal(label)
            title = axis.axis_title.text_frame.paragraphs[0].runs[0].font
            for font in (title, axis.tick_labels.font):
                font.size = Pt(14)
                font.color.rgb = _rgb(self._palette.muted)
            axis.format.line.color.rgb = _rgb(self._palette.muted)
            axis.has_major_gridlines = axis is chart.value_axis
            if axis.has_major_gridlines:
                axis.major_gridlines.format.line.color.rgb = _rgb(self._palette.line)

    def _figure(self, page: Any, figure: Figure, box: Box) -> None:  # noqa: ANN401
        room = box.height - 44
        scale = min(box.width / figure.width, room / figure.height)
        width, height = figure.width * scale, figure.height * scale
        place = Box(box.left + (box.width - width) / 2, box.top, width, height)
        picture = page.shapes.add_picture(BytesIO(figure.file_bytes), *place.in_office_units)
        picture._element.nvPicPr.cNvPr.set("descr", legal(figure.caption))  # noqa: SLF001 (alt texts have no interface)
        _, frame = self._text_box(page, Box(box.left, box.top + room + 4, box.width, 40))
        self._run(frame.paragraphs[0], figure.caption, 14, colour=self._palette.muted)

    def _foot(self, page: Any, slide: Slide) -> None:  # noqa: ANN401
        text = foot_of(slide.sources, self._words.source)
        if text:
            _, frame = self._text_box(page, Box(MARGIN, 500, WIDTH - 2 * MARGIN, 24))
            self._run(frame.paragraphs[0], text, 12, colour=self._palette.muted)

    def _page(self) -> Any:  # noqa: ANN401
        page = self._presentation.slides.add_slide(self._presentation.slide_layouts[_TITLE_ONLY])
        page.background.fill.solid()
        page.background.fill.fore_color.rgb = _rgb(self._palette.paper)
        return page

    def _title_frame(self, page: Any, box: Box) -> Any:  # noqa: ANN401
        shape = page.shapes.title
        shape.left, shape.top, shape.width, shape.height = box.in_office_units
        frame = shape.text_frame
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = 0
        frame.paragraphs[0]._p.get_or_add_pPr().set("algn", "l")  # noqa: SLF001
        return frame

    def _text_box(self, page: Any, box: Box, fill: str | None = None) -> tuple[Any, Any]:  # noqa: ANN401
        shape = page.shapes.add_textbox(*box.in_office_units)
        frame = shape.text_frame
        frame.word_wrap = True
        if fill is None:
            frame.margin_left = frame.margin_right = 0
        else:
            shape.fill.solid()
            shape.fill.fore_color.rgb = _rgb(fill)
        return shape, frame

    def _mark(self, page: Any, box: Box) -> None:  # noqa: ANN401
        shape = page.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *box.in_office_units)
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(self._palette.accent)
        shape.line.fill.background()

    def _write(
        self,
        paragraph: Any,  # noqa: ANN401
        text: str,
        size: float,
        *,
        is_bold: bool = False,
        is_plain: bool = False,
    ) -> None:
        """A line with its formulas; as their source where the shape takes none."""
        takes_formulas = not (is_bold or is_plain)
        for number, piece in enumerate(pieces_of(text)):
            if number % 2 and piece in self._formulas and takes_formulas:
                self._insert(paragraph, piece, size)
            elif piece:
                self._run(paragraph, piece, size, is_bold=is_bold)

    def _insert(self, paragraph: Any, source: str, size: float) -> None:  # noqa: ANN401
        formula = styled(self._formulas[source], size, self._palette.ink)
        paragraph._p.append(in_slide(formula))  # noqa: SLF001 (formulas have no interface)

    def _run(
        self,
        paragraph: Any,  # noqa: ANN401
        text: str,
        size: float,
        *,
        is_bold: bool = False,
        typeface: str | None = None,
        colour: str | None = None,
    ) -> None:
        run = paragraph.add_run()
        run.text = legal(text)
        run.font.size = Pt(size)
        run.font.bold = is_bold
        run.font.name = typeface
        run.font.color.rgb = _rgb(colour or self._palette.ink)


def _fitting(
    texts: list[str] | tuple[str, ...], width: float, height: float, sizes: tuple[int, ...]
) -> int:
    """The largest size at which the texts are likely to fit, each in its own paragraph."""

    def lines(size: int) -> int:
        per_line = max(width / (size * _GLYPH_SHARE), 1)
        return sum(math.ceil(len(text) / per_line) for text in texts)

    room = (
        size
        for size in sizes
        if (lines(size) * _LINE_SHARE + 0.5 * (len(texts) - 1)) * size <= height
    )
    return next(room, sizes[-1])


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(colour.lstrip("#")))  # type: ignore[no-untyped-call]
