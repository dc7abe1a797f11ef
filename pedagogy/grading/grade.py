"""What an answer scored, part by part, and how that was judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class JudgedBy(StrEnum):
    """What decided a grade; an appeal is read with it in mind."""

    KEY = "key"
    """The answer was compared with the key."""
    SYMBOLIC = "symbolic"
    """The difference of two formulas was simplified to zero."""
    NUMERIC = "numeric"
    """Two formulas were evaluated at many points."""
    SUPPORT = "support"
    """Key points were sought in the sentences of the answer."""
    VERDICT = "verdict"
    """A judge named key points, each with words of the answer."""
    NOBODY = "nobody"
    """There was no answer, or nothing that could judge it."""


@dataclass(frozen=True, slots=True)
class PartGrade:
    """One part of an answer: a choice, gap, pair or key point.

    Attributes:
        part: Its id or text.
        share: 0 to 1 of what the part is worth.
        feedback: What the learner is told about it; empty for nothing.
        evidence: The words of the answer that it was judged by.
    """

    part: str
    share: float
    feedback: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class PointFinding:
    """Whether an answer makes a key point, as a judge says.

    Attributes:
        point: The key point, verbatim.
        is_made: What the judge says.
        evidence: The words of the answer that make it, verbatim.
    """

    point: str
    is_made: bool
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judge's findings on one answer, kept for whoever reads an appeal."""

    judge: str
    findings: tuple[PointFinding, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """What an answer scored.

    Attributes:
        score: 0 to `maximum`.
        maximum: The points of the question.
        feedback: What the learner is told, without the key.
        misconceptions: The mistakes that the chosen distractors stand for, for teachers.
        judged_by: What decided it.
        is_certain: Whether a teacher need not look at it.
        verdict: What a judge said, where one was asked.
    """

    score: float
    maximum: float
    judged_by: JudgedBy
    parts: tuple[PartGrade, ...] = ()
    feedback: tuple[str, ...] = ()
    misconceptions: tuple[str, ...] = ()
    is_certain: bool = True
    verdict: Verdict | None = None

    @property
    def share(self) -> float:
        """The score of 0 to 1."""
        return self.score / self.maximum

    @property
    def is_right(self) -> bool:
        """Whether nothing is missing."""
        return self.score >= self.maximum


def grade_of(
    share: float,
    maximum: float,
    judged_by: JudgedBy,
    *,
    parts: Sequence[PartGrade] = (),
    feedback: Sequence[str] = (),
    misconceptions: Sequence[str] = (),
    is_certain: bool = True,
) -> Grade:
    """A grade of a share of the points, rounded to a thousandth of a point."""
    return Grade(
        score=round(min(1.0, max(0.0, share)) * maximum, 3),
        maximum=maximum,
        judged_by=judged_by,
        parts=tuple(parts),
        feedback=tuple(text for text in feedback if text),
        misconceptions=tuple(text for text in misconceptions if text),
        is_certain=is_certain,
    )


def unanswered(maximum: float) -> Grade:
    """The grade of a question that was left out."""
    return grade_of(0.0, maximum, JudgedBy.NOBODY)
