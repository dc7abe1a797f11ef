"""Slides as a presentation that one edits."""

import zipfile
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from publishing.exporting import export
from tests.publishing.decks import deck_with_figure, hostile_deck, physics_deck


def test_a_deck_becomes_editable_slides_with_notes(tmp_path: Path) -> None:
    made = export(physics_deck("dark"), "pptx", tmp_path)

    slides = list(Presentation(str(made.path)).slides)
    titles = [slide.shapes.title.text_frame.text for slide in slides]
    assert made.warnings == ()
    assert titles == ["Work and energy", *(slide.heading for slide in physics_deck().slides)]
    assert slides[1].notes_slide.notes_text_frame.text.startswith("Work is done when")
    [chart] = [shape.chart for shape in slides[2].shapes if shape.has_chart]
    assert list(chart.plots[0].series[0].values) == [0, 1, 4]
    [table] = [shape.table for shape in slides[4].shapes if shape.has_table]
    assert [cell.text for cell in table.rows[1].cells] == ["Apple", "1"]
    assert "return 'seconds'" in slides[3].shapes[-1].text_frame.text


def test_a_figure_is_a_picture_with_its_caption_as_text_for_who_does_not_see_it(
    tmp_path: Path,
) -> None:
    made = export(deck_with_figure(), "pptx", tmp_path)

    page = list(Presentation(str(made.path)).slides)[1]
    [picture] = [shape for shape in page.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert picture.image.content_type == "image/png"
    assert picture._element.nvPicPr.cNvPr.get("descr") == "Figure 1. A red square."
    assert abs(picture.width / picture.height - 2) < 0.01
    assert any(
        "A red square" in shape.text_frame.text for shape in page.shapes if shape.has_text_frame
    )


def test_formulas_are_office_ones_with_text_for_programs_that_know_none(tmp_path: Path) -> None:
    made = export(physics_deck(), "pptx", tmp_path)

    with zipfile.ZipFile(made.path) as package:
        page = etree.fromstring(package.read("ppt/slides/slide2.xml"))
    chosen = page.xpath("//*[local-name()='Choice']//*[local-name()='oMath']")
    fallback = page.xpath("//*[local-name()='Fallback']")
    assert len(chosen) == 2
    assert "∫" in "".join(chosen[0].itertext())
    assert "∫" in "".join(fallback[0].itertext())
    assert not page.xpath("//*[local-name()='Fallback']//*[local-name()='oMath']")


def test_hostile_slides_stay_text(tmp_path: Path) -> None:
    made = export(hostile_deck(), "pptx", tmp_path)

    slides = list(Presentation(str(made.path)).slides)
    said = "\n".join(made.warnings)
    assert slides[0].shapes.title.text_frame.text == '"#panic()" <b>'
    assert "\\nonsense{x}" in slides[1].shapes.title.text_frame.text
    assert "nonsense" in said
    assert "input" in said
