"""Writes the read models of learning, and how far the log has been read for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from pedagogy.events.errors import UnreadableEventError
from pedagogy.events.read_models import ReadModelChanges
from storage.database import raw_connection
from storage.repositories.learning_events import Position
from storage.repositories.read_model_statements import ADDITIONS

ENSURE = text("""
INSERT INTO event_projections (name, version, transaction_id, sequence, event_count)
VALUES (:name, '', 0, 0, 0) ON CONFLICT DO NOTHING
""")
CLAIM = """
SELECT version, transaction_id, sequence, event_count, projected_at, rebuilt_at
FROM event_projections WHERE name = :name FOR UPDATE {waiting}
"""
CLAIM_OR_PASS = text(CLAIM.format(waiting="SKIP LOCKED"))
CLAIM_OR_WAIT = text(CLAIM.format(waiting=""))
READ = text(CLAIM.split("FOR UPDATE", maxsplit=1)[0])
SAVE = text("""
UPDATE event_projections
SET version = :version, transaction_id = :transaction_id, sequence = :sequence,
    event_count = :event_count, projected_at = now(),
    rebuilt_at = CASE WHEN :is_rebuilt THEN now() ELSE rebuilt_at END
WHERE name = :name
""")
REFUSE = text("""
INSERT INTO unreadable_learning_events (sequence, kind, version, reason)
VALUES (:sequence, :kind, :version, :reason) ON CONFLICT (sequence) DO NOTHING
""")
CLEAR = tuple(
    text(f"DELETE FROM {table}")  # noqa: S608 - names of this module
    for table in ("unreadable_learning_events", *(addition.table for addition in ADDITIONS))
)
WAITING = text("SELECT count(*) FROM learning_events WHERE (transaction_id, sequence) > (:t, :s)")
UNREADABLE = text("""
SELECT kind, version, count(*) FROM unreadable_learning_events GROUP BY kind, version
ORDER BY kind, version
""")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the log has been read, and by which rules."""

    version: str
    position: Position
    event_count: int
    projected_at: datetime | None = None
    rebuilt_at: datetime | None = None


class ProjectionRepository:
    """One projection's rows; used by the maintenance role, one at a time by the lock of `claim`."""

    def __init__(self, session: AsyncSession, name: str) -> None:
        self._session = session
        self._name = name

    async def claim(self, *, waits: bool) -> Checkpoint | None:
        """Takes the projection until the transaction ends; None where another has it."""
        await self._session.execute(ENSURE, {"name": self._name})
        statement = CLAIM_OR_WAIT if waits else CLAIM_OR_PASS
        return await self._checkpoint(statement)

    async def read(self) -> Checkpoint | None:
        """How far it has come; None where it never began."""
        return await self._checkpoint(READ)

    async def clear(self) -> None:
        """Empties the read models; readers see the former rows until the transaction ends."""
        for statement in CLEAR:
            await self._session.execute(statement)

    async def add(self, changes: ReadModelChanges) -> None:
        """Adds up what events changed."""
        connection = await raw_connection(self._session)
        for addition in ADDITIONS:
            rows = addition.rows(changes)
            if rows:
                await connection.execute(addition.statement, *zip(*rows, strict=True))

    async def refuse(self, refused: Sequence[tuple[int, UnreadableEventError]]) -> None:
        """Notes events that cannot be read, by their sequences."""
        rows = [
            {
                "sequence": sequence,
                "kind": error.kind,
                "version": error.version,
                "reason": error.reason,
            }
            for sequence, error in refused
        ]
        if rows:
            await self._session.execute(REFUSE, rows)

    async def save(self, checkpoint: Checkpoint, *, is_rebuilt: bool = False) -> None:
        """Sets how far it has come, in the transaction of what it added."""
        values = {
            "name": self._name,
            "version": checkpoint.version,
            "transaction_id": checkpoint.position.transaction_id,
            "sequence": checkpoint.position.sequence,
            "event_count": checkpoint.event_count,
            "is_rebuilt": is_rebuilt,
        }
        await self._session.execute(SAVE, values)

    async def waiting(self, position: Position) -> int:
        """Events after a place in the log, those of open transactions left out as not seen."""
        values = {"t": position.transaction_id, "s": position.sequence}
        return await self._session.scalar(WAITING, values) or 0

    async def unreadable(self) -> list[tuple[str, int, int]]:
        """Kinds and versions that cannot be read, and how many events are of each."""
        return [tuple(row) for row in await self._session.execute(UNREADABLE)]

    async def _checkpoint(self, statement: object) -> Checkpoint | None:
        row = (await self._session.execute(statement, {"name": self._name})).one_or_none()  # type: ignore[call-overload]
        if row is None:
            return None
        version, transaction_id, sequence, count, projected_at, rebuilt_at = row
        position = Position(transaction_id, sequence)
        return Checkpoint(version, position, count, projected_at, rebuilt_at)
