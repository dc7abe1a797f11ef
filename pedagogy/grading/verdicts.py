"""What a judge may say about an answer, and the grade that follows by rule.

A judge is mostly a chat model. It names the key points that an answer makes and the words that
make them; points are counted here, and a point without words of the answer does not count.
"""

from dataclasses import replace
from typing import Protocol

from content.questions import ShortAnswer
from pedagogy.grading.folding import fold
from pedagogy.grading.grade import (
    Grade,
    JudgedBy,
    PartGrade,
    PointFinding,
    Verdict,
    grade_of,
)
from pedagogy.grading.short_answers import UNSAID_BELOW, PointSupport, contradicts

__all__ = ["AnswerJudge", "PointFinding", "Verdict", "grade_by_verdict", "with_verdict"]


class AnswerJudge(Protocol):
    """Finds key points in an answer; its findings are checked, never believed."""

    async def verdict(self, question: ShortAnswer, text: str) -> Verdict:
        """Its findings on an answer, one per key point."""
        ...


def grade_by_verdict(question: ShortAnswer, text: str, verdict: Verdict) -> Grade:
    """The share of key points found with words that stand in the answer.

    A finding without evidence, or with words the learner did not write, counts as not made and
    leaves the grade to a teacher's look; so does a key point the verdict is silent on.
    """
    answer = fold(text)
    findings = {fold(finding.point): finding for finding in verdict.findings}
    parts, doubtful = [], False
    for point in question.key_points:
        finding = findings.get(fold(point))
        words = fold(finding.evidence) if finding is not None else ""
        stands = bool(words) and words in answer
        is_made = finding is not None and finding.is_made and stands
        doubtful |= finding is None or (finding.is_made and not stands)
        evidence = finding.evidence if finding is not None and is_made else ""
        parts.append(PartGrade(point, float(is_made), evidence=evidence))
    share = sum(part.share for part in parts) / len(parts) if parts else 0.0
    return grade_of(share, question.points, JudgedBy.VERDICT, parts=parts, is_certain=not doubtful)


def with_verdict(
    question: ShortAnswer, text: str, by_rule: Grade, verdict: Verdict, support: PointSupport
) -> Grade:
    """A grade that rules leave in doubt, with what a judge found; a teacher looks at it still.

    What the rules have found stays found. A finding counts besides where its words stand in the
    answer, have something in common with the point, and neither negate it nor lack its numbers.
    """
    found = grade_by_verdict(question, text, verdict)
    ruled = {part.part: part for part in by_rule.parts}
    parts = [_of_point(part, ruled.get(part.part), support) for part in found.parts]
    share = sum(part.share for part in parts) / len(parts)
    grade = grade_of(share, question.points, JudgedBy.VERDICT, parts=parts, is_certain=False)
    return replace(grade, verdict=verdict)


def _of_point(found: PartGrade, ruled: PartGrade | None, support: PointSupport) -> PartGrade:
    if ruled is not None and ruled.share == 1.0:
        return ruled
    if found.share == 0.0 or contradicts(found.part, found.evidence):
        return PartGrade(found.part, 0.0)
    measured = support.supports([found.part], [found.evidence])[0][0]
    return found if measured >= UNSAID_BELOW else PartGrade(found.part, 0.0)
