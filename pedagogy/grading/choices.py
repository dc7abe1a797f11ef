"""Choice questions: partial credit, and feedback bound to the mistake behind a distractor."""

from content.questions import Choice, MultipleChoice, SingleChoice
from pedagogy.grading.errors import AnswerMismatchError
from pedagogy.grading.grade import Grade, JudgedBy, PartGrade, grade_of


def grade_single_choice(question: SingleChoice, chosen: tuple[str, ...]) -> Grade:
    """All points for the right choice, none for another.

    Raises:
        AnswerMismatchError: More than one is chosen, or one that does not exist.
    """
    if len(chosen) > 1:
        raise AnswerMismatchError("Choose one answer only.")
    picked = _picked(question.choices, chosen)
    return _graded(question, picked, float(any(choice.is_right for choice in picked)))


def grade_multiple_choice(question: MultipleChoice, chosen: tuple[str, ...]) -> Grade:
    """The share of right choices found, less the share of wrong ones taken.

    So choosing everything gives nothing, as does choosing nothing; guessing gains nothing on
    average.

    Source: Budescu and Bar-Hillel, "To guess or not to guess", Journal of Educational
    Measurement 30(4), 1993: scoring rules under which guessing has no expected gain.

    Raises:
        AnswerMismatchError: One is chosen that does not exist.
    """
    picked = _picked(question.choices, chosen)
    right = [choice for choice in question.choices if choice.is_right]
    wrong_count = len(question.choices) - len(right)
    hits = sum(choice.is_right for choice in picked)
    misses = len(picked) - hits
    share = hits / len(right) - (misses / wrong_count if wrong_count else 0.0)
    return _graded(question, picked, share)


def _picked(choices: tuple[Choice, ...], chosen: tuple[str, ...]) -> list[Choice]:
    by_id = {choice.id: choice for choice in choices}
    unknown = [choice_id for choice_id in chosen if choice_id not in by_id]
    if unknown:
        raise AnswerMismatchError(f"The question has no choice {unknown[0]!r}.")
    return [by_id[choice_id] for choice_id in chosen]


def _graded(question: SingleChoice | MultipleChoice, picked: list[Choice], share: float) -> Grade:
    return grade_of(
        share,
        question.points,
        JudgedBy.KEY,
        parts=[PartGrade(c.id, float(c.is_right), c.feedback) for c in picked],
        feedback=[choice.feedback for choice in picked],
        misconceptions=[choice.reason for choice in picked if not choice.is_right],
    )
