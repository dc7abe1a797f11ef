"""What a course package is made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from content.lessons import Lesson, StudyGuide
from content.questions import Quiz
from publishing.names import file_stem


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a course.

    Attributes:
        title: for learners.
        path: where it is; its suffix is kept, its name is not.
    """

    title: str
    path: Path


@dataclass(frozen=True, slots=True)
class CoursePackage:
    """Lessons, quizzes and files, in the order in which they are learned.

    Attributes:
        id: an address that names the course for ever, such as `https://school.example/courses/7`;
            platforms know the course by it when a later package comes.
        title: of the course.
        language: an ISO 639 code.
        lessons, quizzes, files: its parts.
    """

    id: str
    title: str
    language: str
    lessons: tuple[Lesson | StudyGuide, ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a package.

    Attributes:
        identifier: within the package; a letter comes first.
        title: for learners.
        href: of its file within the package.
        content: what it is made of.
    """

    identifier: str
    title: str
    href: str
    content: Lesson | StudyGuide | Quiz | Attachment


def parts_of(course: CoursePackage) -> Iterator[Part]:
    """The parts with the names of their files, which are short and safe anywhere."""
    for number, lesson in enumerate(course.lessons, start=1):
        href = f"lessons/{number:02}-{_ascii(lesson.title)}.html"
        yield Part(f"lesson-{number}", lesson.title, href, lesson)
    for number, quiz in enumerate(course.quizzes, start=1):
        href = f"quizzes/{number:02}-{_ascii(quiz.title)}.html"
        yield Part(f"quiz-{number}", quiz.title, href, quiz)
    for number, file in enumerate(course.files, start=1):
        suffix = "".join(sign for sign in file.path.suffix.lower() if sign.isalnum())[:8]
        href = f"files/{number:02}-{_ascii(file.title)}.{suffix or 'bin'}"
        yield Part(f"file-{number}", file.title, href, file)


def _ascii(title: str) -> str:
    """Old platforms unpack nothing but plain letters."""
    stem = file_stem(title).encode("ascii", "ignore").decode().strip("-")[:40].strip("-")
    return stem or "part"
