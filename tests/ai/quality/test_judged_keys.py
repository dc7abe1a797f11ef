"""Keys judged by a chat model that has not seen them."""

from typing import Any

import pytest

from ai.chat.errors import UpstreamFailedError
from ai.chat.passage import Passage
from ai.chat.scripted import ScriptedChatModel
from ai.prompts.registry import built_in_prompts
from ai.quality.gate import QualityGate
from ai.quality.judged_keys import JudgedKeyCheck
from ai.validation.structured import StructuredChat
from content.questions import (
    AnyQuestion,
    Choice,
    Cloze,
    Gap,
    Numeric,
    Quiz,
    ShortAnswer,
    SingleChoice,
)
from tests.ai.writing.examples import MACHINES, said

PROMPTS = built_in_prompts()
PASSAGES = tuple(
    Passage(n, each.text, each.document_title, each.heading, each.sentence_bounds, None, 0.0)
    for n, each in enumerate(MACHINES, start=1)
)
FULCRUM = SingleChoice(
    id="q1",
    stem="What is the fixed point of a lever called?",
    choices=(
        Choice(id="a", text="the fulcrum", is_right=True),
        Choice(id="b", text="the groove"),
        Choice(id="c", text="the moment"),
    ),
)
QUOTE = "The fixed point of a lever is called the fulcrum."


def judge(*answers: Any) -> tuple[JudgedKeyCheck, ScriptedChatModel]:
    model = ScriptedChatModel([said(answer) for answer in answers])
    return JudgedKeyCheck(model, StructuredChat(PROMPTS), PROMPTS, PASSAGES), model


async def found(question: AnyQuestion, answer: Any) -> list[tuple[str, str]]:
    check, _ = judge(answer)
    return [(each.code, each.severity) for each in await check.check(question)]


async def test_the_model_does_not_see_the_key() -> None:
    check, model = judge({"choices": ["right", "wrong", "wrong"], "answer": 1, "quote": QUOTE})

    findings = await check.check(FULCRUM)

    asked = model.requests[0].prompt
    assert findings == []
    assert "the groove" in asked.user
    assert "is_right" not in asked.user
    assert check.method == "scripted"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"choices": ["wrong", "right", "wrong"], "quote": QUOTE}, [("wrong_key", "fail")]),
        ({"choices": ["right", "right", "wrong"], "quote": QUOTE}, [("ambiguous_key", "fail")]),
        ({"choices": ["wrong", "right", "wrong"], "quote": "I know it."}, [("wrong_key", "warn")]),
        ({"choices": ["unsettled"] * 3, "fault": "No source."}, [("unsettled_key", "warn")]),
        ({"choices": [], "answer": 2, "quote": QUOTE}, [("wrong_key", "fail")]),
        ({"choices": ["right"], "answer": 99}, [("unsettled_key", "warn")]),
        (
            {"choices": ["right", "wrong", "wrong"], "fault": "The key is longest."},
            [("key_stands_out", "warn")],
        ),
    ],
)
async def test_its_answer_is_held_against_the_key(
    answer: Any, expected: list[tuple[str, str]]
) -> None:
    assert await found(FULCRUM, answer) == expected


async def test_a_number_is_compared_within_its_tolerance() -> None:
    question = Numeric(id="q1", stem="2 N act 3 m from the fulcrum. The moment in N m?", value=6)
    answer = {"is_settled": True, "answer": "6 N m", "value": 6.02, "quote": QUOTE}

    near = await found(question, answer)
    far = await found(question, {**answer, "value": 5.0})

    assert near == []
    assert far == [("wrong_key", "fail")]


async def test_other_words_are_never_more_than_a_warning() -> None:
    question = ShortAnswer(id="q1", stem=FULCRUM.stem, accepted=("pivot",))

    findings = await found(question, {"is_settled": True, "answer": "fulcrum", "quote": QUOTE})

    assert findings == [("wrong_key", "warn")]


async def test_a_gap_with_options_is_a_choice() -> None:
    question = Cloze(
        id="q1",
        stem="The fixed point of a lever is called the {{g1}}.",
        gaps=(Gap(id="g1", accepted=("fulcrum",), options=("groove", "fulcrum")),),
    )
    check, model = judge({"choices": ["wrong", "right"], "answer": 2, "quote": QUOTE})

    findings = await check.check(question)

    assert findings == []
    assert "____" in model.requests[0].prompt.user


async def test_what_nobody_finds_in_the_sources_fails() -> None:
    question = ShortAnswer(id="q1", stem="Who painted the Mona Lisa?", accepted=("Leonardo",))

    findings = await found(question, {"is_settled": False, "fault": "No source speaks of it."})

    assert findings == [("unsettled_key", "fail")]


async def test_broken_output_leaves_the_question_to_the_built_in_way() -> None:
    model = ScriptedChatModel([["{"]])
    check = JudgedKeyCheck(model, StructuredChat(PROMPTS), PROMPTS, PASSAGES)
    wrong = FULCRUM.model_copy(
        update={
            "choices": (
                Choice(id="a", text="the groove", is_right=True),
                Choice(id="b", text="the fulcrum"),
            )
        }
    )

    findings = await check.check(wrong)

    assert [finding.code for finding in findings] == ["wrong_key"]


async def test_a_chat_model_that_fails_is_told() -> None:
    model = ScriptedChatModel([[UpstreamFailedError("scripted", "cut off")]])
    check = JudgedKeyCheck(model, StructuredChat(PROMPTS), PROMPTS, PASSAGES)

    with pytest.raises(UpstreamFailedError):
        await check.check(FULCRUM)


async def test_the_report_names_who_answered() -> None:
    check, _ = judge({"choices": ["right", "wrong", "wrong"], "answer": 1, "quote": QUOTE})
    quiz = Quiz(title="Q", questions=(FULCRUM,))

    report = await QualityGate().check(quiz, MACHINES, keys=check)

    assert report.method == "scripted"
