"""The demo course is whole: built files are those of the sources, links lead somewhere."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pytest

DEMO = Path(__file__).parents[2] / "demo"
SLIDES = "course/03-energy-and-momentum.pptx"
CHAPTER = "course/04-oscillations.pdf"
DRAWN_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the build script has just built everything."""
    output = tmp_path_factory.mktemp("demo")
    subprocess.run(
        [sys.executable, DEMO / "build.py", "--output", output],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return output


def course() -> dict:
    return json.loads((DEMO / "course.json").read_text(encoding="utf-8"))


def questions() -> list[dict]:
    return json.loads((DEMO / "questions.json").read_text(encoding="utf-8"))


def text_of(path: Path) -> str:
    """The text of a document with white space folded."""
    if path.suffix == ".pdf":
        pages = pypdfium2.PdfDocument(path)
        text = " ".join(page.get_textpage().get_text_range() for page in pages)
    elif path.suffix == ".pptx":
        text = " ".join(slide_part_texts(path, "ppt/slides/slide"))
    else:
        text = path.read_text(encoding="utf-8")
    return " ".join(text.split())


def slide_part_texts(path: Path, prefix: str) -> list[str]:
    with zipfile.ZipFile(path) as deck:
        parts = sorted(name for name in deck.namelist() if name.startswith(prefix))
        roots = [ElementTree.fromstring(deck.read(name)) for name in parts]
    return [" ".join(run.text or "" for run in root.iter(DRAWN_TEXT)) for root in roots]


def test_committed_figures_are_those_the_script_draws(rebuilt: Path) -> None:
    drawn = {path.name: path.read_bytes() for path in (rebuilt / "figures").iterdir()}

    committed = {path.name: path.read_bytes() for path in (DEMO / "figures").iterdir()}

    assert committed == drawn


def test_committed_pdf_is_the_one_its_source_gives(rebuilt: Path) -> None:
    assert (DEMO / CHAPTER).read_bytes() == (rebuilt / CHAPTER).read_bytes()


def test_committed_slides_are_those_their_source_gives(rebuilt: Path) -> None:
    # The rasterised picture may differ by a grey level between processors; all else may not.
    def parts(path: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(path) as deck:
            names = [name for name in deck.namelist() if not name.startswith("ppt/media/")]
            return {name: deck.read(name) for name in names}

    assert parts(DEMO / SLIDES) == parts(rebuilt / SLIDES)


@pytest.mark.parametrize(
    "document",
    [*sorted((DEMO / "course").glob("*.md")), *sorted((DEMO / "sources").glob("*.md"))],
    ids=lambda path: path.name,
)
def test_every_relative_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8"))

    missing = [
        link for link in links if "://" not in link and not (document.parent / link).is_file()
    ]

    assert missing == []


def test_course_lists_exactly_the_documents_of_its_folder() -> None:
    listed = {document["path"] for document in course()["documents"]}

    present = {str(path.relative_to(DEMO)) for path in (DEMO / "course").iterdir()}

    assert listed == present


@pytest.mark.parametrize("question", questions(), ids=lambda question: question["id"])
def test_answer_phrase_stands_in_the_expected_document(question: dict) -> None:
    for relevant in question["relevant"]:
        assert relevant["contains"] in text_of(DEMO / relevant["document"])


def test_two_of_ten_questions_have_no_answer_in_the_course() -> None:
    whole_course = " ".join(text_of(path) for path in (DEMO / "course").iterdir()).lower()

    unanswerable = [question["id"] for question in questions() if not question["relevant"]]

    assert (len(questions()), unanswerable) == (10, ["refraction", "photosynthesis"])
    assert "refracti" not in whole_course
    assert "photosynthesis" not in whole_course


def test_suggested_questions_are_among_the_questions_with_an_answer() -> None:
    answered = {question["question"] for question in questions() if question["relevant"]}

    assert set(course()["suggested_questions"]) <= answered


def test_every_slide_after_the_title_has_speaker_notes() -> None:
    slides = slide_part_texts(DEMO / SLIDES, "ppt/slides/slide")

    notes = slide_part_texts(DEMO / SLIDES, "ppt/notesSlides/notesSlide")

    assert len(slides) == 12
    assert len(notes) == 11
    assert all(len(note.split()) > 20 for note in notes)


def test_pages_of_the_pdf_are_numbered() -> None:
    pages = pypdfium2.PdfDocument(DEMO / CHAPTER)

    last_lines = [page.get_textpage().get_text_range().split()[-1] for page in pages]

    assert last_lines == ["1", "2", "3", "4", "5", "6", "7", "8"]
