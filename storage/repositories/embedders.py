"""Which encoders have vectors in the database, under which small number, and which one counts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import false, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import func

from models.corpus import Embedder

STATES = text("""
SELECT embedders.id, embedders.name, embedders.is_active, counted.vectors,
       embedders.id = (SELECT id FROM embedders WHERE wanted_at IS NOT NULL
                       ORDER BY wanted_at DESC, id DESC LIMIT 1) AS is_wanted
FROM embedders CROSS JOIN LATERAL (
    SELECT count(*) AS vectors FROM chunk_vectors WHERE embedder_id = embedders.id
) AS counted
ORDER BY embedders.id
""")


@dataclass(frozen=True, slots=True)
class EmbedderState:
    """How far an embedder is.

    Attributes:
        is_active: every chunk has its vectors, or gets them within a round of upkeep.
        is_wanted: it is the one that is to be active.
        vectors: chunks that have its vectors.
    """

    id: int
    name: str
    is_active: bool
    is_wanted: bool
    vectors: int


class EmbeddersRepository:
    """The rows of `embedders`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def ensure(self, name: str, dimension: int) -> int:
        """The number of the embedder called `name`; registered at its first use.

        The first one ever registered becomes the active one; a later one becomes the wanted one.
        Idempotent, also under concurrency.
        """
        known = await self._session.scalar(select(Embedder.id).where(Embedder.name == name))
        if known is not None:
            return known
        next_id = select(func.coalesce(func.max(Embedder.id), 0) + 1).scalar_subquery()
        await self._session.execute(
            insert(Embedder)
            .values(id=next_id, name=name, dimension=dimension, wanted_at=func.now())
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

    async def active(self) -> int | None:
        """The embedder whose vectors every chunk has."""
        return await self._session.scalar(select(Embedder.id).where(Embedder.is_active))

    async def wanted(self) -> int | None:
        """The embedder that is to be the active one."""
        return await self._session.scalar(
            select(Embedder.id)
            .where(Embedder.wanted_at.is_not(None))
            .order_by(Embedder.wanted_at.desc(), Embedder.id.desc())
            .limit(1)
        )

    async def want(self, embedder_id: int) -> None:
        """Says that this one is to be the active one, whichever was wanted before."""
        if await self.wanted() != embedder_id:
            await self._session.execute(
                update(Embedder)
                .where(Embedder.id == embedder_id)
                .values(wanted_at=func.clock_timestamp())
            )

    async def activate(self, embedder_id: int) -> None:
        """Makes it the one active embedder; the other is none from the same moment on."""
        await self._session.execute(
            update(Embedder)
            .where(Embedder.is_active, Embedder.id != embedder_id)
            .values(is_active=False)
        )
        await self._session.execute(
            update(Embedder).where(Embedder.id == embedder_id).values(is_active=True)
        )

    async def others(self, embedder_id: int) -> Sequence[int]:
        """All but this one."""
        rows = await self._session.scalars(select(Embedder.id).where(Embedder.id != embedder_id))
        return rows.all()

    async def forget_wish(self, embedder_id: int) -> None:
        """Lets it be wanted no more, unless it is active."""
        await self._session.execute(
            update(Embedder)
            .where(Embedder.id == embedder_id, Embedder.is_active == false())
            .values(wanted_at=None)
        )

    async def states(self) -> list[EmbedderState]:
        """Every embedder, oldest first; counts vectors, which takes seconds for a million."""
        rows = await self._session.execute(STATES)
        return [
            EmbedderState(row.id, row.name, row.is_active, bool(row.is_wanted), row.vectors)
            for row in rows
        ]
