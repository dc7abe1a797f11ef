"""How well each statement of the sources fits a question."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.answering.question_kind import is_aside, looks_like_answer, question_kind
from ai.answering.statements import Statement, statements_of
from ai.chat.passage import Passage
from ai.retrieval.terms import terms_of

# relevance = COSINE * cosine + COVERAGE * coverage + FORM * has_form + RANK / rank of passage
# - ASIDE * is_aside, times CORRECTION where a correction that fits the question says it.
# On 500 SQuAD v1.1 development questions (six passages retrieved for each) the first statement
# by these weights holds the answer for 75 %, one of the first three for 86 %; cosine alone 58 %
# and 77 %, coverage alone 70 % and 83 %. The optimum is flat: no grid neighbour gains 1 %.
COSINE_WEIGHT = 0.5
COVERAGE_WEIGHT = 0.4
FORM_WEIGHT = 0.1
RANK_WEIGHT = 0.1
# What speaks about the text itself gives way to what speaks about the subject.
ASIDE_PENALTY = 0.1
# So much that what a teacher says in place of an answer leaves no room for what it corrects: of the
# best statement's relevance others need 3/4, and none is above 1.1.
CORRECTION_FACTOR = 2.5
# A term in the title or headings of a passage counts half of one in the statement.
HEADING_SHARE = 0.5
# Among fewer statements than this, rarity says little: it is reckoned as among this many.
_FEWEST_STATEMENTS = 12

# Words that say what to do with the subject and not what it is.
_ASKING = re.compile(
    r"\b(what|why|how|who|when|where|which|do(es)?|did|means?|meaning|meant|define[ds]?|"
    r"definitions?|explain|describe|discuss|tell|give|list|name|state|briefly|please|example|"
    r"examples|called|term|difference|between|understand|know|about)\b"
    r"|अर्थ|मतलब|परिभाषा|समझाइए|समझाओ|बताइए|बताओ|उदाहरण",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class ScoredStatement:
    """A statement with what speaks for it.

    Attributes:
        statement: The statement.
        relevance: How well it fits the question; comparable within one question.
        cosine: Of question and core sentence, -1..1; None without vectors.
        coverage: Share of the question's terms it holds, weighted by rarity, 0..1.
        terms: Its lexical terms.
        direction: `(dimension,)` float32, L2-normalised vector of its core sentence; None
            without vectors.
    """

    statement: Statement
    relevance: float
    cosine: float | None
    coverage: float
    terms: frozenset[str]
    direction: NDArray[np.float32] | None


def question_terms(question: str) -> tuple[str, ...]:
    """Gives the terms of what `question` is about, each once, in order."""
    return tuple(dict.fromkeys(terms_of(_ASKING.sub(" ", question)) or terms_of(question)))


def score_statements(
    question: str,
    question_vector: NDArray[np.float32] | None,
    passages: Sequence[Passage],
) -> list[ScoredStatement]:
    """Scores every statement of `passages` (best first) against the question, in source order.

    `coverage` is the sum of the rarities of the question's terms that the statement holds over
    the sum of all of them. The rarity of a term is BM25's: ln(1 + (N - n + 0.5) / (n + 0.5)),
    with n of the N statements holding it; so a term that no source holds weighs most. Without
    vectors coverage stands in for the cosine too.
    """
    asked = question_terms(question)
    kind = question_kind(question)
    found = [
        (rank, statement, frozenset(terms_of(statement.text)))
        for rank, passage in enumerate(passages, start=1)
        for statement in statements_of(passage)
    ]
    rarity = _rarities(asked, [terms for _, _, terms in found])
    above = {
        passage.n: frozenset(terms_of(" ".join((passage.title, *passage.heading))))
        for passage in passages
    }
    scored: list[ScoredStatement] = []
    for rank, statement, terms in found:
        direction = _direction(statement)
        cosine = _cosine(question_vector, direction)
        coverage = _coverage(rarity, terms, above[statement.passage.n])
        relevance = (
            COSINE_WEIGHT * (coverage if cosine is None else cosine)
            + COVERAGE_WEIGHT * coverage
            + FORM_WEIGHT * looks_like_answer(kind, statement.text, asked)
            + RANK_WEIGHT / rank
            - ASIDE_PENALTY * is_aside(statement.text)
        )
        if statement.passage.goes_first:
            relevance *= CORRECTION_FACTOR
        scored.append(ScoredStatement(statement, relevance, cosine, coverage, terms, direction))
    return scored


def _rarities(asked: Sequence[str], statements: Sequence[frozenset[str]]) -> dict[str, float]:
    holders = Counter(term for terms in statements for term in asked if term in terms)
    total = max(len(statements), _FEWEST_STATEMENTS)
    return {
        term: math.log(1 + (total - holders[term] + 0.5) / (holders[term] + 0.5)) for term in asked
    }


def _coverage(
    rarity: dict[str, float], terms: frozenset[str], heading_terms: frozenset[str]
) -> float:
    total = sum(rarity.values())
    if not total:
        return 0.0
    held = sum(weight for term, weight in rarity.items() if term in terms)
    above = sum(weight for term, weight in rarity.items() if term in heading_terms - terms)
    return (held + HEADING_SHARE * above) / total


def _direction(statement: Statement) -> NDArray[np.float32] | None:
    vectors = statement.passage.sentence_vectors
    if vectors is None or statement.core >= len(vectors):
        return None
    vector = vectors[statement.core].astype(np.float32)
    length = np.linalg.norm(vector)
    return vector / length if length else None


def _cosine(
    question_vector: NDArray[np.float32] | None, direction: NDArray[np.float32] | None
) -> float | None:
    if question_vector is None or direction is None:
        return None
    return float(question_vector @ direction)
