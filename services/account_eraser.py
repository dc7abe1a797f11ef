"""What erasing an account does, whoever wants it."""

import logging
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.errors import WrongStateError
from services.identity import OPERATOR_EMAIL
from storage.answer_streams import AnswerStreams
from storage.database import MAINTENANCE, Database
from storage.errors import NotFoundError, StorageUnavailableError
from storage.repositories.audit import AuditRepository
from storage.repositories.erasure import ErasedPerson, ErasureRepository
from storage.repositories.users import UserRepository

logger = logging.getLogger(__name__)

LAST_ADMIN = (
    "This is the last admin who can sign in. Make someone else an admin first, so that the school"
    " is not left without."
)
WantedBy = Literal["person", "admin", "retention"]


class AccountEraser:
    """Erases accounts: what is theirs goes, statistics stay without them."""

    def __init__(self, database: Database, streams: AnswerStreams) -> None:
        self._database = database
        self._streams = streams

    async def erase(
        self,
        session: AsyncSession,
        user_id: UUID,
        wanted_by: WantedBy,
        *,
        admin_id: UUID | None = None,
        address: str | None = None,
    ) -> ErasedPerson:
        """Erases an account within a transaction of the maintenance role; the audit keeps its id.

        Raises:
            NotFoundError: when there is none.
            WrongStateError: when it is the last admin's, or the command line's.
        """
        await self._require_dispensable(session, user_id)
        erased = await ErasureRepository(session).erase(user_id)
        if erased is None:
            raise NotFoundError("user", user_id)
        await AuditRepository(session).record(
            "user.erase",
            actor_id=admin_id,
            subject=str(user_id),
            address=address,
            details={"wanted_by": wanted_by},
        )
        return erased

    async def forget_streams(self, erased: ErasedPerson) -> None:
        """Removes what Redis holds of the answers; else it ends by itself within the hour."""
        try:
            await self._streams.forget(erased.answers)
        except StorageUnavailableError as error:
            logger.warning("answers of an erased person end by themselves in Redis: %s", error)

    async def erase_deleted(self, user_id: UUID) -> None:
        """Erases an account that was deleted; nothing where it was restored meanwhile."""
        async with self._database.transaction(MAINTENANCE) as session:
            if not await UserRepository(session).is_deleted(user_id):
                return
            erased = await self.erase(session, user_id, "retention")
        await self.forget_streams(erased)

    @staticmethod
    async def _require_dispensable(session: AsyncSession, user_id: UUID) -> None:
        user = await UserRepository(session).find(user_id)
        if user is None or user.role != "admin":
            return
        if user.email == OPERATOR_EMAIL:
            raise WrongStateError("The command line acts as this account; it stays.")
        if not await ErasureRepository(session).admins_beside(user_id, OPERATOR_EMAIL):
            raise WrongStateError(LAST_ADMIN)
