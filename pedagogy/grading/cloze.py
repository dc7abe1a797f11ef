"""Texts with gaps, each graded by the forms accepted for it."""

from content.questions import Cloze
from pedagogy.grading.errors import AnswerMismatchError
from pedagogy.grading.folding import fold
from pedagogy.grading.grade import Grade, JudgedBy, PartGrade, grade_of


def grade_cloze(question: Cloze, gaps: dict[str, str]) -> Grade:
    """The share of gaps that hold an accepted form.

    Raises:
        AnswerMismatchError: A gap is named that the text does not have.
    """
    known = {gap.id for gap in question.gaps}
    for name in gaps:
        if name not in known:
            raise AnswerMismatchError(f"The text has no gap {name!r}.")
    parts = []
    for gap in question.gaps:
        written = gaps.get(gap.id, "")
        accepted = {fold(form) for form in gap.accepted}
        parts.append(PartGrade(gap.id, float(fold(written) in accepted), evidence=written))
    share = sum(part.share for part in parts) / len(parts)
    return grade_of(share, question.points, JudgedBy.KEY, parts=parts)
