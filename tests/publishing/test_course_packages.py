"""Courses as packages, held against the standards' own schemas."""

import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from lxml import etree, html

from content.questions import Quiz, ShortAnswer
from publishing.courses.course import CoursePackage, parts_of
from publishing.exporting import export
from publishing.formats import formats_of
from publishing.written import ExportedFile
from tests.publishing.courses import whole_course
from tests.publishing.schemas import schema

Packages = Callable[[str], ExportedFile]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """The whole course in a format; each is made once."""

    @cache
    def made(format_name: str) -> ExportedFile:
        folder = tmp_path_factory.mktemp(format_name)
        return export(whole_course(folder), format_name, folder)

    return made


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_a_scorm_manifest_is_valid_and_lists_every_file(exported: Packages) -> None:
    made = members(exported("scorm12").path)

    manifest = etree.fromstring(made["imsmanifest.xml"])
    listed = set(manifest.xpath("//*[local-name()='file']/@href"))
    schema("scorm12/scorm12-offline.xsd").assertValid(manifest)
    assert listed == set(made) - {"imsmanifest.xml"}
    kinds = manifest.xpath("//*[local-name()='resource']/@*[local-name()='scormtype']")
    assert kinds == ["sco"] * 6 + ["asset"]


def test_a_cmi5_structure_is_valid_and_names_units_for_ever(exported: Packages) -> None:
    made = members(exported("cmi5").path)

    structure = etree.fromstring(made["cmi5.xml"])
    schema("cmi5/CourseStructure.xsd").assertValid(structure)
    assert structure.xpath("//*[local-name()='au']/@id") == [
        f"https://school.example/courses/7/{kind}-{number}"
        for kind in ("lesson", "quiz")
        for number in (1, 2, 3)
    ]
    urls = structure.xpath("//*[local-name()='url']/text()")
    assert set(urls) < set(made)


def test_an_xapi_package_can_be_launched(exported: Packages) -> None:
    made = members(exported("xapi").path)

    described = etree.fromstring(made["tincan.xml"])
    launches = described.xpath("//*[local-name()='launch']/text()")
    assert set(launches) < set(made)
    assert len(described.xpath("//*[local-name()='activity']")) == 1 + 6


def test_a_cartridge_and_its_quizzes_are_valid(exported: Packages) -> None:
    cartridge = exported("imscc")
    made = members(cartridge.path)

    # The schemas of 1.3 are not openly to be had; 1.1 differs in names and number alone here.
    as_1_1 = made["imsmanifest.xml"].replace(b"imsccv1p3", b"imsccv1p1")
    as_1_1 = as_1_1.replace(b"imscc_xmlv1p3", b"imscc_xmlv1p1").replace(b"1.3.0", b"1.1.0")
    schema("common-cartridge/1.1/cc11libxml2validator.xsd").assertValid(etree.fromstring(as_1_1))
    quizzes = schema("common-cartridge/1.1/ccv1p1_qtiasiv1p2p1_v1p0.xsd")
    for number in (1, 2, 3):
        quizzes.assertValid(etree.fromstring(made[f"quiz-{number}/assessment.xml"]))
    assert "notes" in "".join(made)
    assert any("law: Common Cartridge has no such kind" in one for one in cartridge.warnings)


@pytest.mark.parametrize("format_name", ["scorm12", "cmi5", "xapi", "imscc"])
def test_no_page_runs_what_a_stranger_wrote(exported: Packages, format_name: str) -> None:
    made = members(exported(format_name).path)

    pages = {name: content for name, content in made.items() if name.endswith(".html")}
    assert len(pages) == (3 if format_name == "imscc" else 6)
    for content in pages.values():
        page = html.fromstring(content)
        scripts = [script.get("src") for script in page.iter("script")]
        assert all(source and source.startswith("../runtime/") for source in scripts)
        assert not [script for script in page.iter("script") if script.text]
        assert not list(page.iter("img", "iframe", "object"))
        attributes = {name for element in page.iter() for name in element.attrib}
        assert not [name for name in attributes if name.startswith("on")]
        links = [link.get("href") for link in page.iter("a")]
        assert all(link.startswith(("http", "#fn")) for link in links)


def test_pages_need_nothing_that_is_not_in_the_package(exported: Packages) -> None:
    made = members(exported("scorm12").path)

    for name in made:
        if name.endswith(".html"):
            page = html.fromstring(made[name])
            needed = [*page.xpath("//script/@src"), *page.xpath("//link/@href")]
            assert {one.removeprefix("../") for one in needed} < set(made)


def test_names_of_files_lead_nowhere_and_are_plain(tmp_path: Path) -> None:
    names = [part.href for part in parts_of(whole_course(tmp_path))]

    assert names[0] == "lessons/01-work-energy-w-fs.html"
    assert names[1] == "lessons/02-part.html"
    assert names[-1] == "files/01-notes.txt"
    assert all(".." not in name and name.isascii() for name in names)


def test_a_course_named_by_no_address_still_has_one(tmp_path: Path) -> None:
    quiz = Quiz(title="t", questions=(ShortAnswer(id="q", stem="?", accepted=("a",)),))
    course = CoursePackage("physics 7", "Physics", "en", quizzes=(quiz,))

    made = members(export(course, "cmi5", tmp_path).path)

    structure = etree.fromstring(made["cmi5.xml"])
    assert structure.xpath("//*[local-name()='course']/@id") == ["urn:neuroshiksha:physics%207"]


def test_formats_of_a_course_are_named(tmp_path: Path) -> None:
    assert formats_of(type(whole_course(tmp_path))) == ("scorm12", "cmi5", "xapi", "imscc")
