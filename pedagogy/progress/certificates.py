"""When a course counts as completed: the teacher's rule, and how far a learner is from it."""

from dataclasses import dataclass
from typing import Literal

Requirement = Literal["lessons", "quizzes", "concepts"]


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """What a certificate asks for; None where it asks for nothing of that kind.

    Attributes:
        lessons_share: Of the published lessons, read to the end.
        quiz_mark: Mean over the published quizzes of the best share scored; none taken is 0.
        mastered_share: Of the concepts of the course.
    """

    lessons_share: float | None = None
    quiz_mark: float | None = None
    mastered_share: float | None = None

    @property
    def asks_anything(self) -> bool:
        """Whether there is anything to be done for it."""
        return any((self.lessons_share, self.quiz_mark, self.mastered_share))


@dataclass(frozen=True, slots=True)
class Reached:
    """How far somebody has come, as shares; None where the course has none of that kind."""

    lessons_share: float | None
    quiz_mark: float | None
    mastered_share: float | None


@dataclass(frozen=True, slots=True)
class RequirementState:
    """One thing that a certificate asks for."""

    requirement: Requirement
    needed: float
    reached: float

    @property
    def is_met(self) -> bool:
        """Whether it is enough; a millionth less is."""
        return self.reached >= self.needed - 1e-6


def requirements(rule: CertificateRule, reached: Reached) -> list[RequirementState]:
    """What the rule asks for and how far it is; what a course has none of is not met."""
    asked: list[tuple[Requirement, float | None, float | None]] = [
        ("lessons", rule.lessons_share, reached.lessons_share),
        ("quizzes", rule.quiz_mark, reached.quiz_mark),
        ("concepts", rule.mastered_share, reached.mastered_share),
    ]
    return [RequirementState(name, needed, found or 0.0) for name, needed, found in asked if needed]


def is_met(rule: CertificateRule, reached: Reached) -> bool:
    """Whether a certificate may be given; a rule that asks for nothing gives none."""
    return rule.asks_anything and all(one.is_met for one in requirements(rule, reached))
