"""Failed sign-ins, counted by account and address."""

import math

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SWEPT_AT_ONCE = 1_000

WAIT = text("""
SELECT extract(epoch FROM blocked_until - now())::float FROM sign_in_attempts
WHERE key = :key AND blocked_until > now()
""")

FAIL = text("""
INSERT INTO sign_in_attempts AS kept (key) VALUES (:key)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.last_at < now() - interval '1 day' THEN 1 ELSE kept.count + 1 END,
    last_at = now(),
    blocked_until = now() + CASE
        WHEN kept.last_at < now() - interval '1 day' OR kept.count + 1 < :free THEN interval '0'
        ELSE make_interval(
            secs => least(:first * 2 ^ least(kept.count + 1 - :free, 30), :longest)
        )
    END
RETURNING count
""")

FORGET = text("DELETE FROM sign_in_attempts WHERE key = :key")

SWEEP = text("""
DELETE FROM sign_in_attempts WHERE key IN (
    SELECT key FROM sign_in_attempts WHERE last_at < now() - interval '1 day'
    ORDER BY last_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
""")


class SignInAttemptRepository:
    """The rows of `sign_in_attempts`; `key` is a hash of account and address."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def seconds_to_wait(self, key: bytes) -> int:
        """How long the next attempt has to wait; 0 where it may be made."""
        return math.ceil(await self._session.scalar(WAIT, {"key": key}) or 0)

    async def fail(self, key: bytes, *, free: int, first_seconds: int, longest_seconds: int) -> int:
        """Counts a failure; how many there were.

        From the `free`-th on the next attempt has to wait: `first_seconds`, and twice as long each
        time.
        """
        pauses = {"first": first_seconds, "longest": longest_seconds}
        values = {"key": key, "free": free, **pauses}
        count: int = (await self._session.execute(FAIL, values)).scalar_one()
        return count

    async def forget(self, key: bytes) -> None:
        """Forgets the failures."""
        await self._session.execute(FORGET, {"key": key})


async def sweep_sign_in_attempts(session: AsyncSession) -> None:
    """Forgets failures of more than a day ago, a bounded number at a time."""
    await session.execute(SWEEP, {"limit": SWEPT_AT_ONCE})
