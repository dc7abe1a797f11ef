"""Erasing a person: what is theirs goes, what is counted stays without them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LOCK_ADMINS = text("""
SELECT id FROM users
WHERE role = 'admin' AND is_active AND deleted_at IS NULL AND email <> :operator
ORDER BY id FOR UPDATE
""")
"""All of them, in one order: two admins who go at the same instant cannot both see the other."""

FIND = text("SELECT email FROM users WHERE id = :person FOR UPDATE")
RECENT_ANSWERS = text("""
SELECT messages.id FROM messages
JOIN conversations ON conversations.id = messages.conversation_id
WHERE conversations.user_id = :person AND messages.role = 'assistant'
  AND (messages.status = 'streaming' OR messages.completed_at > now() - interval '2 hours')
""")

FORGET_IN_AUDIT = text("SELECT neuroshiksha_forget_in_audit(:person, :email)")
STATEMENTS = (
    text("""
    DELETE FROM cached_questions USING conversations, messages
    WHERE conversations.user_id = :person AND messages.conversation_id = conversations.id
      AND messages.role = 'user' AND cached_questions.course_id = messages.course_id
      AND cached_questions.question = messages.content
    """),
    text("DELETE FROM outgoing_mails WHERE recipient = :email"),
    text("DELETE FROM invitations WHERE email = :email"),
    text("DELETE FROM budgets WHERE scope = 'user' AND subject_id = :person"),
    text("DELETE FROM announcements WHERE payload ->> 'user_id' = CAST(:person AS uuid)::text"),
    text("DELETE FROM webhook_deliveries WHERE strpos(body, CAST(:person AS uuid)::text) > 0"),
    text("UPDATE usage_records SET message_id = NULL WHERE user_id = :person"),
    text("UPDATE jobs SET idempotency_key = NULL WHERE requested_by = :person"),
    text("""
    INSERT INTO learning_events (course_id, learner_key, kind, version, occurred_at, payload)
    SELECT course_id, neuroshiksha_learner_key(:person), 'certificate.revoked', 1, now(),
           jsonb_build_object('certificate_id', id)
    FROM certificates WHERE learner_id = :person AND revoked_at IS NULL
    """),
    text("""
    UPDATE certificates SET revoked_at = coalesce(revoked_at, now()), revocation_reason = ''
    WHERE learner_id = :person
    """),
    text("DELETE FROM users WHERE id = :person"),
)
"""What hangs from the account goes with it (foreign keys: CASCADE), or stays with the person left
out (SET NULL); the statements before the last see to what does not hang from it."""


@dataclass(frozen=True, slots=True)
class ErasedPerson:
    """What is still to be done elsewhere once the rows are gone.

    Attributes:
        answers: Messages whose streams other stores may still hold.
    """

    answers: tuple[UUID, ...]


class ErasureRepository:
    """Erases accounts within one transaction of the maintenance role."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def admins_beside(self, user_id: UUID, operator_email: str) -> int:
        """How many other admins can sign in; they stay so until the transaction ends."""
        found = await self._session.scalars(LOCK_ADMINS, {"operator": operator_email})
        return len(set(found) - {user_id})

    async def erase(self, user_id: UUID) -> ErasedPerson | None:
        """Erases the account of that id, deleted or not; None where there is none."""
        email = await self._session.scalar(FIND, {"person": user_id})
        if email is None:
            return None
        found = await self._session.scalars(RECENT_ANSWERS, {"person": user_id})
        erased = ErasedPerson(tuple(found))
        parameters = {"person": user_id, "email": email}
        await self._session.execute(FORGET_IN_AUDIT, parameters)
        for statement in STATEMENTS:
            named = {name: parameters[name] for name in statement.compile().params}
            await self._session.execute(statement, named)
        return erased
