"""Which statements of the sources make the answer to a question."""

from collections.abc import Sequence

from ai.answering.sentence_scoring import ScoredStatement
from ai.answering.statements import Statement

MAX_STATEMENTS = 4
MAX_SENTENCES = 5
# A further statement must come near the best one, and say something that is not said yet.
_NEAR_BEST = 0.75
_SAME_COSINE = 0.86
_SAME_TERMS = 0.6


def chosen_statements(scored: Sequence[ScoredStatement]) -> tuple[Statement, ...]:
    """Chooses and orders the statements that answer, at most 4 of them and 5 sentences.

    The most relevant first, then any of at least 3/4 its relevance that repeats none of the
    chosen (cosine below 0.86 and shared terms below 60 % of the shorter). They are said passage
    by passage, the passage of the best first, and within a passage in the order of the source.
    """
    by_relevance = sorted(scored, key=lambda candidate: -candidate.relevance)
    chosen: list[ScoredStatement] = []
    for candidate in by_relevance:
        if candidate.relevance < _NEAR_BEST * by_relevance[0].relevance:
            break
        if not any(_repeats(candidate, other) for other in chosen) and _fits(candidate, chosen):
            chosen.append(candidate)
    return _in_order(chosen)


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
