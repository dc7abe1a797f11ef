"""Lessons and study guides in each format that they are offered in."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from content.lessons import Lesson, StudyGuide
from publishing.lessons.markdown import LessonText, lesson_text
from publishing.pandoc import WRITTEN_AS, formula_warnings
from publishing.pandoc_documents import Document, write_document
from publishing.typesetting import typeset_document
from publishing.wording import words_for
from publishing.written import Written

SLIDE_CHARACTERS = 420
"""What a slide of Pandoc's own layout holds without running over."""
TIMEOUT_SECONDS = 60.0
"""For Pandoc and for Typst each: a lesson of forty long sections takes some seconds."""
TITLE_FROM_HEADING = "--shift-heading-level-by=-1"
TEMPLATE = Path(__file__).resolve().parent / "lesson.html"


Writer = Callable[[Lesson | StudyGuide, Path], Written]


def write_json(content: Lesson | StudyGuide, folder: Path) -> Written:
    """The value itself, which can be read in again without loss."""
    path = folder / "lesson.json"
    path.write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return Written(path)


def write_markdown(content: Lesson | StudyGuide, folder: Path) -> Written:
    """Markdown as most editors read it, formulas between dollars; signs of HTML are escaped.

    One file holds no pictures: of figures it has the captions.
    """
    document = Document(lesson_text(content).markdown, language="")
    return _by_pandoc(document, "lesson.md", folder, WRITTEN_AS, "--wrap=none")


def write_html(content: Lesson | StudyGuide, folder: Path) -> Written:
    """One page that needs no other file and runs no script; formulas as MathML."""
    text = _whole_text(content)
    options = ("--mathml", f"--template={TEMPLATE}")
    return _by_pandoc(_document(content, text), "lesson.html", folder, "html5", *options)


def write_pdf(content: Lesson | StudyGuide, folder: Path) -> Written:
    """A4, typeset by Typst."""
    text = _whole_text(content)
    made = typeset_document(
        _document(content, text),
        folder,
        options=(TITLE_FROM_HEADING,),
        timeout_seconds=TIMEOUT_SECONDS,
    )
    return Written(made.path, made.warnings)


def write_docx(content: Lesson | StudyGuide, folder: Path) -> Written:
    """For Word and LibreOffice, formulas as their own editable ones."""
    text = _whole_text(content)
    return _by_pandoc(_document(content, text), "lesson.docx", folder, "docx", TITLE_FROM_HEADING)


def write_epub(content: Lesson | StudyGuide, folder: Path) -> Written:
    """EPUB 3, a file per section, formulas as MathML."""
    text = _whole_text(content)
    document = _document(content, text)
    options = (TITLE_FROM_HEADING, "--mathml", "--split-level=1", "--toc")
    return _by_pandoc(document, "lesson.epub", folder, "epub3", *options)


def write_pptx(content: Lesson | StudyGuide, folder: Path) -> Written:
    """A slide per heading, and more where its text fills more than one."""
    text = lesson_text(content, are_figures_shown=True)
    words = words_for(content.language)
    document = Document(
        markdown=text.markdown,
        language=content.language,
        figures=text.figures,
        slide_characters=SLIDE_CHARACTERS,
        continued=words.continued,
    )
    return _by_pandoc(document, "lesson.pptx", folder, "pptx", "--slide-level=2")


WRITERS: dict[str, Writer] = {
    "json": write_json,
    "md": write_markdown,
    "html": write_html,
    "pdf": write_pdf,
    "docx": write_docx,
    "pptx": write_pptx,
    "epub": write_epub,
}


def _whole_text(content: Lesson | StudyGuide) -> LessonText:
    return lesson_text(content, are_citations_linked=True, are_figures_shown=True)


def _document(content: Lesson | StudyGuide, text: LessonText) -> Document:
    digest = hashlib.sha256(content.model_dump_json().encode()).digest()
    return Document(
        markdown=text.markdown,
        title=content.title,
        language=content.language,
        identifier=f"urn:uuid:{UUID(bytes=digest[:16], version=5)}",
        sources=text.sources,
        figures=text.figures,
    )


def _by_pandoc(document: Document, target: str, folder: Path, to: str, *options: str) -> Written:
    formulas = write_document(
        document, target, folder, to=to, options=options, timeout_seconds=TIMEOUT_SECONDS
    )
    return Written(folder / target, formula_warnings(formulas))
