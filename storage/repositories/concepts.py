"""Concepts of courses and what each needs first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from models import Concept, ConceptPrerequisite

Origin = Literal["extracted", "teacher"]


@dataclass(frozen=True, slots=True)
class StoredConcept:
    """A concept; `key` is its name folded."""

    id: UUID
    name: str
    key: str
    origin: Origin
    prerequisites: tuple[UUID, ...] = ()


class ConceptRepository:
    """The rows of `concepts` and `concept_prerequisites`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_course(self, course_id: UUID) -> list[StoredConcept]:
        """The concepts of a course in its order, with their prerequisites."""
        statement = (
            select(Concept)
            .where(Concept.course_id == course_id, Concept.removed_at.is_(None))
            .order_by(Concept.position, Concept.id)
        )
        rows = list(await self._session.scalars(statement))
        living = {row.id for row in rows}
        needs: dict[UUID, list[UUID]] = {row.id: [] for row in rows}
        links = select(ConceptPrerequisite.concept_id, ConceptPrerequisite.prerequisite_id)
        links = links.where(ConceptPrerequisite.course_id == course_id)
        for concept_id, prerequisite_id in await self._session.execute(links):
            if concept_id in living and prerequisite_id in living:
                needs[concept_id].append(prerequisite_id)
        return [
            StoredConcept(
                row.id,
                row.name,
                row.key,
                "teacher" if row.origin == "teacher" else "extracted",
                tuple(sorted(needs[row.id])),
            )
            for row in rows
        ]

    async def by_keys(self, course_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
        """The ids of living concepts, by their keys."""
        statement = select(Concept.key, Concept.id).where(
            Concept.course_id == course_id,
            Concept.key.in_(set(keys)),
            Concept.removed_at.is_(None),
        )
        return {row.key: row.id for row in await self._session.execute(statement)}

    async def add_extracted(self, course_id: UUID, names: Mapping[str, str]) -> int:
        """Adds concepts, names by keys, after those there are; how many were new.

        One that was taken out before stays out.
        """
        if not names:
            return 0
        last = await self._session.scalar(
            select(func.max(Concept.position)).where(Concept.course_id == course_id)
        )
        rows = [
            {
                "id": uuid7(),
                "course_id": course_id,
                "name": name,
                "key": key,
                "position": (-1 if last is None else last) + place,
            }
            for place, (key, name) in enumerate(names.items(), start=1)
        ]
        statement = upsert(Concept).values(rows).on_conflict_do_nothing().returning(Concept.id)
        return len((await self._session.scalars(statement)).all())

    async def replace(
        self, course_id: UUID, names: Mapping[str, str], prerequisites: Mapping[str, Sequence[str]]
    ) -> None:
        """Makes these, names by keys in their order, the concepts of a course.

        Concepts keep their id by their key; those left out are taken out.
        """
        await self._session.execute(
            update(Concept)
            .where(Concept.course_id == course_id, Concept.key.not_in(names))
            .values(removed_at=func.now())
        )
        for position, (key, name) in enumerate(names.items()):
            statement = upsert(Concept).values(
                id=uuid7(),
                course_id=course_id,
                name=name,
                key=key,
                position=position,
                origin="teacher",
            )
            await self._session.execute(
                statement.on_conflict_do_update(
                    constraint="uq_concepts_course_id_key",
                    set_={
                        "name": name,
                        "position": position,
                        "removed_at": None,
                        "updated_at": func.now(),
                    },
                )
            )
        await self._link(course_id, prerequisites, await self.by_keys(course_id, names))

    async def _link(
        self, course_id: UUID, prerequisites: Mapping[str, Sequence[str]], ids: Mapping[str, UUID]
    ) -> None:
        await self._session.execute(
            delete(ConceptPrerequisite).where(ConceptPrerequisite.course_id == course_id)
        )
        rows = [
            {"concept_id": ids[key], "prerequisite_id": ids[needed], "course_id": course_id}
            for key, all_needed in prerequisites.items()
            for needed in all_needed
        ]
        if rows:
            await self._session.execute(insert(ConceptPrerequisite), rows)
