"""Any answer to any question."""

from typing import assert_never

from content.answers import (
    AnyAnswer,
    ChoiceAnswer,
    GapsAnswer,
    MatchesAnswer,
    OrderAnswer,
    WrittenAnswer,
)
from content.questions import (
    AnyQuestion,
    Cloze,
    Expression,
    Matching,
    MultipleChoice,
    Numeric,
    Ordering,
    ShortAnswer,
    SingleChoice,
)
from pedagogy.grading.algebra import Algebra
from pedagogy.grading.arrangements import grade_matching, grade_ordering
from pedagogy.grading.choices import grade_multiple_choice, grade_single_choice
from pedagogy.grading.cloze import grade_cloze
from pedagogy.grading.errors import AnswerMismatchError
from pedagogy.grading.expressions import grade_expression
from pedagogy.grading.grade import Grade, unanswered
from pedagogy.grading.numeric import grade_number
from pedagogy.grading.short_answers import PointSupport, grade_short_answer


class Grader:
    """Grades by keys and rules. May block over formulas: call it in a thread from an event loop."""

    def __init__(self, algebra: Algebra) -> None:
        self._algebra = algebra

    def grade(
        self,
        question: AnyQuestion,
        answer: AnyAnswer | None,
        support: PointSupport | None = None,
    ) -> Grade:
        """The grade of an answer; one left out or left empty scores nothing.

        Args:
            question: With its key.
            answer: None where there is none.
            support: Measures key points of short answers; None where nothing can.

        Raises:
            AnswerMismatchError: The answer is of another kind than the question.
            UnreadableAnswerError: It is no number, unit or formula that can be read.
            UnreadableKeyError: The key cannot be read.
        """
        match answer:
            case None:
                return unanswered(question.points)
            case ChoiceAnswer(chosen=chosen):
                return self._of_choice(question, chosen)
            case WrittenAnswer(text=text):
                return self._of_writing(question, text, support)
            case GapsAnswer(gaps=gaps) if isinstance(question, Cloze):
                return grade_cloze(question, gaps)
            case OrderAnswer(items=items) if isinstance(question, Ordering):
                return grade_ordering(question, items)
            case MatchesAnswer(matches=matches) if isinstance(question, Matching):
                return grade_matching(question, matches)
            case GapsAnswer() | OrderAnswer() | MatchesAnswer():
                raise _mismatch(question)
        assert_never(answer)

    def _of_choice(self, question: AnyQuestion, chosen: tuple[str, ...]) -> Grade:
        if isinstance(question, SingleChoice):
            return grade_single_choice(question, chosen)
        if isinstance(question, MultipleChoice):
            return grade_multiple_choice(question, chosen)
        raise _mismatch(question)

    def _of_writing(self, question: AnyQuestion, text: str, support: PointSupport | None) -> Grade:
        if not isinstance(question, Numeric | Expression | ShortAnswer):
            raise _mismatch(question)
        if not text.strip():
            return unanswered(question.points)
        if isinstance(question, Numeric):
            return grade_number(question, text)
        if isinstance(question, Expression):
            return grade_expression(question, text, self._algebra)
        return grade_short_answer(question, text, support)


_WANTED = {
    "single_choice": "choice",
    "multiple_choice": "choice",
    "numeric": "written",
    "expression": "written",
    "short_answer": "written",
    "cloze": "gaps",
    "ordering": "order",
    "matching": "matches",
}


def _mismatch(question: AnyQuestion) -> AnswerMismatchError:
    return AnswerMismatchError(
        f"A question of kind {question.kind} is answered by kind {_WANTED[question.kind]!r}."
    )
