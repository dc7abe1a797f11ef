"""Fitting passages into what a chat model can read, and ordering them so that it reads the best."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from ai.chat.passage import Passage
from ai.chat.token_estimates import estimated_tokens
from ai.prompts.rendered_prompt import RenderedPrompt
from services.answering.payloads import shown_title
from services.answering.questions import AcceptedQuestion
from services.retrieval import RetrievedPassage

Item = TypeVar("Item")

ANSWER_TOKENS: Final = 1024
"""What an answer may have, where the context window is not small."""
SHARE_OF_WINDOW: Final = 4
"""An answer gets at most this part of the window, the history as much."""
FRAME_TOKENS: Final = 40
"""Of the tags around a passage, beside its title and headings."""
USUAL_PROMPT_TOKENS: Final = 3_000
"""A prompt's own words have no more, nearly always: below that they need not be counted."""
LEAST_TOKENS: Final = 60
"""A passage is not cut to less than this, unless it is the only one."""


def answer_tokens(window: int | None) -> int:
    """How long an answer may be that is written in a context window of that many tokens."""
    return ANSWER_TOKENS if window is None else min(ANSWER_TOKENS, window // SHARE_OF_WINDOW)


def packed(
    passages: Sequence[RetrievedPassage],
    query_vector: NDArray[np.float32],
    accepted: AcceptedQuestion,
    frame: Callable[[], RenderedPrompt],
) -> tuple[RetrievedPassage, ...]:
    """The passages that fit, best first; the last of them may be cut, at the ends of sentences.

    What is cut keeps its best sentence and those around it. The first passage always stays, with
    a sentence at least: a window too small even for that is its server's to refuse.

    Args:
        passages: best first.
        query_vector: `(dimension,)` float32, L2-normalised: tells the best sentence.
        accepted: whose chat model, history and question share the window.
        frame: renders the prompt without passages; asked only where that has to be known.
    """
    window = accepted.chosen.context_window
    if window is None:
        return tuple(passages)
    left = window - answer_tokens(window) - _history_tokens(accepted)
    sizes = [_tokens_of(passage) for passage in passages]
    asked = estimated_tokens(accepted.question.text) + estimated_tokens(accepted.summary)
    if sum(sizes) + asked + USUAL_PROMPT_TOKENS <= left:
        return tuple(passages)
    prompt = frame()
    left -= estimated_tokens(prompt.system) + estimated_tokens(prompt.user)
    kept: list[RetrievedPassage] = []
    for passage, size in zip(passages, sizes, strict=True):
        if size > left:
            if left >= LEAST_TOKENS or not kept:
                kept.append(shortened(passage, query_vector, left - _frame_tokens(passage)))
            break
        kept.append(passage)
        left -= size
    return tuple(kept)


def best_at_the_ends(passages: Sequence[Item]) -> list[Item]:
    """The best first, the second best last, and so on to the middle, which is read least well.

    Source: Liu et al., "Lost in the Middle: How Language Models Use Long Contexts", TACL 2024.
    """
    return [*passages[::2], *reversed(passages[1::2])]


def shortened(
    passage: RetrievedPassage, query_vector: NDArray[np.float32], budget_tokens: int
) -> RetrievedPassage:
    """The best sentence of a passage with as many around it as the budget holds.

    It stands verbatim at its own `char_start..char_end`, as the whole did.
    """
    bounds = passage.sentence_bounds
    if not bounds:
        return passage
    first = last = _best_sentence(passage, query_vector)
    while (wider := _wider(passage, first, last, budget_tokens)) is not None:
        first, last = wider
    start, end = bounds[first][0], bounds[last][1]
    return replace(
        passage,
        text=passage.text[start:end],
        char_start=passage.char_start + start,
        char_end=passage.char_start + end,
        sentence_bounds=tuple((a - start, b - start) for a, b in bounds[first : last + 1]),
        sentence_vectors=passage.sentence_vectors[first : last + 1],
    )


def _wider(
    passage: RetrievedPassage, first: int, last: int, budget_tokens: int
) -> tuple[int, int] | None:
    """The sentences with the next one, or else the one before; None where neither fits."""
    bounds = passage.sentence_bounds
    for start, end in ((first, last + 1), (first - 1, last)):
        if start >= 0 and end < len(bounds):
            text = passage.text[bounds[start][0] : bounds[end][1]]
            if estimated_tokens(text) <= budget_tokens:
                return start, end
    return None


def _best_sentence(passage: RetrievedPassage, query_vector: NDArray[np.float32]) -> int:
    rows = passage.sentence_vectors.astype(np.float32)
    if len(rows) != len(passage.sentence_bounds):
        return 0
    lengths = np.linalg.norm(rows, axis=1)
    return int(np.argmax((rows @ query_vector) / np.where(lengths > 0, lengths, 1)))


def _history_tokens(accepted: AcceptedQuestion) -> int:
    return sum(estimated_tokens(turn.content) for turn in accepted.history)


def _tokens_of(passage: RetrievedPassage) -> int:
    return estimated_tokens(passage.text) + _frame_tokens(passage)


def _frame_tokens(passage: RetrievedPassage) -> int:
    named = " > ".join((passage.document_title, *passage.locator.heading))
    return FRAME_TOKENS + estimated_tokens(named)


def numbered(found: Sequence[RetrievedPassage]) -> tuple[Passage, ...]:
    """The passages as chat models and the citation binder read them, numbered from 1."""
    return tuple(
        Passage(
            n=n,
            text=passage.text,
            title=shown_title(passage),
            heading=passage.locator.heading,
            sentence_bounds=passage.sentence_bounds,
            sentence_vectors=passage.sentence_vectors,
            score=passage.score,
            goes_first=passage.goes_first,
            is_correction=passage.is_correction,
        )
        for n, passage in enumerate(found, start=1)
    )
