"""Numbers with units, right within a tolerance."""

from typing import Final

from content.languages import SpokenLanguage, language_by_script
from content.questions import Numeric
from pedagogy.grading.errors import UnreadableAnswerError, UnreadableKeyError
from pedagogy.grading.grade import Grade, JudgedBy, PartGrade, grade_of
from pedagogy.grading.numbers import read_number
from pedagogy.grading.units import converted, read_unit

# What binary floating point may lose in reading and converting a value.
_ROUNDING_SHARE: Final = 1e-9
_WRONG_UNIT: Final[dict[SpokenLanguage, str]] = {
    "en": "The unit measures something else than what is asked for.",
    "hi": "यह मात्रक किसी और राशि का है, पूछी गई राशि का नहीं।",
}
_NO_UNIT: Final[dict[SpokenLanguage, str]] = {
    "en": "Give the unit as well.",
    "hi": "मात्रक भी लिखिए।",
}
_SHARE_WITHOUT_UNIT: Final = 0.5


def grade_number(question: Numeric, text: str) -> Grade:
    """The grade of a number, in any unit of the same dimension as the key's.

    The right number without its unit gives half the points: the reckoning is right, and what
    it is the number of is not said. What the learner is told is in the question's language.

    Raises:
        UnreadableAnswerError: It is not a number, or its unit is not known.
        UnreadableKeyError: The unit of the key is not known.
    """
    number = read_number(text)
    if not question.unit and not number.rest:
        return _graded(question, any(_is_near(question, value) for value in number.readings))
    try:
        wanted = read_unit(question.unit) if question.unit else read_unit("1")
    except UnreadableAnswerError as error:
        raise UnreadableKeyError(f"The unit of the key: {error.reason}") from error
    if not number.rest:
        is_near = any(_is_near(question, value) for value in number.readings)
        share = _SHARE_WITHOUT_UNIT if is_near else 0.0
        return _graded(question, is_near, _NO_UNIT[language_by_script(question.stem)], share)
    given = read_unit(number.rest)
    values = [converted(value, given, wanted) for value in number.readings]
    if all(value is None for value in values):
        return _graded(question, False, _WRONG_UNIT[language_by_script(question.stem)])
    return _graded(question, any(v is not None and _is_near(question, v) for v in values))


def _graded(
    question: Numeric, is_near: bool, feedback: str = "", share: float | None = None
) -> Grade:
    share = float(is_near) if share is None else share
    part = PartGrade("value", share, feedback)
    return grade_of(share, question.points, JudgedBy.KEY, parts=[part], feedback=[feedback])


def _is_near(question: Numeric, value: float) -> bool:
    allowed = question.tolerance * (abs(question.value) if question.is_relative else 1.0)
    rounding = _ROUNDING_SHARE * max(abs(question.value), abs(value))
    return abs(value - question.value) <= allowed + rounding
