"""The certificates that learners of a course hold: listed, and taken back by those who teach."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.events.kinds import CertificateRevoked
from services.access import Permission, authorise
from services.actors import Actor
from services.learning.events import tell
from services.notifications.events import EventKind, announce
from storage.database import Database
from storage.paging import Page, PageRequest
from storage.repositories.audit import AuditRepository
from storage.repositories.certificates import CertificateRepository, HeldCertificate


class HeldCertificateService:
    """What those who teach a course see of its certificates, and do about them."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def page(
        self, actor: Actor, course: UUID | str, request: PageRequest
    ) -> Page[HeldCertificate]:
        """The certificates of a course, the latest first; those that were revoked, too.

        Raises:
            NotFoundError: no such course for this actor.
            PermissionDeniedError: they are a learner there.
            InvalidCursorError: the cursor is damaged.
        """
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.REVIEW)
            return await CertificateRepository(session).page(access.course_id, request)

    async def revoke(
        self, actor: Actor, course: UUID | str, certificate_id: UUID, reason: str
    ) -> HeldCertificate:
        """Takes a certificate back and tells its learner why.

        One that was revoked before stays as it is, with its own date and reason.

        Raises:
            NotFoundError: no such course, or no such certificate of it, for this actor.
            PermissionDeniedError: they do not teach it.
        """
        now = self._clock()
        async with self._database.transaction(actor.scope) as session:
            access = await authorise(session, actor, course, Permission.EDIT)
            certificates = CertificateRepository(session)
            is_new = await certificates.revoke(access.course_id, certificate_id, reason, now)
            held = await certificates.held(access.course_id, certificate_id)
            if is_new:
                await _tell(session, actor, access.course_id, held, now)
        return held


async def _tell(
    session: AsyncSession, actor: Actor, course_id: UUID, held: HeldCertificate, now: datetime
) -> None:
    await AuditRepository(session).record(
        "certificate.revoked",
        actor_id=actor.user_id,
        subject=str(held.id),
        course_id=course_id,
        details={"reason": held.revocation_reason},
    )
    if held.learner_id is None:
        return
    event = CertificateRevoked(certificate_id=held.id)
    await tell(session, course_id, held.learner_id, now, [event])
    await announce(
        session,
        EventKind.CERTIFICATE_REVOKED,
        course_id,
        user_id=held.learner_id,
        certificate_id=held.id,
        reason=held.revocation_reason,
    )
