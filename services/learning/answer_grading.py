"""Grades the answers of an attempt beside the event loop, with key points measured by support."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ai.answering.answerability import EMBEDDED_LANGUAGES
from ai.answering.support import gather_evidence, rarities, support
from ai.answering.wording import wording_of
from ai.chat.attribution import Attribution
from ai.embedding.errors import EmbeddingError
from content.answers import AnyAnswer, WrittenAnswer
from content.languages import language_by_script
from content.questions import AnyQuestion, ShortAnswer
from pedagogy.grading.errors import AnswerMismatchError, UnreadableAnswerError, UnreadableKeyError
from pedagogy.grading.grade import Grade, JudgedBy, Verdict, grade_of
from pedagogy.grading.grader import Grader
from pedagogy.grading.short_answers import SAID_FROM, sentences_of
from pedagogy.grading.verdicts import with_verdict
from services.errors import InvalidValueError, OverloadedError
from services.question_encoding import QuestionEncoder

MOST_EMBEDDED = 60
"""Texts of one attempt that are encoded; beyond it words alone decide."""
GRADED_AT_ONCE = 2
"""Attempts that a process grades at a time; its other threads are left to others."""
SURE_BY_WORDS = 0.85
MOST_JUDGED = 8
"""Short answers of one attempt that a judge is asked about."""
KEY_UNREADABLE = "The key of this question cannot be read; a teacher will look at it."

Vectors = Mapping[str, NDArray[np.float32]]
logger = logging.getLogger(__name__)


class ShortAnswerJudge(Protocol):
    """Says which key points short answers make; what it says is checked, never believed."""

    async def verdicts(
        self, answers: Sequence[tuple[ShortAnswer, str]], account: Attribution
    ) -> list[Verdict | None]:
        """One for each answer, within a bounded time; None where there is none to be had."""
        ...


class SupportOfPoints:
    """Measures how well sentences bear out key points, as sources bear out an answer."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def supports(self, points: Sequence[str], sentences: Sequence[str]) -> list[list[float]]:
        """A row per point with a value of 0 to 1 per sentence."""
        wordings = [wording_of(sentence) for sentence in sentences]
        rarity = rarities(wordings)
        terms = frozenset().union(*(wording.terms for wording in wordings))
        rows = []
        for point in points:
            row = []
            for sentence, wording in zip(sentences, wordings, strict=True):
                cosine = self._cosine(point, sentence)
                evidence = gather_evidence(
                    wording_of(point), wording, rarity=rarity, passage_terms=terms, cosine=cosine
                )
                found = support(evidence, has_cosine=cosine is not None)
                row.append(found if cosine is not None else _by_words(found))
            rows.append(row)
        return rows

    def _cosine(self, point: str, sentence: str) -> float | None:
        if point not in self._vectors or sentence not in self._vectors:
            return None
        return float(self._vectors[point] @ self._vectors[sentence])


def _by_words(found: float) -> float:
    """A support that words alone give: what is not clear is left in doubt."""
    return found if found >= SURE_BY_WORDS else min(found, SAID_FROM - 0.01)


class AnswerGrading:
    """Grades whole attempts."""

    def __init__(
        self, grader: Grader, encoder: QuestionEncoder, judge: ShortAnswerJudge | None = None
    ) -> None:
        """Takes what grades, what measures meaning, and who is asked where both leave a doubt."""
        self._grader = grader
        self._encoder = encoder
        self._judge = judge
        self._places = asyncio.Semaphore(GRADED_AT_ONCE)

    async def grades(
        self,
        questions: Mapping[str, AnyQuestion],
        answers: Mapping[str, AnyAnswer],
        account: Attribution | None = None,
    ) -> dict[str, Grade]:
        """The grade of each question, by its id.

        A judge is asked about short answers that are in doubt, where there is one, on `account`;
        without an account nobody is.

        Raises:
            InvalidValueError: an answer does not fit its question, or cannot be read; its `field`
                names the question.
        """
        vectors = await vectors_of(self._encoder, texts_to_compare(questions, answers))
        measure = SupportOfPoints(vectors)
        async with self._places:
            grades = await asyncio.to_thread(self._graded, questions, answers, measure)
        if self._judge is None or account is None:
            return grades
        return await self._judged(grades, questions, answers, measure, account)

    async def _judged(
        self,
        grades: dict[str, Grade],
        questions: Mapping[str, AnyQuestion],
        answers: Mapping[str, AnyAnswer],
        measure: SupportOfPoints,
        account: Attribution,
    ) -> dict[str, Grade]:
        """The grades, with a judge's verdict on short answers that are in doubt."""
        assert self._judge is not None  # noqa: S101 - asked with a judge only
        doubtful = [
            (question, answer.text)
            for id_, question in questions.items()
            if isinstance(question, ShortAnswer)
            and isinstance(answer := answers.get(id_), WrittenAnswer)
            and not grades[id_].is_certain
            and question.key_points
        ][:MOST_JUDGED]
        verdicts = await self._judge.verdicts(doubtful, account)
        judged = {
            question.id: with_verdict(question, text, grades[question.id], verdict, measure)
            for (question, text), verdict in zip(doubtful, verdicts, strict=True)
            if verdict is not None
        }
        return {**grades, **judged}

    def _graded(
        self,
        questions: Mapping[str, AnyQuestion],
        answers: Mapping[str, AnyAnswer],
        measure: SupportOfPoints,
    ) -> dict[str, Grade]:
        return {
            question_id: self._grade(question, answers.get(question_id), measure)
            for question_id, question in questions.items()
        }

    def _grade(
        self, question: AnyQuestion, answer: AnyAnswer | None, measure: SupportOfPoints
    ) -> Grade:
        try:
            return self._grader.grade(question, answer, measure)
        except (UnreadableAnswerError, AnswerMismatchError) as error:
            raise InvalidValueError(f"answers.{question.id}", error.reason) from error
        except UnreadableKeyError as error:
            logger.warning("Question %s cannot be graded: %s", question.id, error)
            return grade_of(
                0.0,
                question.points,
                JudgedBy.NOBODY,
                feedback=[KEY_UNREADABLE],
                is_certain=False,
            )


async def vectors_of(encoder: QuestionEncoder, texts: Sequence[str]) -> Vectors:
    """The vectors of the first 60 of these texts; none where they cannot be had."""
    wanted = [text for text in texts if language_by_script(text) in EMBEDDED_LANGUAGES]
    try:
        found = [await encoder.vector(text) for text in wanted[:MOST_EMBEDDED]]
    except (EmbeddingError, OverloadedError) as error:
        logger.info("Key points are sought by their words alone: %s", error)
        return {}
    return dict(zip(wanted, found, strict=False))


def texts_to_compare(
    questions: Mapping[str, AnyQuestion], answers: Mapping[str, AnyAnswer]
) -> list[str]:
    """Key points and sentences of short answers, each once."""
    texts: dict[str, None] = {}
    for question_id, question in questions.items():
        answer = answers.get(question_id)
        if isinstance(question, ShortAnswer) and isinstance(answer, WrittenAnswer):
            sentences = sentences_of(answer.text)
            texts |= dict.fromkeys([*question.key_points, *sentences] if sentences else [])
    return list(texts)
