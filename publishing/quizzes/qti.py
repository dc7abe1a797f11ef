"""A quiz as a package of QTI 2.1 or 3.0: a file per item, a test, a manifest."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from content.questions import Quiz
from publishing.characters import legal
from publishing.quizzes.qti_dialects import as_qti3
from publishing.quizzes.qti_items import ITEM_PREFIX, QTI, item_of
from publishing.quizzes.texts import QuizTexts, quiz_texts
from publishing.quizzes.xhtml import add, elements
from publishing.written import Written


@dataclass(frozen=True, slots=True)
class Version:
    """How a version of QTI names its package."""

    manifest_namespace: str
    schema: str
    schema_version: str
    item_type: str
    test_type: str
    spelled: Callable[[etree._Element], etree._Element]


VERSION_2_1 = Version(
    manifest_namespace="http://www.imsglobal.org/xsd/imscp_v1p1",
    schema="QTIv2.1 Package",
    schema_version="1.0.0",
    item_type="imsqti_item_xmlv2p1",
    test_type="imsqti_test_xmlv2p1",
    spelled=lambda root: root,
)
VERSION_3_0 = Version(
    manifest_namespace="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    schema="QTI Package",
    schema_version="3.0.0",
    item_type="imsqti_item_xmlv3p0",
    test_type="imsqti_test_xmlv3p0",
    spelled=as_qti3,
)


def write_qti(quiz: Quiz, folder: Path, version: Version) -> Written:
    """A zip file with manifest, test and items; formulas as MathML with their source.

    Raises:
        TypesettingError, TypesettingTimedOutError, TypesetterUnavailableError: as Pandoc does.
    """
    texts = quiz_texts(quiz, folder, formulas="mathml")
    path = folder / "quiz.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("imsmanifest.xml", _serialized(_manifest(quiz, version)))
        package.writestr("test.xml", _serialized(version.spelled(_test(quiz, texts))))
        for question in quiz.questions:
            item = version.spelled(item_of(question, texts, quiz.language))
            package.writestr(f"items/{question.id}.xml", _serialized(item))
    return Written(path, texts.warnings)


def write_qti21(quiz: Quiz, folder: Path) -> Written:
    """A package of QTI 2.1."""
    return write_qti(quiz, folder, VERSION_2_1)


def write_qti30(quiz: Quiz, folder: Path) -> Written:
    """A package of QTI 3.0."""
    return write_qti(quiz, folder, VERSION_3_0)


def _test(quiz: Quiz, texts: QuizTexts) -> etree._Element:
    test = etree.Element(
        f"{{{QTI}}}assessmentTest",
        attrib={"identifier": "test", "title": legal(quiz.title)},
        nsmap={None: QTI},
    )
    part = _child(test, "testPart", identifier="part", navigationMode="nonlinear")
    part.set("submissionMode", "individual")
    section = _child(part, "assessmentSection", identifier="section", title=legal(quiz.title))
    section.set("visible", "true")
    if quiz.introduction.strip():
        rubric = _child(section, "rubricBlock", view="candidate", use="instructions")
        add(rubric, iter(elements(texts.block(quiz.introduction), QTI)))
    for question in quiz.questions:
        identifier = f"{ITEM_PREFIX}{question.id}"
        href = f"items/{question.id}.xml"
        _child(section, "assessmentItemRef", identifier=identifier, href=href)
    return test


def _manifest(quiz: Quiz, version: Version) -> etree._Element:
    namespace = version.manifest_namespace

    def child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{namespace}}}{name}", attrib=attributes)

    manifest = etree.Element(
        f"{{{namespace}}}manifest", attrib={"identifier": "manifest"}, nsmap={None: namespace}
    )
    metadata = child(manifest, "metadata")
    child(metadata, "schema").text = version.schema
    child(metadata, "schemaversion").text = version.schema_version
    child(manifest, "organizations")
    resources = child(manifest, "resources")
    test = child(resources, "resource", identifier="test", type=version.test_type, href="test.xml")
    child(test, "file", href="test.xml")
    for question in quiz.questions:
        child(test, "dependency", identifierref=f"{ITEM_PREFIX}{question.id}")
    for question in quiz.questions:
        href = f"items/{question.id}.xml"
        item = child(
            resources,
            "resource",
            identifier=f"{ITEM_PREFIX}{question.id}",
            type=version.item_type,
            href=href,
        )
        child(item, "file", href=href)
    return manifest


def _child(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{QTI}}}{name}", attrib=attributes)


def _serialized(root: etree._Element) -> bytes:
    etree.cleanup_namespaces(root)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
