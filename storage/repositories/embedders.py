"""Which encoders have vectors in the database, and under which small number."""

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import func

from models.corpus import Embedder


class EmbeddersRepository:
    """The rows of `embedders`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ensure(self, name: str, dimension: int) -> int:
        """The number of the embedder called `name`; registered at its first use.

        The first one ever registered becomes the active one. Idempotent, also under concurrency.
        """
        known = await self._session.scalar(select(Embedder.id).where(Embedder.name == name))
        if known is not None:
            return known
        next_id = select(func.coalesce(func.max(Embedder.id), 0) + 1).scalar_subquery()
        await self._session.execute(
            insert(Embedder)
            .values(id=next_id, name=name, dimension=dimension)
            .on_conflict_do_nothing()
        )
        registered = await self._session.scalar(select(Embedder.id).where(Embedder.name == name))
        if registered is None:
            return await self.ensure(name, dimension)
        await self._session.execute(
            update(Embedder)
            .where(Embedder.id == registered, ~select(Embedder).where(Embedder.is_active).exists())
            .values(is_active=True)
        )
        return registered
