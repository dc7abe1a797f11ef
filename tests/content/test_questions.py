"""Questions that cannot be graded are refused when they are made."""

import pytest
from pydantic import TypeAdapter, ValidationError

from content.questions import AnyQuestion, Quiz

QUESTIONS = TypeAdapter(AnyQuestion)


def choice(name: str, *, is_right: bool = False) -> dict:
    return {"id": name, "text": f"answer {name}", "is_right": is_right}


def single_choice(*choices: dict) -> dict:
    return {"kind": "single_choice", "id": "q1", "stem": "Which?", "choices": choices}


def test_questions_are_read_by_their_kind() -> None:
    question = QUESTIONS.validate_python(single_choice(choice("a", is_right=True), choice("b")))

    assert question.kind == "single_choice"
    assert QUESTIONS.validate_json(question.model_dump_json()) == question


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        (single_choice(choice("a"), choice("b")), "exactly one right choice"),
        (
            single_choice(choice("a", is_right=True), choice("b", is_right=True)),
            "exactly one right choice",
        ),
        (single_choice(choice("a", is_right=True), choice("a")), "same id"),
        (
            {"kind": "cloze", "id": "q1", "stem": "No gap", "gaps": [{"id": "g", "accepted": "a"}]},
            "valid tuple",
        ),
        (
            {
                "kind": "cloze",
                "id": "q1",
                "stem": "No gap",
                "gaps": [{"id": "g", "accepted": ["a"]}],
            },
            "exactly once",
        ),
        ({"kind": "numeric", "id": "q1", "stem": "?", "value": float("nan")}, "finite number"),
        ({"kind": "short_answer", "id": "q1", "stem": "?"}, "accepted answers or key points"),
        ({"kind": "ordering", "id": "q1", "stem": "?", "items": ["a", "a"]}, "must differ"),
        ({"kind": "riddle", "id": "q1", "stem": "?"}, "kind"),
    ],
)
def test_a_question_that_cannot_be_graded_is_refused(question: dict, complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        QUESTIONS.validate_python(question)


def test_two_questions_of_a_quiz_cannot_share_an_id() -> None:
    question = single_choice(choice("a", is_right=True), choice("b"))

    with pytest.raises(ValidationError, match="same id"):
        Quiz.model_validate({"title": "Twice", "questions": [question, question]})
