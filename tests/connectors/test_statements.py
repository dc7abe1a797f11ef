"""Statements are valid by the schema of xAPI, name nobody, and are the same each time."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft4Validator, FormatChecker

from connectors.xapi.statements import Person, StatementWriter, ToldEvent
from pedagogy.events.kinds import (
    AnswerGraded,
    AnyEvent,
    CardReviewed,
    CertificateAwarded,
    CertificateRevoked,
    HintGiven,
    LessonRead,
    MasteryClaimed,
    MasteryEstimated,
    QuestionAsked,
    QuizAttempted,
    VideoWatched,
)
from tests.publishing.schemas import schema_folder

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
ID, LEARNER = UUID(int=1), UUID(int=2)
TOLD: dict[str, AnyEvent] = {
    "asked": QuestionAsked(message_id=ID, conversation_id=ID, mode="explain"),
    "completed": QuizAttempted(
        attempt_id=ID,
        quiz_id=ID,
        quiz_version=1,
        number=1,
        score=2,
        maximum=3,
        is_late=False,
    ),
    "answered": AnswerGraded(
        attempt_id=ID,
        question_id="q 1/ü",
        revision=1,
        score=1,
        maximum=1,
        judged_by="key",
        is_answered=True,
    ),
    "interacted": HintGiven(quiz_id=ID, question_id="q", help="hint", level=1),
    "mastered": MasteryEstimated(concept_id=ID, probability=0.97, answer_count=4),
    "progressed": LessonRead(lesson_id=ID, share=0.4, seconds=61, is_finished=False),
    "experienced": VideoWatched(
        video_id=ID, from_seconds=3, to_seconds=9, duration_seconds=60, is_finished=False
    ),
    "passed": CertificateAwarded(certificate_id=ID),
    "voided": CertificateRevoked(certificate_id=ID),
}
WRITER = StatementWriter("https://tutor.school.edu")


def told(event: AnyEvent) -> ToldEvent:
    return ToldEvent(event.id_for(LEARNER) or UUID(int=9), UUID(int=3), LEARNER, NOW, event)


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    """The schema's parts, which refer to each other by `#name`, joined into one."""
    folder = schema_folder() / "xapi" / "schema" / "1.0.1"
    definitions: dict[str, Any] = {}
    for path in folder.glob("*.json"):
        _collect(json.loads(path.read_text()), definitions)
    formats = FormatChecker(formats=())
    for name, pattern in json.loads((folder / "formats" / "formats.json").read_text()).items():
        expression = re.compile(pattern)
        formats.checks(name)(
            lambda value, found=expression: not isinstance(value, str) or bool(found.search(value))
        )
    joined = {"definitions": definitions, "$ref": "#/definitions/statement"}
    return Draft4Validator(joined, format_checker=formats)


def _collect(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_collect(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for name, value in node.items():
        if name == "$ref":
            kept[name] = f"#/definitions/{_key(value)}"
        elif name != "$schema" and not (name == "id" and isinstance(value, str)):
            kept[name] = _collect(value, definitions)
    if isinstance(node.get("id"), str):
        definitions[_key(node["id"])] = kept
    return kept


def _key(name: str) -> str:
    return name[1:].replace("!", "__")


@pytest.mark.parametrize("verb", TOLD)
def test_a_statement_is_valid_and_says_what_was_done(validator: Draft4Validator, verb: str) -> None:
    statement = WRITER.statement(told(TOLD[verb]))

    assert statement is not None
    validator.validate(statement)
    assert statement["verb"]["display"]["en-US"] == verb


def test_the_schema_refuses_what_is_no_statement(validator: Draft4Validator) -> None:
    statement = WRITER.statement(told(TOLD["asked"]))
    assert statement is not None

    for broken in ({**statement, "verb": {"id": "asked"}}, {**statement, "actor": {"name": "A"}}):
        assert not validator.is_valid(broken)


def test_a_statement_names_a_pseudonym_unless_a_person_is_given(
    validator: Draft4Validator,
) -> None:
    event = told(TOLD["asked"])
    nameless = WRITER.statement(event)
    named = WRITER.statement(event, Person("Asha", "asha@school.edu"))

    assert nameless is not None
    assert named is not None
    validator.validate(named)
    home = "https://tutor.school.edu/"
    assert nameless["actor"]["account"] == {"homePage": home, "name": str(LEARNER)}
    assert named["actor"]["mbox"] == "mailto:asha@school.edu"
    assert "account" not in named["actor"]


def test_a_revoked_certificate_voids_the_statement_that_awarded_it() -> None:
    awarded = WRITER.statement(told(TOLD["passed"]))
    revoked = WRITER.statement(told(TOLD["voided"]))

    assert awarded is not None
    assert revoked is not None
    assert revoked["object"] == {"objectType": "StatementRef", "id": awarded["id"]}


@pytest.mark.parametrize(
    "event",
    [
        MasteryClaimed(concept_id=ID, probability=0.9),
        AnswerGraded(
            attempt_id=ID,
            question_id="q",
            revision=1,
            score=0,
            maximum=1,
            judged_by="key",
            is_answered=False,
        ),
    ],
)
def test_what_is_nobody_elses_matter_is_not_told(event: AnyEvent) -> None:
    assert WRITER.statement(told(event)) is None


def test_what_a_card_review_says_of_success() -> None:
    for recall, success in (("again", False), ("good", True)):
        event = CardReviewed(deck_id=ID, card_id="c", recall=recall, stability=1, due_at=NOW)
        statement = WRITER.statement(told(event))
        assert statement is not None
        assert statement["result"]["success"] is success
