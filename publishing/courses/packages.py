"""Packages whose pages report: SCORM 1.2, cmi5 and xAPI."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from content.questions import Quiz
from publishing.courses.course import Attachment, CoursePackage, Part, parts_of
from publishing.courses.manifests import address, cmi5_structure, scorm_manifest, tin_can
from publishing.courses.pages import Page, lesson_page, quiz_page
from publishing.written import Written

RUNTIME = Path(__file__).resolve().parent / "runtime"
_ALWAYS = ("grading.js", "course.js")


def write_scorm12(course: CoursePackage, folder: Path) -> Written:
    """A SCORM 1.2 package: each lesson and quiz reports completion, quizzes their score.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    scripts = ("scorm12.js", *_ALWAYS)
    shared = [f"runtime/{name}" for name in (*scripts, "course.css")]
    parts = list(parts_of(course))
    manifest = {"imsmanifest.xml": scorm_manifest(course, parts, shared)}
    return _write(course, parts, folder, scripts, manifest)


def write_cmi5(course: CoursePackage, folder: Path) -> Written:
    """A cmi5 package. Raises: as `write_scorm12`."""
    return _by_xapi(course, folder, "cmi5.xml", cmi5_structure)


def write_xapi(course: CoursePackage, folder: Path) -> Written:
    """An xAPI package as Tin Can launches it. Raises: as `write_scorm12`."""
    return _by_xapi(course, folder, "tincan.xml", tin_can)


def page_of(
    part: Part, folder: Path, scripts: Sequence[str] = (), activity: str = ""
) -> Page | None:
    """The page of a lesson or quiz; None for a file."""
    if isinstance(part.content, Attachment):
        return None
    if isinstance(part.content, Quiz):
        return quiz_page(part.content, folder, scripts, activity)
    return lesson_page(part.content, folder, scripts, activity)


def _by_xapi(
    course: CoursePackage,
    folder: Path,
    name: str,
    described: Callable[[CoursePackage, Sequence[Part]], bytes],
) -> Written:
    parts = list(parts_of(course))
    return _write(course, parts, folder, ("xapi.js", *_ALWAYS), {name: described(course, parts)})


def _write(
    course: CoursePackage,
    parts: Sequence[Part],
    folder: Path,
    scripts: Sequence[str],
    manifest: dict[str, bytes],
) -> Written:
    warnings: list[str] = []
    path = folder / "course.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in manifest.items():
            package.writestr(name, content)
        for name in (*scripts, "course.css"):
            package.write(RUNTIME / name, f"runtime/{name}")
        for part in parts:
            if isinstance(part.content, Attachment):
                package.write(part.content.path, part.href)
            elif page := page_of(part, folder, scripts, address(course, part)):
                package.writestr(part.href, page.html)
                warnings += page.warnings
    return Written(path, tuple(warnings))
