"""The certificates that learners of a course hold, for those who teach there."""

from uuid import UUID

from fastapi import APIRouter

from api.dependencies import CourseReference, CurrentActor, PageDependency, ServicesDependency
from api.openapi import problems
from api.permissions import EDITS_COURSE, REVIEWS_COURSE, permits
from api.schemas.common import PageOf
from api.schemas.study import HeldCertificateRead, RevocationCreate

router = APIRouter(
    prefix="/courses/{course}/certificates",
    tags=["learning"],
    responses=problems(401, 403, 404, 422, 503),
)


@router.get("", summary="List the certificates of a course")
@permits(REVIEWS_COURSE)
async def list_certificates(
    services: ServicesDependency, actor: CurrentActor, course: CourseReference, page: PageDependency
) -> PageOf[HeldCertificateRead]:
    """The latest first; those that were revoked, too."""
    found = await services.learning.held_certificates.page(actor, course, page)
    return PageOf[HeldCertificateRead].model_validate(found)


@router.post("/{certificate_id}/revocation", summary="Revoke a certificate")
@permits(EDITS_COURSE)
async def revoke_certificate(
    services: ServicesDependency,
    actor: CurrentActor,
    course: CourseReference,
    certificate_id: UUID,
    body: RevocationCreate,
) -> HeldCertificateRead:
    """Its learner is told, with the reason; whoever looks its code up learns that it is revoked.

    One that was revoked before stays as it is.
    """
    held = await services.learning.held_certificates.revoke(
        actor, course, certificate_id, body.reason
    )
    return HeldCertificateRead.model_validate(held)
