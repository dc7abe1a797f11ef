"""Formulas, right in any form that is the same function."""

from collections.abc import Collection
from typing import Final

from content.languages import SpokenLanguage, language_by_script
from content.questions import Expression
from pedagogy.grading.algebra import Algebra, Likeness
from pedagogy.grading.errors import UnreadableAnswerError, UnreadableKeyError
from pedagogy.grading.formula_parsing import parse_formula
from pedagogy.grading.formulas import Formula
from pedagogy.grading.grade import Grade, JudgedBy, PartGrade, grade_of

_UNDECIDED: Final[dict[SpokenLanguage, str]] = {
    "en": "This could not be compared with the key; a teacher will look at it.",
    "hi": "इसकी तुलना सही उत्तर से नहीं हो सकी; कोई शिक्षक इसे देखेंगे।",
}


def grade_expression(question: Expression, text: str, algebra: Algebra) -> Grade:
    """All points for a formula that equals the key; what cannot be decided is left to a teacher.

    Raises:
        UnreadableAnswerError: The answer is no formula over the question's variables.
        UnreadableKeyError: The key is none.
    """
    key = key_of(question)
    likeness = algebra.compare(parse_formula(text, question.variables), key)
    is_decided = likeness is not Likeness.UNDECIDED
    feedback = "" if is_decided else _UNDECIDED[language_by_script(question.stem)]
    return grade_of(
        float(likeness.is_equal),
        question.points,
        JudgedBy.SYMBOLIC if likeness is Likeness.SYMBOLIC else JudgedBy.NUMERIC,
        parts=[PartGrade("formula", float(likeness.is_equal), feedback, text)],
        feedback=[feedback],
        is_certain=is_decided,
    )


def key_of(question: Expression) -> Formula:
    """The tree of a question's key.

    Raises:
        UnreadableKeyError: It is no formula over the question's variables.
    """
    return _read_key(question.expression, question.variables)


def _read_key(expression: str, variables: Collection[str]) -> Formula:
    try:
        return parse_formula(expression, variables)
    except UnreadableAnswerError as error:
        raise UnreadableKeyError(f"The key of the question: {error.reason}") from error
