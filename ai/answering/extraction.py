"""Which statements of the sources make the answer to a question, and whether there is one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ai.answering.sentence_scoring import ScoredStatement
from ai.answering.statements import Statement

# Fitted on 500 SQuAD v1.1 questions and 285 short questions of OpenStax College Physics 2e, each
# asked of its own corpus, of the other one, and (SQuAD) of its own without the article that
# answers it. ROC-AUC 0.997 for SQuAD against physics, 0.978 for physics against SQuAD, 0.979
# without the article. At 0.5 it answers 93 % and 89 % of what its corpus answers, and 1 %, 7 %
# and 6 % of what it does not. By words alone ROC-AUC is 0.97, 0.71 and 0.92.
ANSWERABLE = 0.5
_COSINE_SLOPE, _COVERAGE_SLOPE, _INTERCEPT = 21.6, 2.8, -11.0
_LEXICAL_SLOPE, _LEXICAL_INTERCEPT = 5.2, -2.2

MAX_STATEMENTS = 4
MAX_SENTENCES = 5
# A further statement must come near the best one, and say something that is not said yet.
_NEAR_BEST = 0.75
_SAME_COSINE = 0.86
_SAME_TERMS = 0.6


@dataclass(frozen=True, slots=True)
class Extraction:
    """What the sources say to a question.

    Attributes:
        statements: The answer, in the order in which to say it; empty where the sources do not
            hold one.
        answerability: How likely the sources hold the answer, 0..1.
    """

    statements: tuple[Statement, ...]
    answerability: float


def extract_answer(scored: Sequence[ScoredStatement]) -> Extraction:
    """Chooses and orders the statements that answer, at most 4 of them and 5 sentences.

    The most relevant first, then any of at least 3/4 its relevance that repeats none of the
    chosen (cosine below 0.86 and shared terms below 60 % of the shorter). They are said passage
    by passage, the passage of the best first, and within a passage in the order of the source.
    """
    by_relevance = sorted(scored, key=lambda candidate: -candidate.relevance)
    likely = answerability(by_relevance)
    if likely < ANSWERABLE:
        return Extraction((), likely)
    chosen: list[ScoredStatement] = []
    for candidate in by_relevance:
        if candidate.relevance < _NEAR_BEST * by_relevance[0].relevance:
            break
        if not any(_repeats(candidate, other) for other in chosen) and _fits(candidate, chosen):
            chosen.append(candidate)
    return Extraction(_in_order(chosen), likely)


def answerability(by_relevance: Sequence[ScoredStatement]) -> float:
    """Gives how likely the sources hold the answer, 0..1, from scored statements, best first.

    sigmoid(21.6 * highest cosine + 2.8 * coverage of the best statement - 11.0), fitted by
    logistic regression; without vectors sigmoid(5.2 * coverage - 2.2).
    """
    if not by_relevance:
        return 0.0
    coverage = by_relevance[0].coverage
    cosines = [found.cosine for found in by_relevance if found.cosine is not None]
    if cosines:
        logit = _COSINE_SLOPE * max(cosines) + _COVERAGE_SLOPE * coverage + _INTERCEPT
    else:
        logit = _LEXICAL_SLOPE * coverage + _LEXICAL_INTERCEPT
    return 1 / (1 + math.exp(-logit))


def _fits(candidate: ScoredStatement, chosen: Sequence[ScoredStatement]) -> bool:
    sentences = sum(other.statement.sentence_count for other in (candidate, *chosen))
    return len(chosen) < MAX_STATEMENTS and sentences <= MAX_SENTENCES


def _repeats(candidate: ScoredStatement, other: ScoredStatement) -> bool:
    ours, theirs = candidate.statement, other.statement
    if ours.passage is theirs.passage and ours.first <= theirs.last and theirs.first <= ours.last:
        return True
    shorter = min(len(candidate.terms), len(other.terms)) or 1
    if len(candidate.terms & other.terms) / shorter >= _SAME_TERMS:
        return True
    if candidate.direction is None or other.direction is None:
        return False
    return float(candidate.direction @ other.direction) >= _SAME_COSINE


def _in_order(chosen: Sequence[ScoredStatement]) -> tuple[Statement, ...]:
    passage_order = {
        found.statement.passage.n: place for place, found in reversed(list(enumerate(chosen)))
    }
    ordered = sorted(
        chosen, key=lambda found: (passage_order[found.statement.passage.n], found.statement.first)
    )
    return tuple(found.statement for found in ordered)
