"""Checks across items: what is asked twice, and objectives that nothing serves."""

import asyncio
from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.answering.answerability import EMBEDDED_LANGUAGES
from ai.caching.guards import guards_of
from ai.embedding.embedder import Embedder
from ai.quality.answer_keys import finding
from ai.quality.item_texts import CheckedContent, Item
from ai.retrieval.terms import terms_of
from content.languages import language_by_script
from content.lessons import Lesson, Objective
from content.quality import Finding
from content.questions import Quiz

_SAME_WORDS: Final = 0.85
_SAME_MEANING: Final = 0.93
_SERVED: Final = 0.5


async def duplicate_findings(items: Sequence[Item], embedder: Embedder | None) -> list[Finding]:
    """Items that ask the same as one before, by their words, or by vectors and what must agree.

    Two that differ in a number, a name, a unit or a negation are not the same.
    """
    asked = [item for item in items if item.asked]
    terms = [frozenset(terms_of(item.asked)) for item in asked]
    vectors = await _vectors([item.asked for item in asked], embedder)
    findings: list[Finding] = []
    told: set[str] = set()
    for one, other in combinations(range(len(asked)), 2):
        later = asked[other]
        if later.id in told:
            continue
        shared = len(terms[one] & terms[other]) / (len(terms[one] | terms[other]) or 1)
        likeness = _likeness(vectors[one], vectors[other])
        is_same = shared >= _SAME_WORDS or likeness >= _SAME_MEANING
        if is_same and guards_of(asked[one].asked).agree_with(guards_of(later.asked)):
            told.add(later.id)
            detail = f"it asks the same as {asked[one].id}"
            findings.append(finding("duplicate", "warn", later.id, detail))
    return findings


def objective_findings(content: CheckedContent, objectives: Sequence[Objective]) -> list[Finding]:
    """Objectives that no section serves, or that no question is about."""
    match content:
        case Lesson() if not content.objectives:
            detail = "the lesson says nowhere what one can do after it"
            return [finding("missing_objective", "warn", None, detail)]
        case Lesson():
            served = {name for section in content.sections for name in section.objectives}
            texts = [f"{section.heading} {section.body}" for section in content.sections]
            return [
                _missing(objective, objective.id)
                for objective in content.objectives
                if objective.id not in served and not _is_about(objective, texts)
            ]
        case Quiz():
            texts = [f"{q.stem} {q.explanation} {' '.join(q.concepts)}" for q in content.questions]
            return [_missing(each, None) for each in objectives if not _is_about(each, texts)]
        case _:
            return []


def _is_about(objective: Objective, texts: Sequence[str]) -> bool:
    wanted = frozenset(terms_of(objective.text))
    return not wanted or any(
        len(wanted & frozenset(terms_of(text))) >= _SERVED * len(wanted) for text in texts
    )


def _missing(objective: Objective, item: str | None) -> Finding:
    detail = f"nothing serves the objective “{objective.text}”"
    return finding("missing_objective", "warn", item, detail)


async def _vectors(
    texts: Sequence[str], embedder: Embedder | None
) -> list[NDArray[np.float32] | None]:
    if embedder is None:
        return [None] * len(texts)
    waiting = {
        place: embedder.embed_query(text)
        for place, text in enumerate(texts)
        if language_by_script(text) in EMBEDDED_LANGUAGES
    }
    found = dict(zip(waiting, await asyncio.gather(*waiting.values()), strict=True))
    return [found.get(place) for place in range(len(texts))]


def _likeness(one: NDArray[np.float32] | None, other: NDArray[np.float32] | None) -> float:
    return 0.0 if one is None or other is None else float(one @ other)
