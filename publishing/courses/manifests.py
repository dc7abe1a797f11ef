"""What tells a platform of the parts of a package: SCORM 1.2, cmi5, and Tin Can's `tincan.xml`."""

from collections.abc import Sequence
from urllib.parse import quote

from lxml import etree

from content.questions import Quiz
from publishing.characters import legal
from publishing.courses.course import Attachment, CoursePackage, Part

MASTERY_SHARE = 0.6
_CP = "http://www.imsproject.org/xsd/imscp_rootv1p1p2"
_ADLCP = "http://www.adlnet.org/xsd/adlcp_rootv1p2"
_CMI5 = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"
_TIN_CAN = "http://projecttincan.com/tincan.xsd"
_TITLE_CHARACTERS = 200


def scorm_manifest(course: CoursePackage, parts: Sequence[Part], shared: Sequence[str]) -> bytes:
    """`imsmanifest.xml` of SCORM 1.2; `shared` are files that all pages need."""
    root = etree.Element(
        f"{{{_CP}}}manifest",
        attrib={"identifier": "course", "version": "1.0"},
        nsmap={None: _CP, "adlcp": _ADLCP},
    )
    metadata = etree.SubElement(root, f"{{{_CP}}}metadata")
    _text(metadata, f"{{{_CP}}}schema", "ADL SCORM")
    _text(metadata, f"{{{_CP}}}schemaversion", "1.2")
    organizations = etree.SubElement(root, f"{{{_CP}}}organizations", default="outline")
    outline = etree.SubElement(organizations, f"{{{_CP}}}organization", identifier="outline")
    _text(outline, f"{{{_CP}}}title", _title(course.title))
    resources = etree.SubElement(root, f"{{{_CP}}}resources")
    for part in parts:
        item = etree.SubElement(
            outline,
            f"{{{_CP}}}item",
            identifier=f"item-{part.identifier}",
            identifierref=part.identifier,
            isvisible="true",
        )
        _text(item, f"{{{_CP}}}title", _title(part.title))
        if isinstance(part.content, Quiz):
            _text(item, f"{{{_ADLCP}}}masteryscore", f"{MASTERY_SHARE * 100:g}")
        _resource(resources, part, shared)
    return _serialized(root)


def _resource(resources: etree._Element, part: Part, shared: Sequence[str]) -> None:
    is_file = isinstance(part.content, Attachment)
    resource = etree.SubElement(
        resources,
        f"{{{_CP}}}resource",
        attrib={
            "identifier": part.identifier,
            "type": "webcontent",
            f"{{{_ADLCP}}}scormtype": "asset" if is_file else "sco",
            "href": part.href,
        },
    )
    for href in (part.href, *([] if is_file else shared)):
        etree.SubElement(resource, f"{{{_CP}}}file", href=href)


def cmi5_structure(course: CoursePackage, parts: Sequence[Part]) -> bytes:
    """`cmi5.xml`. Files are no units of their own; the lessons stand beside them in the package."""
    root = etree.Element(f"{{{_CMI5}}}courseStructure", nsmap={None: _CMI5})
    described = etree.SubElement(root, f"{{{_CMI5}}}course", id=address(course))
    _langstrings(described, course.title, course.language)
    for part in parts:
        if isinstance(part.content, Attachment):
            continue
        is_quiz = isinstance(part.content, Quiz)
        unit = etree.SubElement(
            root,
            f"{{{_CMI5}}}au",
            id=address(course, part),
            launchMethod="AnyWindow",
            moveOn="CompletedOrPassed",
        )
        if is_quiz:
            unit.set("masteryScore", f"{MASTERY_SHARE:g}")
        _langstrings(unit, part.title, course.language)
        _text(unit, f"{{{_CMI5}}}url", part.href)
    return _serialized(root)


def tin_can(course: CoursePackage, parts: Sequence[Part]) -> bytes:
    """`tincan.xml`: the course, and an activity per page, each of which can be launched."""
    root = etree.Element(f"{{{_TIN_CAN}}}tincan", nsmap={None: _TIN_CAN})
    activities = etree.SubElement(root, f"{{{_TIN_CAN}}}activities")
    _activity(activities, address(course), "course", course.title, course.language, "")
    for part in parts:
        if not isinstance(part.content, Attachment):
            kind = "assessment" if isinstance(part.content, Quiz) else "lesson"
            named = address(course, part)
            _activity(activities, named, kind, part.title, course.language, part.href)
    first = next((part.href for part in parts if not isinstance(part.content, Attachment)), "")
    _text(activities[0], f"{{{_TIN_CAN}}}launch", first).set("lang", course.language)
    return _serialized(root)


def address(course: CoursePackage, part: Part | None = None) -> str:
    """The address that names the course, or a part of it, in xAPI."""
    named = legal(course.id)
    if ":" in named:
        base = quote(named, safe=":/?=&%~.-_@+")
    else:
        base = f"urn:neuroshiksha:{quote(named, safe='')}"
    return base if part is None else f"{base}/{part.identifier}"


def _activity(
    parent: etree._Element, named: str, kind: str, title: str, language: str, href: str
) -> None:
    activity = etree.SubElement(
        parent,
        f"{{{_TIN_CAN}}}activity",
        id=named,
        type=f"http://adlnet.gov/expapi/activities/{kind}",
    )
    _text(activity, f"{{{_TIN_CAN}}}name", _title(title))
    described = _text(activity, f"{{{_TIN_CAN}}}description", _title(title))
    described.set("lang", language)
    if href:
        _text(activity, f"{{{_TIN_CAN}}}launch", href).set("lang", language)


def _langstrings(parent: etree._Element, title: str, language: str) -> None:
    for name in ("title", "description"):
        element = etree.SubElement(parent, f"{{{_CMI5}}}{name}")
        _text(element, f"{{{_CMI5}}}langstring", _title(title)).set("lang", language)


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _title(title: str) -> str:
    return legal(" ".join(title.split()))[:_TITLE_CHARACTERS]


def _serialized(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written
