"""A course as a Common Cartridge 1.3: pages, files, and quizzes in its profile of QTI 1.2.

Source: 1EdTech, Common Cartridge 1.3 profile, sections on web content and assessments.
"""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from content.questions import Quiz
from publishing.characters import legal
from publishing.courses.cartridge_quizzes import assessment
from publishing.courses.course import Attachment, CoursePackage, Part, parts_of
from publishing.courses.packages import RUNTIME, page_of
from publishing.quizzes.texts import quiz_texts
from publishing.written import Written

CP = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
VERSION = "1.3.0"
ASSESSMENT_TYPE = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"


def write_cartridge(course: CoursePackage, folder: Path) -> Written:
    """A cartridge that Canvas, Moodle, Blackboard and others import.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    parts = [_in_cartridge(part) for part in parts_of(course)]
    warnings: list[str] = []
    path = folder / "course.imscc"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("imsmanifest.xml", _manifest(course, parts))
        package.write(RUNTIME / "course.css", "runtime/course.css")
        for part in parts:
            if isinstance(part.content, Attachment):
                package.write(part.content.path, part.href)
            elif isinstance(part.content, Quiz):
                texts = quiz_texts(part.content, folder, formulas="mathjax")
                written, lost = assessment(part.identifier, part.content, texts)
                package.writestr(part.href, written)
                warnings += [*texts.warnings, *lost]
            elif page := page_of(part, folder):
                package.writestr(part.href, page.html)
                warnings += page.warnings
    return Written(path, tuple(warnings))


def _in_cartridge(part: Part) -> Part:
    """A quiz is an XML file in a folder of its own."""
    if not isinstance(part.content, Quiz):
        return part
    href = f"{part.identifier}/assessment.xml"
    return Part(part.identifier, part.title, href, part.content)


def _manifest(course: CoursePackage, parts: Sequence[Part]) -> bytes:
    root = etree.Element(
        f"{{{CP}}}manifest", attrib={"identifier": "course"}, nsmap={None: CP, "lomimscc": LOM}
    )
    metadata = _child(root, "metadata")
    _child(metadata, "schema").text = "IMS Common Cartridge"
    _child(metadata, "schemaversion").text = VERSION
    lom = etree.SubElement(metadata, f"{{{LOM}}}lom")
    general = etree.SubElement(lom, f"{{{LOM}}}general")
    title = etree.SubElement(general, f"{{{LOM}}}title")
    said = etree.SubElement(title, f"{{{LOM}}}string", language=course.language)
    said.text = legal(course.title)
    organization = _child(
        _child(root, "organizations"),
        "organization",
        identifier="outline",
        structure="rooted-hierarchy",
    )
    outline = _child(organization, "item", identifier="root")
    resources = _child(root, "resources")
    for part in parts:
        item = _child(
            outline, "item", identifier=f"item-{part.identifier}", identifierref=part.identifier
        )
        _child(item, "title").text = legal(part.title)
        is_quiz = isinstance(part.content, Quiz)
        resource = _child(resources, "resource", identifier=part.identifier)
        resource.set("type", ASSESSMENT_TYPE if is_quiz else "webcontent")
        if not is_quiz:
            resource.set("href", part.href)
        _child(resource, "file", href=part.href)
        if part.href.endswith(".html"):
            _child(resource, "dependency", identifierref="style")
    style = _child(resources, "resource", identifier="style", type="webcontent")
    style.set("href", "runtime/course.css")
    _child(style, "file", href="runtime/course.css")
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{CP}}}{name}", attrib=attributes)
