"""Files made of content, as rows; their bytes are kept by hash in a file store."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models.content import Asset
from storage.errors import NotFoundError

UNUSED = text("""
DELETE FROM assets WHERE id IN (
    SELECT id FROM assets
    WHERE is_derived AND used_at < now() - make_interval(days => :days)
    ORDER BY used_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
RETURNING id
""")


@dataclass(frozen=True, slots=True)
class NewAsset:
    """A file to be kept; `key` says what it was made of and into what."""

    course_id: UUID
    content_id: UUID
    version: int
    key: str
    name: str
    media_type: str
    content_hash: str
    byte_size: int
    is_derived: bool


@dataclass(frozen=True, slots=True)
class StoredAsset(NewAsset):
    """A file that is kept."""

    id: UUID

    @property
    def as_json(self) -> dict[str, object]:
        """How a job's result tells it."""
        return {
            "id": str(self.id),
            "name": self.name,
            "media_type": self.media_type,
            "byte_size": self.byte_size,
        }


class AssetsRepository:
    """The rows of `assets`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, new: NewAsset) -> StoredAsset:
        """Keeps a file under its key; where another was made meanwhile, that one."""
        values = {field.name: getattr(new, field.name) for field in fields(NewAsset)}
        statement = insert(Asset).values(id=uuid7(), **values)
        statement = statement.on_conflict_do_update(
            index_elements=["course_id", "key"], set_={"used_at": func.now()}
        )
        row = await self._session.scalar(statement.returning(Asset))
        assert row is not None  # noqa: S101 - inserted or updated
        return _stored(row)

    async def used(self, course_id: UUID, key: str) -> StoredAsset | None:
        """The file of that key, which counts as used now; None where there is none."""
        statement = (
            update(Asset)
            .where(Asset.course_id == course_id, Asset.key == key)
            .values(used_at=func.now())
            .returning(Asset)
        )
        row = await self._session.scalar(statement)
        return None if row is None else _stored(row)

    async def read(self, asset_id: UUID) -> StoredAsset:
        """One file.

        Raises:
            NotFoundError: when there is none.
        """
        row = await self._session.get(Asset, asset_id)
        if row is None:
            raise NotFoundError("asset", asset_id)
        return _stored(row)

    async def of_content(self, content_id: UUID, version: int) -> list[StoredAsset]:
        """The files of a version of some content, in the order they were made."""
        statement = (
            select(Asset)
            .where(Asset.content_id == content_id, Asset.version == version)
            .order_by(Asset.id)
        )
        return [_stored(row) for row in await self._session.scalars(statement)]

    async def total_bytes(self, course_id: UUID) -> int:
        """What the files of a course take."""
        statement = select(func.coalesce(func.sum(Asset.byte_size), 0)).where(
            Asset.course_id == course_id
        )
        return int(await self._session.scalar(statement) or 0)

    async def delete(self, asset_id: UUID) -> None:
        """Lets go of a file; its bytes go with the next sweep."""
        await self._session.execute(delete(Asset).where(Asset.id == asset_id))

    async def forget_unused(self, days: int) -> int:
        """Lets go of files that can be made again and were not used for so long; how many."""
        return len((await self._session.execute(UNUSED, {"days": days})).all())

    async def kept_hashes(self, hashes: Sequence[str]) -> set[str]:
        """Those of the hashes that a row still names."""
        statement = select(Asset.content_hash).where(Asset.content_hash.in_(hashes))
        return set(await self._session.scalars(statement))


def _stored(row: Asset) -> StoredAsset:
    return StoredAsset(**{field.name: getattr(row, field.name) for field in fields(StoredAsset)})
