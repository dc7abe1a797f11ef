"""Attempts at quizzes, and the rules they are taken by."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api.dependencies import (
    CurrentActor,
    IdempotencyKey,
    PageDependency,
    QuestionId,
    ServicesDependency,
)
from api.openapi import problems
from api.permissions import (
    EDITS_COURSE,
    LEARNS_IN_COURSE,
    READS_ATTEMPT,
    READS_COURSE,
    permits,
)
from api.schemas.attempts import (
    AttemptCreate,
    AttemptRead,
    AttemptSummaryRead,
    HelpCreate,
    HelpRead,
    QuizRulesBody,
    QuizRulesRead,
)
from api.schemas.common import PageOf
from services.learning.attempts import SentAnswers
from storage.repositories.quiz_rules import StoredRules

router = APIRouter(tags=["learning"], responses=problems(401, 404, 422, 503))


@router.post(
    "/quizzes/{quiz_id}/attempts",
    status_code=201,
    summary="Attempt a quiz",
    responses=problems(403, 409),
)
@permits(LEARNS_IN_COURSE)
async def attempt_quiz(
    services: ServicesDependency,
    actor: CurrentActor,
    quiz_id: UUID,
    body: AttemptCreate,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AttemptRead:
    """Grades the answers by the key, and keeps them; what cannot be read is refused, named."""
    sent = SentAnswers(body.answers, body.version, idempotency_key)
    view = await services.learning.attempts.submit(actor, quiz_id, sent)
    response.headers["Location"] = AttemptRead.location(view.attempt)
    return AttemptRead.of(view)


@router.get(
    "/quizzes/{quiz_id}/attempts", summary="List attempts at a quiz", responses=problems(403)
)
@permits(READS_COURSE)
async def list_attempts(
    services: ServicesDependency,
    actor: CurrentActor,
    quiz_id: UUID,
    page: PageDependency,
    learner: Annotated[
        UUID | None, Query(description="For those who review the course: only this learner's.")
    ] = None,
    needs_review: Annotated[
        bool | None, Query(description="Only those where a grade is not certain, or is.")
    ] = None,
) -> PageOf[AttemptSummaryRead]:
    """Newest first; learners see their own, those who review the course everybody's."""
    found = await services.learning.attempts.page(
        actor, quiz_id, page, learner_id=learner, needs_review=needs_review
    )
    return PageOf[AttemptSummaryRead].model_validate(found)


@router.get("/attempts/{attempt_id}", summary="Read an attempt", responses=problems(403))
@permits(READS_ATTEMPT)
async def read_attempt(
    services: ServicesDependency, actor: CurrentActor, attempt_id: UUID
) -> AttemptRead:
    """One attempt with its grades; the key as the quiz's rules have it."""
    return AttemptRead.of(await services.learning.attempts.read(actor, attempt_id))


@router.post(
    "/quizzes/{quiz_id}/questions/{question_id}/hints",
    summary="Ask for a hint",
    responses=problems(403, 409),
)
@permits(LEARNS_IN_COURSE)
async def ask_hint(
    services: ServicesDependency,
    actor: CurrentActor,
    quiz_id: UUID,
    question_id: QuestionId,
    body: HelpCreate,
) -> HelpRead:
    """The next of four hints; the solution after two of them and an answer of one's own."""
    helped = await services.learning.hints.help(actor, quiz_id, question_id, body.wanted)
    return HelpRead.model_validate(helped)


@router.get("/quizzes/{quiz_id}/rules", summary="Read the rules of a quiz", responses=problems(403))
@permits(READS_COURSE)
async def read_rules(
    services: ServicesDependency, actor: CurrentActor, quiz_id: UUID
) -> QuizRulesRead:
    """When, how often and with which questions it may be attempted."""
    return QuizRulesRead.model_validate(await services.learning.quiz_rules.read(actor, quiz_id))


@router.put("/quizzes/{quiz_id}/rules", summary="Set the rules of a quiz", responses=problems(403))
@permits(EDITS_COURSE)
async def replace_rules(
    services: ServicesDependency, actor: CurrentActor, quiz_id: UUID, body: QuizRulesBody
) -> QuizRulesRead:
    """Sets all of them; questions that are withdrawn no longer count in earlier attempts."""
    rules = StoredRules(**body.model_dump())
    return QuizRulesRead.model_validate(
        await services.learning.quiz_rules.replace(actor, quiz_id, rules)
    )
