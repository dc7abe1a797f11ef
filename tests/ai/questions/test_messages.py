"""Labelled messages, English and Hindi: remarks told from questions, and compound ones divided."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ai.questions.compound import sub_questions
from ai.questions.follow_ups import depends_on_history
from ai.questions.remarks import remark_in
from ai.questions.replies import reply_to

MESSAGES = Path(__file__).parents[3] / "benchmarks" / "data" / "messages.jsonl"


def labelled() -> list[dict[str, Any]]:
    return [json.loads(line) for line in MESSAGES.read_text(encoding="utf-8").splitlines()]


def share(claims: Iterable[bool]) -> float:
    counted = list(claims)
    return sum(counted) / len(counted)


def test_no_question_is_taken_for_a_remark() -> None:
    questions = [each["message"] for each in labelled() if each["asks"]]

    assert len(questions) >= 150
    assert [message for message in questions if remark_in(message)] == []


def test_nine_remarks_of_ten_are_told() -> None:
    remarks = [each for each in labelled() if not each["asks"]]
    told = [(each, remark_in(each["message"])) for each in remarks]

    assert len(remarks) >= 130
    assert share(found is not None for _, found in told) >= 0.9
    assert {(each["message"], each["remark"]) for each, found in told if found} == {
        (each["message"], found.kind) for each, found in told if found
    }


def test_a_remark_is_answered_in_its_language() -> None:
    told = [(each, remark_in(each["message"])) for each in labelled()]

    languages = [
        (each["language"], found.language)
        for each, found in told
        if found is not None and found.kind != "empty"
    ]
    assert share(said == expected for expected, said in languages) == 1


def test_compound_questions_are_divided_and_single_ones_are_not() -> None:
    questions = [each for each in labelled() if each["asks"]]

    as_labelled = [
        max(1, len(sub_questions(each["message"]))) == each["asks"] for each in questions
    ]

    assert share(as_labelled) >= 0.98


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "What is momentum, and how does it differ from energy?",
            ("What is momentum", "how does momentum differ from energy?"),
        ),
        (
            "Explain friction. Also, why does it heat surfaces?",
            ("Explain friction.", "why does friction heat surfaces?"),
        ),
        (
            "संवेग क्या है और यह ऊर्जा से कैसे भिन्न है?",
            ("संवेग क्या है", "संवेग ऊर्जा से कैसे भिन्न है?"),
        ),
        ("What is work? What is energy? What is power? What is heat?", 3),
        ("A ball of 2 kg moves at 3 m/s. What is its momentum?", ()),
        ("How and why do waves refract?", ()),
    ],
)
def test_each_part_reads_by_itself(question: str, parts: tuple[str, ...] | int) -> None:
    found = sub_questions(question)

    assert (len(found) if isinstance(parts, int) else found) == parts
    assert not any(depends_on_history(part) for part in found if len(part.split()) > 3)


def test_a_message_of_nothing_but_signs_is_empty() -> None:
    found = remark_in(" ?! ")

    assert found is not None
    assert found.kind == "empty"
    assert found.is_off_topic


def test_a_reply_names_the_course_and_what_to_ask() -> None:
    for message, beginning in (("Hello!", "Hello!"), ("नमस्ते", "नमस्ते!"), ("namaste", "Namaste!")):
        remark = remark_in(message)
        assert remark is not None

        said = reply_to(remark, "Physics {topics}", ["Work", "Power", "Heat", "Light"])

        assert said.startswith(beginning)
        assert "“Physics {topics}”" in said
        assert "**Work**, **Power**, **Heat**" in said
        assert "Light" not in said
