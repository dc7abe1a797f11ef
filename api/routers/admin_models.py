"""The registry of chat models: deployments, aliases, health; for admins."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path

from ai.routing.deployment import NAME_PATTERN, Alias, Deployment
from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.models import (
    AliasRead,
    DeploymentCreate,
    DeploymentRead,
    ProbeRead,
    RegistryRead,
)

router = APIRouter(prefix="/admin/models", tags=["admin"], responses=problems(401, 403, 422, 503))

ModelName = Annotated[str, Path(pattern=NAME_PATTERN, description="Name of a deployment.")]
AliasName = Annotated[str, Path(pattern=NAME_PATTERN, examples=["tutor"])]
Changes = Annotated[
    dict[str, Any],
    Body(description="Fields of a deployment.", examples=[{"is_enabled": False}], max_length=30),
]


@router.get("", summary="List chat models (admin)")
@permits(ADMIN)
async def list_models(services: ServicesDependency, actor: CurrentActor) -> RegistryRead:
    """Deployments with their health, and aliases."""
    return RegistryRead.model_validate(await services.models.overview(actor))


@router.post("", status_code=201, summary="Add a chat model (admin)", responses=problems(409))
@permits(ADMIN)
async def create_model(
    services: ServicesDependency, actor: CurrentActor, body: DeploymentCreate
) -> DeploymentRead:
    """Adds a deployment; other processes use it within seconds."""
    definition = Deployment(**{name: getattr(body, name) for name in Deployment.model_fields})
    return DeploymentRead.model_validate(await services.models.create(actor, body.name, definition))


@router.put("/aliases/{alias}", summary="Set what an alias stands for (admin)")
@permits(ADMIN)
async def set_alias(
    services: ServicesDependency, actor: CurrentActor, alias: AliasName, body: Alias
) -> AliasRead:
    """Sets the deployments behind `tutor`, `writer`, `judge`, `speech` or a name of one's own."""
    return AliasRead.model_validate(await services.models.set_alias(actor, alias, body))


@router.post(
    "/{name:path}/probe", summary="Ask a chat model for one word (admin)", responses=problems(404)
)
@permits(ADMIN)
async def probe_model(
    services: ServicesDependency, actor: CurrentActor, name: ModelName
) -> ProbeRead:
    """Says whether it answers; success closes its breaker."""
    return ProbeRead.model_validate(await services.models.probe(actor, name))


@router.get("/{name:path}", summary="Read a chat model (admin)", responses=problems(404))
@permits(ADMIN)
async def read_model(
    services: ServicesDependency, actor: CurrentActor, name: ModelName
) -> DeploymentRead:
    """One deployment with its health."""
    return DeploymentRead.model_validate(await services.models.read(actor, name))


@router.put("/{name:path}", summary="Replace a chat model (admin)", responses=problems(404))
@permits(ADMIN)
async def replace_model(
    services: ServicesDependency, actor: CurrentActor, name: ModelName, body: Deployment
) -> DeploymentRead:
    """Sets every field; those left out get their default."""
    return DeploymentRead.model_validate(await services.models.replace(actor, name, body))


@router.patch("/{name:path}", summary="Change a chat model (admin)", responses=problems(404))
@permits(ADMIN)
async def change_model(
    services: ServicesDependency, actor: CurrentActor, name: ModelName, body: Changes
) -> DeploymentRead:
    """Changes the fields sent, and no others."""
    return DeploymentRead.model_validate(await services.models.change(actor, name, body))


@router.delete(
    "/{name:path}",
    status_code=204,
    summary="Remove a chat model (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def delete_model(services: ServicesDependency, actor: CurrentActor, name: ModelName) -> None:
    """Takes out what was added or changed at run time; the models file keeps what it says."""
    await services.models.delete(actor, name)
