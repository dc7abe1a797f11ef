"""The built-in writer on chapters of the demo course."""

import re
from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from ai.answering.prose import leans_on_predecessor
from ai.embedding.onnx import OnnxEmbedder
from ai.writing.brief import Brief, SourcePassage
from ai.writing.errors import NothingToWriteError
from ai.writing.grounded import GroundedWriter
from content.base import SourceSpan
from content.questions import Cloze, Matching, MultipleChoice, Numeric, Ordering, SingleChoice

KINDS = ("lesson", "study_guide", "quiz", "deck", "slides", "storyboard")


async def written(
    kind: str, brief: Brief, passages: list[SourcePassage], encoder=None
) -> BaseModel:
    return await getattr(GroundedWriter(encoder), kind)(brief, passages)


def spans_in(content: object) -> Iterator[SourceSpan]:
    if isinstance(content, SourceSpan):
        yield content
    elif isinstance(content, BaseModel):
        for value in dict(content).values():
            yield from spans_in(value)
    elif isinstance(content, tuple):
        for value in content:
            yield from spans_in(value)


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", KINDS)
async def test_every_span_stands_verbatim_in_its_passage(kind, motion_passages):
    by_chunk = {passage.chunk_id: passage for passage in motion_passages}

    content = await written(kind, Brief(), motion_passages)

    spans = list(spans_in(content))
    assert len(spans) >= 5
    for span in spans:
        passage = by_chunk[span.chunk_id]
        start = span.char_start - passage.char_start
        assert passage.text[start : start + len(span.quote)] == span.quote


@pytest.mark.parametrize("kind", KINDS)
async def test_the_same_brief_gives_the_same_content(kind, hindi_passages):
    first = await written(kind, Brief(language="hi"), hindi_passages)

    again = await written(kind, Brief(language="hi"), hindi_passages)

    assert again == first


@pytest.mark.parametrize("kind", KINDS)
async def test_hindi_material_gives_hindi_content(kind, hindi_passages):
    content = await written(kind, Brief(language="hi"), hindi_passages)

    assert content.language == "hi"
    assert not re.search(r"What|Which|Complete|Summary|This is about", content.model_dump_json())


@pytest.mark.parametrize("kind", KINDS)
async def test_a_topic_that_the_material_does_not_hold_is_refused(
    kind, motion_passages, session_encoder: OnnxEmbedder
):
    brief = Brief(topic="photosynthesis in green leaves")

    with pytest.raises(NothingToWriteError, match="photosynthesis"):
        await written(kind, brief, motion_passages, session_encoder)


@pytest.mark.parametrize("kind", KINDS)
async def test_no_material_is_refused(kind):
    with pytest.raises(NothingToWriteError):
        await written(kind, Brief(), [])


async def test_a_topic_chooses_what_is_written_about(motion_passages, session_encoder):
    lesson = await written("lesson", Brief(topic="friction"), motion_passages, session_encoder)

    assert lesson.title == "Friction"
    assert any("riction" in section.heading for section in lesson.sections)
    assert not any("Free fall" in section.heading for section in lesson.sections)


async def test_a_lesson_says_only_what_the_material_says(motion_passages):
    everything = plain(" ".join(passage.text for passage in motion_passages))

    lesson = await written("lesson", Brief(length="long"), motion_passages)

    for section in lesson.sections:
        for sentence in re.split(r"(?<=[.$])\s+(?=[A-Z])", section.body):
            assert plain(sentence).lower() in everything.lower()


async def test_a_lesson_has_examples_terms_and_a_summary(motion_passages):
    lesson = await written("lesson", Brief(), motion_passages)

    assert lesson.objectives
    assert any("courier" in example.problem for example in lesson.examples)
    assert "inertia" in {entry.term for entry in lesson.glossary}
    assert lesson.summary.startswith("- ")


async def test_no_statement_leans_on_what_is_not_shown(motion_passages):
    guide = await written("study_guide", Brief(length="long"), motion_passages)

    points = [line[2:] for s in guide.sections for line in s.body.splitlines() if line[:2] == "- "]
    assert len(points) > 20
    assert not [point for point in points if leans_on_predecessor(point)]
    assert not [point for point in points if re.search(r"[Ff]igure|[Tt]able \d|chapter \d", point)]


async def test_a_quiz_has_as_many_questions_as_asked_for_of_several_kinds(motion_passages):
    quiz = await written("quiz", Brief(count=20), motion_passages)

    assert len(quiz.questions) == 20
    assert {"single_choice", "multiple_choice", "cloze"} <= {q.kind for q in quiz.questions}
    assert len({question.model_dump_json(exclude={"id"}) for question in quiz.questions}) == 20


@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
async def test_no_stem_shows_its_key(level, motion_passages):
    quiz = await written("quiz", Brief(count=30, level=level), motion_passages)

    for question in quiz.questions:
        keys: list[str] = []
        if isinstance(question, SingleChoice):
            keys = [choice.text for choice in question.choices if choice.is_right]
        elif isinstance(question, Cloze):
            keys = [gap.accepted[0] for gap in question.gaps]
        for key in keys:
            assert not re.search(rf"\b{re.escape(key)}\b", question.stem, re.IGNORECASE)


async def test_wrong_statements_differ_from_right_ones_and_say_why(motion_passages):
    everything = plain(" ".join(passage.text for passage in motion_passages))

    quiz = await written("quiz", Brief(count=20), motion_passages)

    several = [q for q in quiz.questions if isinstance(q, MultipleChoice)]
    assert several
    for question in several:
        for choice in question.choices:
            assert (plain(choice.text) in everything) is choice.is_right
            assert bool(choice.reason) is not choice.is_right


async def test_a_number_to_be_found_stands_in_its_source(motion_passages, session_encoder):
    brief = Brief(count=40, level="advanced")

    quiz = await written("quiz", brief, motion_passages, session_encoder)

    numeric = [q for q in quiz.questions if isinstance(q, Numeric)]
    assert numeric
    for question in numeric:
        quotes = " ".join(span.quote for span in question.sources)
        numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", quotes)]
        assert question.value in numbers


async def test_steps_of_an_experiment_are_kept_in_their_order(hindi_passages):
    quiz = await written("quiz", Brief(count=20, language="hi"), hindi_passages)

    steps = next(q for q in quiz.questions if isinstance(q, Ordering))
    assert len(steps.items) == 4
    assert steps.items[0].startswith("धागे से एक गोलक लटकाइए")
    assert steps.items[-1] == "लंबाई बदलकर प्रयोग दोहराइए।"


async def test_matching_pairs_come_from_one_glossary(motion_passages):
    quiz = await written("quiz", Brief(count=20), motion_passages)

    matching = next(q for q in quiz.questions if isinstance(q, Matching))
    for pair in matching.pairs:
        assert pair.left.lower() not in pair.right.lower()


async def test_cards_ask_for_terms_and_formulas(motion_passages):
    deck = await written("deck", Brief(count=60), motion_passages)

    fronts = {card.front: card.back for card in deck.cards}
    assert fronts["What does “inertia” mean?"].startswith("The unwillingness of a body")
    assert any(back.startswith("$$") for back in fronts.values())


async def test_each_point_of_a_slide_is_said_in_its_own_part(motion_passages):
    deck = await written("slides", Brief(count=8), motion_passages)

    assert len(deck.slides) <= 8
    for slide in deck.slides[1:]:
        assert len(slide.narration) == len(slide.points) + 1
        assert all("$$" not in part for part in slide.narration)


async def test_a_storyboard_opens_with_its_topic_and_closes_with_a_summary(motion_passages):
    storyboard = await written("storyboard", Brief(topic="Free fall"), motion_passages)

    assert storyboard.slides[0].narration[0].startswith("This is about: Free fall.")
    assert storyboard.slides[-1].heading == "Summary"


async def test_progress_is_told_from_beginning_to_end(motion_passages):
    told: list[float] = []

    class Listening:
        async def reached(self, stage: str, share: float) -> None:
            told.append(share)
            assert stage

    await GroundedWriter(progress=Listening()).deck(Brief(), motion_passages)

    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)
