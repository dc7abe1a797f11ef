"""Which formats each kind of content is offered in; light, for whoever only needs to know."""

from dataclasses import dataclass

from content.cards import Deck
from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from content.slides import SlideDeck
from publishing.courses.course import CoursePackage


@dataclass(frozen=True, slots=True)
class Format:
    """A format that some kind of content is offered in."""

    name: str
    suffix: str
    media_type: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = {
    one.name: one
    for one in (
        Format("json", "json", "application/json"),
        Format("md", "md", "text/markdown; charset=utf-8"),
        Format("html", "html", "text/html; charset=utf-8"),
        Format("pdf", "pdf", "application/pdf"),
        Format("docx", "docx", f"{_OFFICE}.wordprocessingml.document"),
        Format("pptx", "pptx", f"{_OFFICE}.presentationml.presentation"),
        Format("epub", "epub", "application/epub+zip"),
        Format("qti21", "zip", "application/zip"),
        Format("qti30", "zip", "application/zip"),
        Format("moodle", "xml", "application/xml"),
        Format("gift", "gift", "text/plain; charset=utf-8"),
        Format("h5p", "h5p", "application/zip"),
        Format("csv", "csv", "text/csv; charset=utf-8"),
        Format("tsv", "tsv", "text/tab-separated-values; charset=utf-8"),
        Format("apkg", "apkg", "application/apkg"),
        Format("scorm12", "zip", "application/zip"),
        Format("cmi5", "zip", "application/zip"),
        Format("xapi", "zip", "application/zip"),
        Format("imscc", "imscc", "application/zip"),
    )
}
_DOCUMENTS = ("json", "md", "html", "pdf", "docx", "pptx", "epub")
OFFERED: tuple[tuple[type[object], tuple[str, ...]], ...] = (
    (Lesson, _DOCUMENTS),
    (StudyGuide, _DOCUMENTS),
    (SlideDeck, ("json", "pdf", "pptx")),
    (Quiz, ("json", "qti21", "qti30", "moodle", "gift", "h5p", "csv")),
    (Deck, ("json", "apkg", "csv", "tsv")),
    (CoursePackage, ("scorm12", "cmi5", "xapi", "imscc")),
)


def formats_of(kind: type[object]) -> tuple[str, ...]:
    """The formats that values of this class of `content`, or course packages, are offered in."""
    return next((names for base, names in OFFERED if issubclass(kind, base)), ())
