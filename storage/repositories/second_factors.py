"""Second factors: encrypted secrets, codes used up, recovery codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models import RecoveryCode, SecondFactor


@dataclass(frozen=True, slots=True)
class KeptFactor:
    """A user's second factor; `secret` is encrypted."""

    secret: bytes
    is_confirmed: bool


class SecondFactorRepository:
    """The rows of `second_factors` and `recovery_codes`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, user_id: UUID) -> KeptFactor | None:
        """A user's second factor, confirmed or not."""
        row = await self._session.get(SecondFactor, user_id, populate_existing=True)
        return None if row is None else KeptFactor(row.secret, row.confirmed_at is not None)

    async def begin(self, user_id: UUID, secret: bytes) -> bool:
        """Keeps a secret to be confirmed; False where another is confirmed already."""
        statement = upsert(SecondFactor).values(user_id=user_id, secret=secret)
        statement = statement.on_conflict_do_update(
            index_elements=[SecondFactor.user_id],
            set_={"secret": statement.excluded.secret, "last_counter": None},
            where=SecondFactor.confirmed_at.is_(None),
        )
        kept = await self._session.scalar(statement.returning(SecondFactor.user_id))
        return kept is not None

    async def use(self, user_id: UUID, counter: int, secret: bytes | None = None) -> bool:
        """Uses up the code of that counter; False where it, or a later one, was used before.

        Of two at the same instant one finds the counter lower, and the other not. A `secret`
        given takes the place of the one kept: the same, encrypted with a newer key.
        """
        values: dict[str, object] = {"last_counter": counter}
        if secret is not None:
            values["secret"] = secret
        statement = (
            update(SecondFactor)
            .where(
                SecondFactor.user_id == user_id,
                or_(SecondFactor.last_counter.is_(None), SecondFactor.last_counter < counter),
            )
            .values(values)
            .returning(SecondFactor.user_id)
        )
        return await self._session.scalar(statement) is not None

    async def confirm(self, user_id: UUID) -> None:
        """Has the user asked for codes from now on."""
        statement = update(SecondFactor).where(SecondFactor.user_id == user_id)
        await self._session.execute(statement.values(confirmed_at=func.now()))

    async def remove(self, user_id: UUID) -> bool:
        """Forgets a user's second factor and recovery codes; False where there was none."""
        await self._session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        statement = delete(SecondFactor).where(SecondFactor.user_id == user_id)
        removed = await self._session.scalar(statement.returning(SecondFactor.user_id))
        return removed is not None

    async def replace_codes(self, user_id: UUID, hashes: Iterable[bytes]) -> None:
        """Keeps new recovery codes; the old ones are good no more."""
        await self._session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        rows = [{"user_id": user_id, "code_hash": code_hash} for code_hash in hashes]
        await self._session.execute(insert(RecoveryCode), rows)

    async def use_code(self, user_id: UUID, code_hash: bytes) -> bool:
        """Uses up a recovery code; False where the user has no such code."""
        statement = (
            delete(RecoveryCode)
            .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == code_hash)
            .returning(RecoveryCode.user_id)
        )
        return await self._session.scalar(statement) is not None

    async def codes_left(self, user_id: UUID) -> int:
        """How many recovery codes are good."""
        statement = select(func.count()).where(RecoveryCode.user_id == user_id)
        return await self._session.scalar(statement) or 0
