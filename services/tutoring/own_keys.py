"""The keys of problems that learners bring: by a chat model that solves them, or by the sources."""

import logging
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, ValidationError

from ai.answering.answerability import ANSWERABLE, EMBEDDED_LANGUAGES
from ai.answering.extraction import chosen_statements
from ai.answering.sentence_scoring import score_statements
from ai.chat.attribution import Attribution
from ai.chat.chat_model import ChatRequest
from ai.chat.errors import ChatModelError
from ai.chat.grounded import GROUNDED_NAME
from ai.chat.passage import Passage
from ai.prompts.registry import render_version
from ai.validation.errors import OutputError
from ai.validation.structured import StructuredChat
from content.languages import language_by_script
from content.questions import AnyQuestion, Expression, Numeric, ShortAnswer
from pedagogy.grading.errors import UnreadableKeyError
from pedagogy.modes.guarded_keys import key_to_guard
from pedagogy.modes.policy import TutorMode
from services.answering.questions import AcceptedQuestion
from services.answering.spending import Spending
from services.answering.understanding import UnderstoodQuestion
from services.prompt_selection import PromptSelection
from services.tutoring.problems import MOST_STEM_CHARACTERS, OWN_PROBLEM, Problem, without_key
from storage.errors import StorageError

KEY_PROMPT: Final = "tutor.key"
KEY_OUTPUT_TOKENS: Final = 700
MOST_POINTS: Final = 2
LONGEST_POINT: Final = 500
TOLERANCE: Final = 0.02
Text = Annotated[str, Field(max_length=500)]

logger = logging.getLogger(__name__)


class SolvedProblem(BaseModel):
    """What a chat model is asked for: the answer of a problem, never shown to the learner."""

    kind: Literal["number", "formula", "words", "unknown"]
    value: float | None = None
    unit: Annotated[str, Field(max_length=40)] = ""
    formula: Text = ""
    variables: Annotated[list[str], Field(max_length=10)] = []
    accepted: Annotated[list[Text], Field(max_length=10)] = []
    key_points: Annotated[list[Text], Field(max_length=5)] = []


class OwnKeys:
    """Finds what replies to a learner's own problem must not say."""

    def __init__(
        self, prompts: PromptSelection, structured: StructuredChat, spending: Spending
    ) -> None:
        self._prompts = prompts
        self._structured = structured
        self._spending = spending

    async def problem(
        self,
        accepted: AcceptedQuestion,
        asked: UnderstoodQuestion,
        passages: tuple[Passage, ...],
        likely: float,
    ) -> Problem | None:
        """The learner's problem with its key; its origin is `none` where none can be found.

        A chat model solves it, where one answers in this conversation; what it cannot say in the
        form asked for, or may not be paid for, the sentences of the course decide. None for work
        to be checked that has no result: what it says itself is no secret.
        """
        stem = asked.text[:MOST_STEM_CHARACTERS]
        is_work = accepted.mode is TutorMode.CHECK_MY_WORK
        if accepted.chosen.chat_model.name != GROUNDED_NAME:
            solved = await self._solved(accepted, stem, passages)
            if solved is not None and is_work:
                solved.key_points = []
            question = None if solved is None else question_of(stem, solved)
            if question is not None:
                return Problem(question, "chat_model")
        if is_work:
            return None
        points = answering_sentences(asked, passages, likely)
        if not points:
            return without_key(stem)
        question = ShortAnswer(id=OWN_PROBLEM, stem=stem, key_points=tuple(points))
        return Problem(question, "sources")

    async def _solved(
        self, accepted: AcceptedQuestion, stem: str, passages: tuple[Passage, ...]
    ) -> SolvedProblem | None:
        template = self._prompts.select(KEY_PROMPT, accepted.conversation_id)
        request = ChatRequest(
            prompt=render_version(template, {"question": stem, "sources": passages}),
            question=stem,
            question_vector=None,
            passages=(),
            max_output_tokens=KEY_OUTPUT_TOKENS,
            temperature=0.0,
            attribution=Attribution(
                user_id=accepted.scope.user_id,
                course_id=accepted.access.course_id,
                message_id=accepted.message_id,
            ),
        )
        try:
            async with self._spending.call(accepted.chosen, request) as call:
                if not call.may_be_paid:
                    return None
                model = call.chosen.chat_model
                found = await self._structured.ask(model, call.request, SolvedProblem)
        except (ChatModelError, OutputError, StorageError) as error:
            logger.info("The key of a learner's problem is taken from the sources: %s", error)
            return None
        return found.output


def question_of(stem: str, solved: SolvedProblem) -> AnyQuestion | None:
    """The problem with the key that a chat model found; None where that is none."""
    try:
        question = _question(stem, solved)
        if question is not None:
            key_to_guard(question)
    except (ValidationError, UnreadableKeyError) as error:
        logger.info("The key that a chat model found cannot be used: %s", error)
        return None
    return question


def _question(stem: str, solved: SolvedProblem) -> AnyQuestion | None:
    match solved.kind:
        case "number" if solved.value is not None:
            return Numeric(
                id=OWN_PROBLEM,
                stem=stem,
                value=solved.value,
                unit=solved.unit,
                tolerance=TOLERANCE,
                is_relative=True,
            )
        case "formula" if solved.formula:
            return Expression(
                id=OWN_PROBLEM,
                stem=stem,
                expression=solved.formula,
                variables=tuple(solved.variables),
            )
        case "words" if solved.accepted or solved.key_points:
            return ShortAnswer(
                id=OWN_PROBLEM,
                stem=stem,
                accepted=tuple(solved.accepted),
                key_points=tuple(solved.key_points),
            )
        case _:
            return None


def answering_sentences(
    asked: UnderstoodQuestion, passages: Sequence[Passage], likely: float
) -> list[str]:
    """The sentences of the sources that answer a question, best first; none where none do."""
    if likely < ANSWERABLE or not passages:
        return []
    vector = asked.vector if language_by_script(asked.text) in EMBEDDED_LANGUAGES else None
    chosen = chosen_statements(score_statements(asked.text, vector, passages))
    found = (" ".join(statement.text.split())[:LONGEST_POINT] for statement in chosen)
    return [sentence for sentence in found if sentence][:MOST_POINTS]
