"""Fitting passages into a context window."""

from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from ai.chat.chat_model import ChatTurn
from ai.chat.scripted import ScriptedChatModel
from ai.chat.token_estimates import estimated_tokens
from ai.prompts.registry import built_in_prompts
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.routing.router import ChosenModel
from ingestion.document import Locator
from services.access import CourseAccess
from services.answering.packing import answer_tokens, best_at_the_ends, packed, shortened
from services.answering.questions import AcceptedQuestion, Question
from services.retrieval import RetrievedPassage
from storage.database import Scope

PROMPT = RenderedPrompt("tutor.explain@2", "You are a tutor. " * 20, "Question.")
TOWARDS = np.array([1.0, 0.0], dtype=np.float32)


def passage(sentences: list[str], best: int = 0, start: int = 100) -> RetrievedPassage:
    """A passage whose vectors point away from the question but for its best sentence's."""
    text = " ".join(sentences)
    bounds = []
    for sentence in sentences:
        found = text.index(sentence, bounds[-1][1] if bounds else 0)
        bounds.append((found, found + len(sentence)))
    vectors = np.array([[0, 9]] * len(sentences), dtype=np.int8)
    vectors[best] = [9, 0]
    return RetrievedPassage(
        chunk_id=1,
        chunk_ids=(1,),
        document_id=uuid4(),
        document_version=1,
        document_title="Physics",
        document_key="physics",
        locator=Locator(heading=("Energy",)),
        char_start=start,
        char_end=start + len(text),
        text=text,
        sentence_bounds=tuple(bounds),
        sentence_vectors=vectors,
        score=0.5,
        dense=0.5,
        lexical=0.5,
        sentence=0.5,
    )


def accepted(window: int | None, **fields: Any) -> AcceptedQuestion:
    access = CourseAccess(
        course_id=uuid4(),
        slug="physics",
        title="Physics",
        difficulty="beginner",
        language="en",
        corpus_revision=1,
        chunk_count=1,
        lexical_length=1,
        support_policy="mark",
        role="learner",
        permissions=frozenset(),
    )
    values: dict[str, Any] = {"history": (), **fields}
    return AcceptedQuestion(
        question=Question("What is work?"),
        chosen=ChosenModel(ScriptedChatModel([["x"]]), "tutor", context_window=window),
        prompt=built_in_prompts().find("tutor.explain"),
        access=access,
        scope=Scope(),
        message_id=uuid4(),
        conversation_id=uuid4(),
        **values,
    )


def fitted(
    passages: list[RetrievedPassage], asked: AcceptedQuestion
) -> tuple[RetrievedPassage, ...]:
    return packed(passages, TOWARDS, asked, lambda: PROMPT)


SENTENCES = [f"Sentence number {n} says something about work and energy." for n in range(12)]
EIGHT = [passage(SENTENCES, best=n) for n in range(8)]


def test_a_window_that_holds_all_changes_nothing() -> None:
    assert fitted(EIGHT, accepted(32_768)) == tuple(EIGHT)
    assert fitted(EIGHT, accepted(None)) == tuple(EIGHT)


@pytest.mark.parametrize("window", [1024, 1500, 2048, 3000])
def test_a_small_window_is_never_overrun(window: int) -> None:
    history = (ChatTurn("user", "What is energy? " * 10),)

    kept = fitted(EIGHT, accepted(window, history=history))

    texts = [PROMPT.system, PROMPT.user, history[0].content, *(each.text for each in kept)]
    used = sum(map(estimated_tokens, texts)) + answer_tokens(window)
    assert 0 < len(kept) < len(EIGHT)
    assert used <= window
    assert [each.sentence_vectors[0, 0] for each in kept[:1]] == [9]


def test_what_is_left_of_a_window_goes_to_a_passage_cut_at_a_sentence() -> None:
    *whole, last = fitted(EIGHT, accepted(2048))

    assert all(each.text.endswith(SENTENCES[-1]) for each in whole)
    assert len(last.text) < len(EIGHT[0].text)
    assert last.text.endswith(".")


def test_the_first_passage_stays_with_a_sentence_at_least() -> None:
    (kept,) = fitted([passage(SENTENCES, best=5)], accepted(1024, summary="word " * 3_000))

    assert kept.text in SENTENCES or kept.text.startswith("Sentence")


def test_a_shortened_passage_keeps_its_best_sentence_verbatim_in_its_place() -> None:
    whole = passage(SENTENCES, best=7)

    cut = shortened(whole, TOWARDS, 60)

    assert SENTENCES[7] in cut.text
    assert estimated_tokens(cut.text) <= 60
    start = cut.char_start - whole.char_start
    assert whole.text[start : start + len(cut.text)] == cut.text
    assert cut.char_end - cut.char_start == len(cut.text)
    assert [cut.text[a:b] for a, b in cut.sentence_bounds] == [
        sentence for sentence in SENTENCES if sentence in cut.text
    ]
    assert len(cut.sentence_vectors) == len(cut.sentence_bounds)


def test_the_best_passages_stand_first_and_last() -> None:
    assert best_at_the_ends([1, 2, 3, 4, 5, 6, 7]) == [1, 3, 5, 7, 6, 4, 2]
    assert best_at_the_ends([]) == []
