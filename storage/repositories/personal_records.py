"""Reads everything that is kept about a person, table by table."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.personal_tables import PersonalTable

FIRST = {"uuid": str(UUID(int=0)), "text": ""}
"""Comes before every key of that type."""


@dataclass(frozen=True, slots=True)
class PersonalRecords:
    """Some rows as JSON objects, and where to go on; None at the end."""

    records: tuple[str, ...]
    after: str | None


class PersonalRecordsRepository:
    """Reads a person's rows within one transaction, some at a time."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def read(
        self, table: PersonalTable, user_id: UUID, *, after: str | None, limit: int
    ) -> PersonalRecords:
        """The next rows of a table that follow the key `after`; the first where that is None."""
        rows = await self._rows(table, user_id, after or FIRST[table.key_type], limit)
        next_key = rows[-1][0] if len(rows) == limit else None
        return PersonalRecords(tuple(record for _key, record in rows), next_key)

    async def _rows(
        self, table: PersonalTable, user_id: UUID, after: str, limit: int
    ) -> Sequence[tuple[str, str]]:
        key = f'{table.key} COLLATE "C"' if table.key_type == "text" else table.key
        columns, source = (
            part.replace(":person", "CAST(:person AS uuid)")
            for part in (table.columns, table.source)
        )
        # All names are those of PERSONAL_TABLES; values are bound.
        statement = text(
            f"SELECT CAST({key} AS text),"  # noqa: S608
            f" CAST(row_to_json((SELECT record FROM (SELECT {columns}) AS record)) AS text)"
            f" FROM {source} AND {key} > CAST(:after AS {table.key_type})"
            f" ORDER BY {key} LIMIT :limit"
        )
        parameters = {"person": user_id, "after": after, "limit": limit}
        rows = await self._session.execute(statement, parameters)
        return [(row[0], row[1]) for row in rows]
