"""Deployments and aliases that an admin added or changed at run time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import ModelAlias, ModelDeployment


@dataclass(frozen=True, slots=True)
class StoredRegistry:
    """All that the database holds of the registry, as it was written."""

    deployments: Mapping[str, Mapping[str, Any]]
    aliases: Mapping[str, Mapping[str, Any]]


class DeploymentRepository:
    """The rows of `model_deployments` and `model_aliases`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> StoredRegistry:
        """Every deployment and alias, in the order of their names."""
        deployments = await self._session.scalars(
            select(ModelDeployment).order_by(ModelDeployment.name)
        )
        aliases = await self._session.scalars(select(ModelAlias).order_by(ModelAlias.name))
        return StoredRegistry(
            {row.name: {**row.definition, "is_enabled": row.is_enabled} for row in deployments},
            {
                row.name: {"deployments": row.deployments, "strategy": row.strategy}
                for row in aliases
            },
        )

    async def lock(self) -> None:
        """Keeps other changes out until the transaction ends, so that each is checked in turn."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtext("registry"))))

    async def put(self, name: str, definition: Mapping[str, Any], *, is_enabled: bool) -> None:
        """Adds a deployment, or replaces it."""
        values = {"definition": dict(definition), "is_enabled": is_enabled}
        await self._session.execute(
            insert(ModelDeployment)
            .values(name=name, **values)
            .on_conflict_do_update(
                index_elements=[ModelDeployment.name], set_={**values, "updated_at": func.now()}
            )
        )

    async def delete(self, name: str) -> None:
        """Takes a deployment out; nothing happens where there is none."""
        await self._session.execute(delete(ModelDeployment).where(ModelDeployment.name == name))

    async def put_alias(self, name: str, deployments: tuple[str, ...], strategy: str) -> None:
        """Adds an alias, or replaces it."""
        values = {"deployments": list(deployments), "strategy": strategy}
        await self._session.execute(
            insert(ModelAlias)
            .values(name=name, **values)
            .on_conflict_do_update(
                index_elements=[ModelAlias.name], set_={**values, "updated_at": func.now()}
            )
        )
