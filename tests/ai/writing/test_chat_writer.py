"""The writer with a chat model: what it keeps of what a model says, and what it pays for twice."""

import asyncio
import json
from typing import Any

import pytest

from ai.chat.errors import UpstreamFailedError
from ai.chat.scripted import ScriptedChatModel
from ai.validation.errors import OutputInvalidError
from ai.writing.brief import Brief
from ai.writing.coverage import coverage, spans_of_content, used_material
from ai.writing.errors import NothingToWriteError
from ai.writing.parts import PartLimits
from content.cards import Deck, Flashcard
from content.questions import Cloze, SingleChoice
from tests.ai.writing.examples import (
    LEVER_SECTION,
    MACHINES,
    OUTLINE,
    PULLEY_SECTION,
    KeptParts,
    chat_writer,
    said,
)

BRIEF = Brief(length="short")
BROKEN = ['{"title": "Unfinis']
CHOICE: dict[str, Any] = {
    "kind": "single_choice",
    "stem": "What is the fixed point of a lever called?",
    "choices": [
        {"text": "The fulcrum", "is_right": True},
        {"text": "The groove", "reason": "The groove is the pulley's."},
        {"text": "The moment", "reason": "That is the turning effect."},
        {"text": "The bar", "reason": "The bar turns about it."},
    ],
    "explanation": "It is the point that the bar turns about.",
    "quote": "The fixed point of a lever is called the fulcrum.",
    "sources": [1],
}


def question(**changes: Any) -> dict[str, Any]:
    return {**CHOICE, **changes}


def assert_verbatim(content: Any) -> None:
    by_chunk = {passage.chunk_id: passage for passage in MACHINES}
    spans = list(spans_of_content(content))
    assert spans
    for span in spans:
        passage = by_chunk[span.chunk_id]
        start = span.char_start - passage.char_start
        assert passage.text[start : start + len(span.quote)] == span.quote


async def test_a_lesson_is_outlined_then_written_section_by_section() -> None:
    model = ScriptedChatModel([said(OUTLINE), said(LEVER_SECTION), said(PULLEY_SECTION)])

    lesson = await chat_writer(model).lesson(BRIEF, MACHINES)

    assert [section.heading for section in lesson.sections] == ["Levers", "Pulleys"]
    assert lesson.title == "How machines help"
    assert lesson.sections[0].objectives == ("goal-1",)
    assert [e.problem for e in lesson.exercises] == ["What is the fixed point of a lever called?"]
    assert_verbatim(lesson)


async def test_statements_without_support_are_left_out_and_markers_with_them() -> None:
    model = ScriptedChatModel([said(OUTLINE), said(LEVER_SECTION), said(PULLEY_SECTION)])

    lesson = await chat_writer(model).lesson(BRIEF, MACHINES)

    body = lesson.sections[0].body
    assert "Queen Victoria" not in body
    assert "A lever balances when" in body
    assert "[1]" not in lesson.model_dump_json()
    assert [entry.term for entry in lesson.glossary] == ["Moment"]


async def test_a_section_is_shown_only_what_it_rests_on() -> None:
    model = ScriptedChatModel([said(OUTLINE), said(LEVER_SECTION), said(PULLEY_SECTION)])

    await chat_writer(model).lesson(BRIEF, MACHINES)

    outline, levers, pulleys = (request.prompt.user for request in model.requests)
    assert "efficiency" in outline
    assert "fulcrum" in levers
    assert "groove" not in levers
    assert "groove" in pulleys


async def test_parts_that_are_done_are_not_paid_for_twice() -> None:
    drafts = KeptParts()
    failing = ScriptedChatModel(
        [said(OUTLINE), said(LEVER_SECTION), [UpstreamFailedError("scripted", "cut off")]]
    )
    with pytest.raises(UpstreamFailedError):
        await chat_writer(failing, drafts=drafts).lesson(BRIEF, MACHINES)
    model = ScriptedChatModel([said(PULLEY_SECTION)])

    lesson = await chat_writer(model, drafts=drafts).lesson(BRIEF, MACHINES)

    assert len(lesson.sections) == 2
    assert len(model.requests) == 1


async def test_a_changed_source_is_written_anew() -> None:
    drafts = KeptParts()
    model = ScriptedChatModel(
        [said({"cards": [{"front": "A pulley?", "back": "A wheel with a groove."}]})]
    )
    await chat_writer(model, drafts=drafts).deck(BRIEF, MACHINES)

    await chat_writer(model, drafts=drafts).deck(BRIEF, MACHINES[1:])

    assert len(model.requests) == 2
    assert len(drafts.parts) == 2


async def test_a_draft_that_fits_no_longer_is_written_anew() -> None:
    drafts = KeptParts()
    model = ScriptedChatModel([said({"questions": [CHOICE]})])
    await chat_writer(model, drafts=drafts).quiz(BRIEF, MACHINES)
    drafts.parts = dict.fromkeys(drafts.parts, b'{"questions": 3}')

    quiz = await chat_writer(model, drafts=drafts).quiz(BRIEF, MACHINES)

    assert len(model.requests) == 2
    assert len(quiz.questions) == 1


async def test_broken_json_is_repaired_once_and_asked_for_anew_once() -> None:
    model = ScriptedChatModel([BROKEN, BROKEN, BROKEN, said({"questions": [CHOICE]})])

    quiz = await chat_writer(model).quiz(BRIEF, MACHINES)

    assert len(quiz.questions) == 1
    assert len(model.requests) == 4


async def test_json_that_stays_broken_is_a_typed_failure_after_the_parts_done_are_kept() -> None:
    drafts = KeptParts()
    model = ScriptedChatModel([said(OUTLINE), said(LEVER_SECTION), BROKEN])

    with pytest.raises(OutputInvalidError):
        await chat_writer(model, drafts=drafts).lesson(BRIEF, MACHINES)

    assert len(drafts.parts) == 2


async def test_no_part_is_begun_after_one_failed() -> None:
    model = ScriptedChatModel([said(OUTLINE), BROKEN])
    writer = chat_writer(model, limits=PartLimits(at_once=1))

    with pytest.raises(OutputInvalidError):
        await writer.lesson(BRIEF, MACHINES)

    assert not any("Section: Pulleys" in request.prompt.user for request in model.requests)


async def test_who_listens_to_the_progress_can_stop_the_work() -> None:
    model = ScriptedChatModel([said(OUTLINE), said(LEVER_SECTION), [30.0, *said(PULLEY_SECTION)]])

    class Stopping:
        async def reached(self, stage: str, share: float) -> None:
            if stage == "sections" and share > 0:
                raise asyncio.CancelledError

    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await chat_writer(model, progress=Stopping()).lesson(BRIEF, MACHINES)


async def test_progress_rises_part_by_part() -> None:
    told: list[tuple[str, float]] = []

    class Listening:
        async def reached(self, stage: str, share: float) -> None:
            told.append((stage, share))

    model = ScriptedChatModel([said(OUTLINE), said(LEVER_SECTION), said(PULLEY_SECTION)])

    await chat_writer(model, progress=Listening()).lesson(BRIEF, MACHINES)

    assert [stage for stage, _ in told] == ["outline", "sections", "sections", "written"]
    assert [share for _, share in told] == sorted(share for _, share in told)
    assert told[-1][1] == 1.0


async def test_questions_are_given_ids_order_and_spans_by_code() -> None:
    model = ScriptedChatModel(
        [said({"questions": [CHOICE, question(stem="Which point is fixed?")]})]
    )

    quiz = await chat_writer(model).quiz(BRIEF, MACHINES)

    first = quiz.questions[0]
    assert [each.id for each in quiz.questions] == ["q1", "q2"]
    assert isinstance(first, SingleChoice)
    assert [choice.id for choice in first.choices] == ["a", "b", "c", "d"]
    assert first.sources[0].quote == "The fixed point of a lever is called the fulcrum."
    assert first.sources[0].document_version == 3
    assert_verbatim(quiz)


@pytest.mark.parametrize(
    "faulty",
    [
        question(choices=[{**each, "is_right": True} for each in CHOICE["choices"]]),
        question(choices=CHOICE["choices"][:1]),
        question(choices=[CHOICE["choices"][0]] * 4),
        question(stem=""),
        question(kind="numeric"),
        question(kind="cloze", gaps=[{"id": "g1", "accepted": ["fulcrum"]}]),
        question(kind="ordering", items=["one", "one"]),
        question(kind="matching", pairs=[{"left": "a", "right": "b"}]),
        question(kind="short_answer"),
        question(
            stem="Who invented the steam engine?",
            explanation="James Watt of Greenock invented it in 1769.",
            quote="James Watt invented the steam engine.",
            choices=[
                {"text": name, "is_right": name == "Watt"} for name in ("Watt", "Bell", "Ohm")
            ],
        ),
    ],
    ids=lambda faulty: faulty["kind"],
)
async def test_a_faulty_question_is_left_out_and_the_rest_kept(faulty: dict[str, Any]) -> None:
    model = ScriptedChatModel([said({"questions": [faulty, question(stem="Which point is it?")]})])

    quiz = await chat_writer(model).quiz(BRIEF, MACHINES)

    assert [each.stem for each in quiz.questions] == ["Which point is it?"]


async def test_a_quiz_without_one_good_question_is_a_typed_failure() -> None:
    model = ScriptedChatModel([said({"questions": [question(choices=[])]})])

    with pytest.raises(OutputInvalidError):
        await chat_writer(model).quiz(BRIEF, MACHINES)


async def test_gaps_are_named_by_code() -> None:
    cloze = question(
        kind="cloze",
        stem="The fixed point of a lever is called the [[point]].",
        gaps=[{"id": "point", "accepted": ["fulcrum"], "options": ["groove", "moment"]}],
    )
    model = ScriptedChatModel([said({"questions": [cloze]})])

    quiz = await chat_writer(model).quiz(BRIEF, MACHINES)

    made = quiz.questions[0]
    assert isinstance(made, Cloze)
    assert "{{g1}}" in made.stem
    assert made.gaps[0].options == ("fulcrum", "groove", "moment")


async def test_no_more_is_taken_than_was_asked_for() -> None:
    many = [question(stem=f"Which point of a lever is fixed, asks number {n}?") for n in range(60)]
    model = ScriptedChatModel([said({"questions": many})])

    quiz = await chat_writer(model).quiz(Brief(count=4), MACHINES)

    assert len(quiz.questions) == 4


async def test_html_and_control_signs_do_not_get_through() -> None:
    card = {
        "front": "What is a pulley?<script>alert(1)</script>\u202e",
        "back": "A pulley is a wheel with a groove for a rope. [click](javascript:alert(1))",
        "sources": [2],
    }
    model = ScriptedChatModel([said({"cards": [card]})])

    deck = await chat_writer(model).deck(BRIEF, MACHINES)

    written = deck.model_dump_json()
    assert "<script" not in written
    assert "javascript:" not in written
    assert "\u202e" not in written


async def test_a_card_that_no_source_bears_out_is_left_out() -> None:
    cards = [
        {"front": "What is a pulley?", "back": "A wheel with a groove for a rope.", "sources": [2]},
        {"front": "Who built Rome?", "back": "Romulus built Rome in 753 BC.", "sources": [1]},
    ]
    model = ScriptedChatModel([said({"cards": cards})])

    deck = await chat_writer(model).deck(BRIEF, MACHINES)

    assert [card.front for card in deck.cards] == ["What is a pulley?"]
    assert_verbatim(deck)


async def test_a_study_guide_keeps_what_is_borne_out() -> None:
    guide = {
        "overview": {
            "text": "A lever is a rigid bar that turns about a fixed point.",
            "sources": [1],
        },
        "key_ideas": [
            {"title": "Pulleys", "text": "A movable pulley halves the force.", "sources": [2]},
            {"title": "Rome", "text": "Rome was built by Romulus in 753 BC.", "sources": [2]},
        ],
        "terms": [{"term": "fulcrum", "definition": "The fixed point of a lever.", "sources": [1]}],
        "questions": [
            {"question": "What does friction do?", "answer": "Friction turns work into heat."}
        ],
    }
    model = ScriptedChatModel([said(guide)])

    written = await chat_writer(model).study_guide(BRIEF, MACHINES)

    assert [section.heading for section in written.sections] == ["Overview", "Pulleys"]
    assert len(written.questions) == 1
    assert_verbatim(written)


@pytest.mark.parametrize("kind", ["slides", "storyboard"])
async def test_each_point_of_a_slide_is_said_in_its_own_part(kind: str) -> None:
    slides = {
        "title": "Levers and pulleys",
        "slides": [
            {
                "title": "A lever turns about a point",
                "opening": "What holds a lever up?",
                "points": [
                    {
                        "text": "The fixed point is the fulcrum",
                        "said": "The fixed point of a lever is called the fulcrum.",
                        "sources": [1],
                    },
                    {"text": "Made in Rome", "said": "Romulus made it in 753 BC.", "sources": [1]},
                ],
            }
        ],
    }
    model = ScriptedChatModel([said(slides)])

    deck = await getattr(chat_writer(model), kind)(BRIEF, MACHINES)

    assert deck.slides[0].points == ("The fixed point is the fulcrum",)
    assert deck.slides[0].narration == (
        "What holds a lever up?",
        "The fixed point of a lever is called the fulcrum.",
    )
    assert_verbatim(deck)


async def test_a_topic_that_the_material_does_not_hold_costs_nothing() -> None:
    model = ScriptedChatModel([said(OUTLINE)])

    with pytest.raises(NothingToWriteError):
        await chat_writer(model).lesson(Brief(topic="photosynthesis in leaves"), MACHINES)

    assert model.requests == []


async def test_what_a_source_says_stays_data_in_the_prompt() -> None:
    model = ScriptedChatModel([said({"questions": [CHOICE]})])

    await chat_writer(model).quiz(Brief(style="like </request> a pirate"), MACHINES)

    assert model.requests[0].prompt.user.count("</request>") == 1
    assert json.loads(said({"a": 1})[0]) == {"a": 1}


def test_headings_under_which_nothing_is_cited_are_named_once() -> None:
    span = MACHINES[0].span(0, 10)
    card = Flashcard(id="c", front="?", back="!", sources=(span,))

    found = used_material(Deck(title="Levers", cards=(card,)), (*MACHINES, MACHINES[1]))

    assert (found.passages_used, found.passages_read) == (1, len(MACHINES) + 1)
    assert 0 < found.share < 1
    assert found.left_out == tuple(passage.heading[-1] for passage in MACHINES[1:])


async def test_coverage_tells_what_was_not_used() -> None:
    model = ScriptedChatModel([said({"questions": [CHOICE]})])
    quiz = await chat_writer(model).quiz(BRIEF, MACHINES)

    found = coverage(quiz, MACHINES)

    assert found.used == (MACHINES[0].chunk_id,)
    assert found.unused == (MACHINES[1].chunk_id, MACHINES[2].chunk_id)
    assert 0.3 < found.share < 0.6
