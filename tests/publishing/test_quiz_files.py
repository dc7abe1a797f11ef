"""Quizzes as files of each format, held against the standards' own schemas."""

import csv
import io
import json
import zipfile
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from content.questions import Cloze, Gap, Quiz, ShortAnswer
from publishing.errors import QuestionsNotExpressibleError
from publishing.exporting import export
from tests.publishing.quizzes import hindi_quiz, hostile_quiz, physics_quiz
from tests.publishing.schemas import schema, schema_folder

QUIZZES = {"physics": physics_quiz, "hindi": hindi_quiz, "hostile": hostile_quiz}


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


@cache
def item_schema(version: str) -> etree.XMLSchema:
    files = {
        "qti21": "qti2/qtiv2p1/imsqti_v2p1.xsd",
        "qti30": "qti3/qtiv3p0/imsqti_asiv3p0_sbacv1p0_v1p0.xsd",
    }
    return schema(files[version])


@cache
def manifest_schema(version: str) -> etree.XMLSchema:
    files = {
        "qti21": "qti2/imscp_v1p1.xsd",
        "qti30": "qti3/qtiv3p0/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    }
    return schema(files[version])


@pytest.mark.parametrize("version", ["qti21", "qti30"])
@pytest.mark.parametrize("name", QUIZZES)
def test_a_qti_package_is_valid_by_the_schemas(tmp_path: Path, version: str, name: str) -> None:
    quiz = QUIZZES[name]()

    made = members(export(quiz, version, tmp_path).path)

    assert set(made) == {
        "imsmanifest.xml",
        "test.xml",
        *(f"items/{question.id}.xml" for question in quiz.questions),
    }
    manifest_schema(version).assertValid(etree.fromstring(made.pop("imsmanifest.xml")))
    for content in made.values():
        item_schema(version).assertValid(etree.fromstring(content))


def test_a_qti_item_keeps_formulas_feedback_and_keys(tmp_path: Path) -> None:
    made = members(export(physics_quiz(), "qti21", tmp_path).path)

    text = made["items/unit.xml"].decode()
    assert '<annotation encoding="application/x-tex">W = F s</annotation>' in text
    assert "<value>choice-a</value>" in text
    assert "That is power" in text
    assert "Joule" in text.partition("modalFeedback")[2]


def test_moodle_xml_holds_each_kind(tmp_path: Path) -> None:
    made = export(physics_quiz(), "moodle", tmp_path)

    root = etree.parse(str(made.path)).getroot()
    assert [question.get("type") for question in root] == [
        *("category", "multichoice", "multichoice", "numerical", "numerical", "shortanswer"),
        *("essay", "shortanswer", "cloze", "ordering", "matching"),
    ]
    cloze = root[8].findtext("questiontext/text") or ""
    assert "{1:SHORTANSWER:=conserved~=kept}" in cloze
    assert "{1:MULTICHOICE:=lost~found &amp; used}" in cloze
    assert "\\(W = F s\\)" in (root[1].findtext("questiontext/text") or "")
    assert root[3].findtext("answer/tolerance") == "0.05"
    assert root[3].findtext("units/unit/unit_name") == "m/s**2"
    assert root[4].findtext("answer/tolerance") == "6000000.0"
    assert root[10].findall("subquestion")[2].findtext("answer/text") == "volt"
    assert "Question kinetic: Moodle takes the expression in this very form only" in made.warnings


def test_gift_refuses_cloze_texts_with_several_gaps_by_their_names(tmp_path: Path) -> None:
    with pytest.raises(QuestionsNotExpressibleError, match="law \\(cloze\\)") as refused:
        export(physics_quiz(), "gift", tmp_path)

    assert refused.value.questions == {"law": "cloze"}


def test_h5p_is_valid_and_names_the_libraries_it_needs(tmp_path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    folder = schema_folder() / "h5p/schemas"
    made = members(export(physics_quiz(), "h5p", tmp_path).path)

    properties = json.loads(made["h5p.json"])
    content = json.loads(made["content/content.json"])
    referencing = pytest.importorskip("referencing")
    resources = [
        (value["$id"], referencing.Resource.from_contents(value))
        for value in (json.loads(file.read_text()) for file in folder.glob("*schema.json"))
    ]
    registry = referencing.Registry().with_resources(resources)
    rules = json.loads((folder / "h5p-schema.json").read_text())
    jsonschema.Draft7Validator(rules, registry=registry).validate(properties)
    needed = {part["library"].split(" ")[0] for part in content["questions"]}
    assert needed < {one["machineName"] for one in properties["preloadedDependencies"]}
    assert len(content["questions"]) == len(physics_quiz().questions)


def test_h5p_keeps_blanks_and_drags(tmp_path: Path) -> None:
    made = members(export(physics_quiz(), "h5p", tmp_path).path)

    params = [part["params"] for part in json.loads(made["content/content.json"])["questions"]]
    assert "*conserved/kept*" in params[7]["questions"][0]
    assert params[8]["textField"] == "1. *measure $s$*\n2. *multiply*\n3. *write*"
    assert params[9]["distractors"] == "*volt*"


def test_h5p_refuses_answers_that_it_would_read_as_its_own_signs(tmp_path: Path) -> None:
    quiz = Quiz(title="t", questions=(ShortAnswer(id="one", stem="?", accepted=("m/s",)),))

    with pytest.raises(QuestionsNotExpressibleError, match="one"):
        export(quiz, "h5p", tmp_path)


def test_no_cell_of_a_table_runs_as_a_formula(tmp_path: Path) -> None:
    made = export(hostile_quiz(), "csv", tmp_path)

    text = made.path.read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 1 + len(hostile_quiz().questions)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert rows[2][2] == "'=1+1"


def test_a_table_keeps_hindi_and_keys(tmp_path: Path) -> None:
    rows = export(hindi_quiz(), "csv", tmp_path).path.read_text(encoding="utf-8-sig")

    assert "कार्य का मात्रक क्या है?" in rows
    assert "कार्य → जूल" in rows


def test_markup_of_strangers_is_text_in_every_format(tmp_path: Path) -> None:
    for version in ("qti21", "qti30", "moodle"):
        made = export(hostile_quiz(), version, tmp_path)

        whole = made.path.read_bytes()
        parts = members(made.path).values() if version != "moodle" else [whole]
        for part in parts:
            root = etree.fromstring(part)
            assert not root.xpath("//*[local-name()='script' or local-name()='img']")
            html = "".join(root.xpath("//*[@format='html']/text/text()"))
            assert "<script" not in html
        assert any("nonsense" in warning for warning in made.warnings)


def test_a_gap_within_a_formula_follows_the_text(tmp_path: Path) -> None:
    quiz = Quiz(
        title="t",
        questions=(
            Cloze(id="one", stem="$x^{ {{a}} }$ is four.", gaps=(Gap(id="a", accepted=("2",)),)),
        ),
    )

    item = members(export(quiz, "qti21", tmp_path).path)["items/one.xml"].decode()

    assert item.count("textEntryInteraction") == 1
    assert item.index("is four") < item.index("textEntryInteraction")
