"""Queries on prompt versions that admins wrote, and on which versions are in use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.language_models import PromptActivation, PromptVersion
from storage.paging import AnySelect

FIRST_WRITTEN_VERSION = 1001
"""Files of releases count from 1, so that the two never meet."""

_NEWEST_FIRST = (PromptActivation.created_at.desc(), PromptActivation.id.desc())


@dataclass(frozen=True, slots=True)
class StoredPromptVersion:
    """A row of `prompt_versions`: a text written by an admin, or a file's evaluation."""

    name: str
    version: int
    source: str
    created_at: datetime
    created_by: UUID | None
    evaluation: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class StoredActivation:
    """The weights of a prompt's versions from a moment on."""

    name: str
    weights: dict[int, int]
    created_at: datetime
    created_by: UUID | None


class PromptRepository:
    """Reads and writes prompt versions and activations within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def versions(self, name: str | None = None) -> list[StoredPromptVersion]:
        """Rows of one prompt or of all, by name and version."""
        statement = select(PromptVersion).order_by(PromptVersion.name, PromptVersion.version)
        if name is not None:
            statement = statement.where(PromptVersion.name == name)
        return [_version(row) for row in await self._session.scalars(statement)]

    async def next_version(self, name: str) -> int:
        """The number for a new version of a prompt; others wait for it until the commit."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
        statement = select(func.max(PromptVersion.version)).where(PromptVersion.name == name)
        newest = await self._session.scalar(statement) or 0
        return max(newest + 1, FIRST_WRITTEN_VERSION)

    async def add_version(
        self, name: str, version: int, source: str, created_by: UUID
    ) -> StoredPromptVersion:
        """Adds a version under the number that `next_version` gave."""
        statement = (
            insert(PromptVersion)
            .values(name=name, version=version, source=source, created_by=created_by)
            .returning(PromptVersion)
        )
        return _version((await self._session.scalars(statement)).one())

    async def set_evaluation(
        self, name: str, version: int, source: str, evaluation: Mapping[str, Any]
    ) -> None:
        """Keeps an evaluation beside a version; a file's version gets its row here."""
        statement = insert(PromptVersion).values(
            name=name, version=version, source=source, evaluation=dict(evaluation)
        )
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=[PromptVersion.name, PromptVersion.version],
                set_={"evaluation": statement.excluded.evaluation},
            )
        )

    async def latest_activation_id(self) -> UUID | None:
        """Which change of weights was the last; None before the first."""
        statement = select(PromptActivation.id).order_by(*_NEWEST_FIRST).limit(1)
        return await self._session.scalar(statement)

    async def current_weights(self) -> dict[str, dict[int, int]]:
        """The weights in use, of each prompt that was ever activated."""
        statement = (
            select(PromptActivation)
            .ext(distinct_on(PromptActivation.name))
            .order_by(PromptActivation.name, *_NEWEST_FIRST)
        )
        found = await self._activations(statement)
        return {activation.name: activation.weights for activation in found}

    async def activations(self, name: str, limit: int) -> list[StoredActivation]:
        """The last changes of one prompt's weights, newest first."""
        statement = (
            select(PromptActivation)
            .where(PromptActivation.name == name)
            .order_by(*_NEWEST_FIRST)
            .limit(limit)
        )
        return await self._activations(statement)

    async def activate(self, name: str, weights: Mapping[int, int], created_by: UUID) -> None:
        """Puts weights in use from now on."""
        stored = {str(version): weight for version, weight in sorted(weights.items())}
        self._session.add(PromptActivation(name=name, weights=stored, created_by=created_by))
        await self._session.flush()

    async def _activations(self, statement: AnySelect) -> list[StoredActivation]:
        return [
            StoredActivation(
                row.name,
                {int(version): int(weight) for version, weight in row.weights.items()},
                row.created_at,
                row.created_by,
            )
            for row in await self._session.scalars(statement)
        ]


def _version(row: PromptVersion) -> StoredPromptVersion:
    return StoredPromptVersion(
        row.name, row.version, row.source, row.created_at, row.created_by, row.evaluation
    )
