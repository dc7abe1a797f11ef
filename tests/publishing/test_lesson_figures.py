"""Figures within lessons: a picture with its caption in every file that can show one."""

import io
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from lxml import html
from PIL import Image
from pptx import Presentation

from content.figures import Figure
from content.lessons import Lesson, Section
from publishing.courses.pages import lesson_page
from publishing.exporting import export

CAPTION = "Figure 4.2. A *simple* pendulum."


def figure(shade: int) -> Figure:
    buffer = io.BytesIO()
    Image.new("L", (1200, 300), shade).save(buffer, "PNG")
    return Figure.of(buffer.getvalue(), CAPTION if shade == 0 else "Figure 4.3. A spring.")


FIGURES = (figure(0), figure(128))
LESSON = Lesson(
    title="Oscillations",
    sections=(
        Section(id="pendulum", heading="The pendulum", body="It swings.", figures=FIGURES[:1]),
        Section(id="spring", heading="The spring", body="It pulls.", figures=FIGURES[1:]),
    ),
)
HOSTILE = Lesson(
    title="Oscillations",
    sections=(
        Section(
            id="pendulum",
            heading="The pendulum",
            body="![a](figure-1.png) ![b](/etc/passwd) ![c](https://example.org/c.png)"
            " ![d](figure-2)",
            figures=FIGURES[:1],
        ),
    ),
)


def pictures_of(archive: Path) -> set[bytes]:
    with zipfile.ZipFile(archive) as files:
        return {files.read(name) for name in files.namelist() if name.endswith(".png")}


@pytest.mark.parametrize("format_name", ["docx", "epub", "pptx"])
def test_office_files_and_books_hold_the_pictures(tmp_path: Path, format_name: str) -> None:
    made = export(LESSON, format_name, tmp_path)

    assert {figure.file_bytes for figure in FIGURES} <= pictures_of(made.path)
    assert made.warnings == ()


def test_a_page_shows_them_below_their_text_and_its_policy_lets_it(tmp_path: Path) -> None:
    page = html.parse(export(LESSON, "html", tmp_path).path)

    shown = page.xpath("//main//img/@src")
    assert [source.split(",")[1] for source in shown] == [figure.png for figure in FIGURES]
    assert page.xpath("//img/@alt")[0] == CAPTION
    captions = page.xpath("//p[img]/following-sibling::p[1]")
    assert [each.text_content() for each in captions] == [CAPTION, "Figure 4.3. A spring."]
    assert "img-src data:" in page.xpath("//meta[@http-equiv]/@content")[0]


def test_a_pdf_shows_them_within_its_margins(tmp_path: Path) -> None:
    document = pdfium.PdfDocument(export(LESSON, "pdf", tmp_path).path)
    try:
        page = document[0]
        bounds = [
            found.get_bounds() for found in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])
        ]
        width = page.get_width()
        text = page.get_textpage().get_text_range()
    finally:
        document.close()

    assert len(bounds) == 2
    assert all(0 < left < right < width for left, _, right, _ in bounds)
    assert text.count("A *simple* pendulum.") == 1


def test_a_presentation_gives_each_a_slide_with_its_caption_once(tmp_path: Path) -> None:
    slides = Presentation(str(export(LESSON, "pptx", tmp_path).path)).slides

    texts = [
        " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for slide in slides
    ]
    assert [text for text in texts if "simple" in text] == [f"The pendulum (continued) {CAPTION}"]


def test_markdown_has_the_captions_alone(tmp_path: Path) -> None:
    text = export(LESSON, "md", tmp_path).path.read_text()

    assert "*Figure 4.2. A \\*simple\\* pendulum.*" in text
    assert "figure-1" not in text


def test_json_keeps_them(tmp_path: Path) -> None:
    made = export(LESSON, "json", tmp_path)

    assert Lesson.model_validate_json(made.path.read_text()) == LESSON


def test_a_page_of_a_course_package_shows_them(tmp_path: Path) -> None:
    page = html.fromstring(lesson_page(LESSON, tmp_path, scripts=()).html)

    assert [source.split(",")[1] for source in page.xpath("//img/@src")] == [
        figure.png for figure in FIGURES
    ]


@pytest.mark.parametrize("format_name", ["docx", "epub", "html"])
def test_a_text_brings_in_no_picture_but_those_of_its_lesson(
    tmp_path: Path, format_name: str
) -> None:
    made = export(HOSTILE, format_name, tmp_path)

    if format_name == "html":
        assert len(html.parse(made.path).xpath("//img")) == 1
    else:
        assert pictures_of(made.path) == {FIGURES[0].file_bytes}
