"""Stored events are read in any version that was ever written."""

import json
from typing import Any
from uuid import UUID

import pytest

from pedagogy.events.errors import DamagedEventError, UnknownKindError, UnknownVersionError
from pedagogy.events.kinds import AnswerGraded, HintGiven, QuestionAsked
from pedagogy.events.upcasting import KINDS, STEPS, read_event

ID = UUID(int=1)
QUESTION = {"quiz_id": str(ID), "question_id": "q"}
GRADED_1 = {
    "attempt_id": str(ID),
    "question_id": "q",
    "revision": 1,
    "score": 1.0,
    "maximum": 2.0,
    "judged_by": "key",
    "concept_ids": [str(ID)],
}


def read(kind: str, version: int, payload: Any) -> object:
    return read_event(kind, version, json.dumps(payload))


def test_an_event_is_what_was_written() -> None:
    event = QuestionAsked(message_id=ID, conversation_id=ID, mode="explain")

    assert read(event.kind, event.VERSION, event.payload) == event


def test_older_versions_are_lifted() -> None:
    graded = read("answer.graded", 1, GRADED_1)
    hints = [read("hint.given", 1, {**QUESTION, "level": level}) for level in (0, 3)]

    assert graded == AnswerGraded.model_validate({**GRADED_1, "is_answered": True})
    assert hints == [
        HintGiven(quiz_id=ID, question_id="q", help="solution"),
        HintGiven(quiz_id=ID, question_id="q", help="hint", level=3),
    ]


def test_there_is_a_way_up_from_every_older_version() -> None:
    older = {(kind, v) for kind, model in KINDS.items() for v in range(1, model.VERSION)}

    assert STEPS.keys() == older


@pytest.mark.parametrize(
    ("kind", "version", "payload", "error"),
    [
        ("soul.searched", 1, {}, UnknownKindError),
        ("hint.given", 3, {}, UnknownVersionError),
        ("hint.given", 0, {}, UnknownVersionError),
        ("hint.given", 1, QUESTION, DamagedEventError),
        ("hint.given", 2, {**QUESTION, "help": "all"}, DamagedEventError),
        ("hint.given", 2, {**QUESTION, "help": "hint", "text": "x"}, DamagedEventError),
        ("question.asked", 1, [], DamagedEventError),
    ],
)
def test_what_cannot_be_read_says_why(
    kind: str, version: int, payload: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read(kind, version, payload)


def test_the_same_act_of_the_same_learner_has_the_same_id() -> None:
    graded = AnswerGraded.model_validate({**GRADED_1, "is_answered": True})
    later = graded.model_copy(update={"revision": 2})

    assert graded.id_for(ID) == graded.model_copy(update={"score": 0.0}).id_for(ID)
    assert len({graded.id_for(ID), graded.id_for(UUID(int=2)), later.id_for(ID)}) == 3
