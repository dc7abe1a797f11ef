"""Answers in words: by accepted forms, then by key points that it makes."""

import re
from collections.abc import Sequence
from typing import Final, Protocol

from content.questions import ShortAnswer
from pedagogy.grading.folding import fold
from pedagogy.grading.grade import Grade, JudgedBy, PartGrade, grade_of

SAID_FROM: Final = 0.7
"""From this support on a key point counts as said."""
UNSAID_BELOW: Final = 0.1
"""Below it, it counts as surely not said; between the two a teacher should look."""

MAX_SENTENCES: Final = 40
_SENTENCE_END: Final = re.compile(r"(?<=[.!?।;])\s+|\n+")
_NEGATION: Final = re.compile(
    r"\b(?:not|no|never|none|neither|nor|cannot|\w+n't|नहीं|न|kein\w*|nicht|pas|jamais)\b"
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")


class PointSupport(Protocol):
    """How well sentences of an answer bear out key points.

    The same texts give the same values.
    """

    def supports(
        self, points: Sequence[str], sentences: Sequence[str]
    ) -> Sequence[Sequence[float]]:
        """A row per point with a value of 0 to 1 per sentence."""
        ...


def grade_short_answer(question: ShortAnswer, text: str, support: PointSupport | None) -> Grade:
    """All points for an accepted form, else the share of key points that the answer says.

    Whatever measures the support: a sentence that negates what the point does not, or that
    lacks a number of the point, does not count for it. Without `support` nothing but accepted
    forms can be judged, and a teacher is to look.
    """
    accepted = {fold(form) for form in question.accepted}
    if fold(text) in accepted:
        part = PartGrade("answer", 1.0, evidence=text)
        return grade_of(1.0, question.points, JudgedBy.KEY, parts=[part])
    if not question.key_points:
        return grade_of(0.0, question.points, JudgedBy.KEY)
    sentences = sentences_of(text)
    if support is None or not sentences:
        return grade_of(0.0, question.points, JudgedBy.NOBODY, is_certain=not sentences)
    rows = support.supports(question.key_points, sentences)
    found = [
        _sought(point, sentences, row) for point, row in zip(question.key_points, rows, strict=True)
    ]
    parts = [part for part, _is_sure in found]
    return grade_of(
        sum(part.share for part in parts) / len(parts),
        question.points,
        JudgedBy.SUPPORT,
        parts=parts,
        is_certain=all(is_sure for _part, is_sure in found),
    )


def sentences_of(text: str) -> list[str]:
    """The sentences of an answer, the first 40 of them; what is longer is no short answer."""
    found = (sentence.strip() for sentence in _SENTENCE_END.split(text))
    return [sentence for sentence in found if fold(sentence)][:MAX_SENTENCES]


def _sought(point: str, sentences: Sequence[str], row: Sequence[float]) -> tuple[PartGrade, bool]:
    """Whether the point is said, with the sentence that says it, and whether that is sure."""
    support, sentence = max(zip(row, sentences, strict=True))
    is_said = support >= SAID_FROM and not contradicts(point, sentence)
    is_sure = is_said or support < UNSAID_BELOW
    return PartGrade(point, float(is_said), evidence=sentence if is_said else ""), is_sure


def contradicts(point: str, sentence: str) -> bool:
    """Whether a sentence negates what the point does not, or lacks one of its numbers."""
    folded_point, folded_sentence = fold(point), fold(sentence)
    negations = [len(_NEGATION.findall(text)) % 2 for text in (folded_point, folded_sentence)]
    missing = set(_NUMBER.findall(folded_point)) - set(_NUMBER.findall(folded_sentence))
    return negations[0] != negations[1] or bool(missing)
