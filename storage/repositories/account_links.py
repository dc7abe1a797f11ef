"""Single-use links that were sent by mail; kept as hashes, used up by being found."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import AccountLink

LinkPurpose = Literal["verify_email", "reset_password"]
SWEPT_AT_ONCE = 1_000

ADD = text("""
INSERT INTO account_links (token_hash, user_id, purpose, email, expires_at)
VALUES (:token_hash, :user_id, :purpose, :email, now() + CAST(:lifetime AS interval))
""")
IS_RECENT = text("""
SELECT EXISTS (
    SELECT FROM account_links WHERE user_id = :user_id AND purpose = :purpose
      AND created_at > now() - CAST(:pause AS interval)
)
""")
FIND = text("""
SELECT l.user_id, u.email
FROM account_links l JOIN users u ON u.id = l.user_id
WHERE l.token_hash = :token_hash AND l.purpose = :purpose AND l.expires_at > now()
  AND u.email = l.email AND u.is_active AND u.deleted_at IS NULL
""")
SWEEP = text("""
DELETE FROM account_links WHERE token_hash IN (
    SELECT token_hash FROM account_links WHERE expires_at <= now()
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
""")


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Whose link was found."""

    user_id: UUID
    email: str


class AccountLinkRepository:
    """The rows of `account_links`; finding one needs the maintenance role, as nobody is known."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        token_hash: bytes,
        holder: LinkHolder,
        purpose: LinkPurpose,
        lifetime: timedelta,
    ) -> None:
        """Keeps a new link; it is good while the account has that address."""
        values = {
            "token_hash": token_hash,
            "user_id": holder.user_id,
            "purpose": purpose,
            "email": holder.email,
            "lifetime": lifetime,
        }
        await self._session.execute(ADD, values)

    async def is_recent(self, user_id: UUID, purpose: LinkPurpose, pause: timedelta) -> bool:
        """Whether a user got such a link within the pause."""
        values = {"user_id": user_id, "purpose": purpose, "pause": pause}
        return bool(await self._session.scalar(IS_RECENT, values))

    async def find(self, token_hash: bytes, purpose: LinkPurpose) -> LinkHolder | None:
        """Whose link it is; None where it is unknown, used or too old."""
        values = {"token_hash": token_hash, "purpose": purpose}
        row = (await self._session.execute(FIND, values)).one_or_none()
        return None if row is None else LinkHolder(row.user_id, row.email)

    async def use(self, token_hash: bytes) -> bool:
        """Uses a link up, with all others of its user and purpose; False where it was used.

        Of two at the same instant one deletes the row, and the other finds none.
        """
        used = (
            delete(AccountLink)
            .where(AccountLink.token_hash == token_hash)
            .returning(AccountLink.user_id, AccountLink.purpose)
        )
        row = (await self._session.execute(used)).one_or_none()
        if row is None:
            return False
        others = delete(AccountLink).where(
            AccountLink.user_id == row.user_id, AccountLink.purpose == row.purpose
        )
        await self._session.execute(others)
        return True


async def sweep_account_links(session: AsyncSession) -> None:
    """Forgets links that nobody used in time, a bounded number at a time."""
    await session.execute(SWEEP, {"limit": SWEPT_AT_ONCE})
