"""Acts on content in the audit trail."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.actors import Actor
from services.authoring.entering import EnteredContent
from storage.repositories.audit import AuditRepository


async def record(
    session: AsyncSession, act: str, actor: Actor, entered: EnteredContent, **details: object
) -> None:
    """Adds the event of an act, such as `quiz.publish`, with the version it was done to."""
    head = entered.head
    await AuditRepository(session).record(
        f"{head.kind.value}.{act}",
        actor_id=actor.user_id,
        subject=str(head.id),
        course_id=head.course_id,
        details={"version": head.version, **details},
    )
