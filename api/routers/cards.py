"""Flashcards that are due, and how well they were remembered."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.dependencies import CurrentActor, IdempotencyKey, ServicesDependency
from api.openapi import problems
from api.permissions import LEARNS_IN_COURSE, READS, permits
from api.schemas.common import PlainText
from api.schemas.learning import DueCardsRead, ReviewCreate, ReviewRead
from services.learning.reviews import GivenReview

router = APIRouter(tags=["learning"], responses=problems(401, 404, 422, 503))
CardId = Annotated[
    str,
    Path(
        description="As GET /cards/due gives it.",
        pattern=r"^[0-9a-f-]{36}\.[a-z0-9][a-z0-9-]{0,39}$",
        examples=["01890a5d-ac96-774b-bcce-b302099a8057.c1"],
    ),
]


@router.get("/cards/due", summary="List cards to see", responses=problems(403))
@permits(READS)
async def list_due_cards(
    services: ServicesDependency,
    actor: CurrentActor,
    course: Annotated[
        PlainText | None, Query(max_length=100, description="Id or slug: only this course's.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100, description="Due cards at most.")] = 20,
    new: Annotated[int, Query(ge=0, le=100, description="Cards never seen, at most.")] = 5,
) -> DueCardsRead:
    """Due cards of one's courses by when they fell due, then some that are new."""
    return DueCardsRead.of(await services.learning.reviews.due(actor, course, limit, new))


@router.post(
    "/cards/{card_id}/reviews",
    status_code=201,
    summary="Review a card",
    responses=problems(403, 409),
)
@permits(LEARNS_IN_COURSE)
async def review_card(
    services: ServicesDependency,
    actor: CurrentActor,
    card_id: CardId,
    body: ReviewCreate,
    idempotency_key: IdempotencyKey = None,
) -> ReviewRead:
    """Says how well it was remembered; the answer says when it is due again."""
    given = GivenReview(body.recall, body.reviewed_at, idempotency_key)
    return ReviewRead.of(card_id, await services.learning.reviews.review(actor, card_id, given))
