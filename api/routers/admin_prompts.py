"""Prompts for admins: versions, previews, weights, rolling back."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ADMIN, permits
from api.schemas.prompts import (
    PromptActivationCreate,
    PromptEvaluationReplace,
    PromptPreviewCreate,
    PromptPreviewRead,
    PromptRead,
    PromptSummaryRead,
    PromptVersionCreate,
    PromptVersionRead,
    VersionNumber,
)

router = APIRouter(prefix="/admin/prompts", tags=["admin"], responses=problems(401, 403, 422, 503))

PromptName = Annotated[
    str,
    Path(
        alias="name",
        pattern=r"^[a-z_]+(\.[a-z_]+)+$",
        max_length=100,
        examples=["tutor.explain"],
    ),
]


@router.get("", summary="List prompts (admin)")
@permits(ADMIN)
async def list_prompts(
    services: ServicesDependency, actor: CurrentActor
) -> list[PromptSummaryRead]:
    """Every prompt with its versions and the weights in use."""
    found = await services.prompts.list_all(actor)
    return [PromptSummaryRead.model_validate(each) for each in found]


@router.get("/{name}", summary="Read a prompt (admin)", responses=problems(404))
@permits(ADMIN)
async def read_prompt(
    services: ServicesDependency, actor: CurrentActor, name: PromptName
) -> PromptRead:
    """A prompt with its texts, variables and past activations."""
    return PromptRead.model_validate(await services.prompts.read(actor, name))


@router.post(
    "/{name}/versions",
    status_code=201,
    summary="Write a version of a prompt (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def create_prompt_version(
    services: ServicesDependency, actor: CurrentActor, name: PromptName, body: PromptVersionCreate
) -> PromptVersionRead:
    """Checks and saves a text; it is not in use until it is activated."""
    version = await services.prompts.add_version(actor, name, body.body, body.description)
    return PromptVersionRead.model_validate(version)


@router.post("/{name}/preview", summary="Render a prompt (admin)", responses=problems(404))
@permits(ADMIN)
async def preview_prompt(
    services: ServicesDependency, actor: CurrentActor, name: PromptName, body: PromptPreviewCreate
) -> PromptPreviewRead:
    """Renders a text or a version with sample values, or values given; nothing is saved."""
    made = await services.prompts.preview(
        actor, name, body=body.body, version=body.version, values=body.values
    )
    return PromptPreviewRead.model_validate(made)


@router.post(
    "/{name}/activate", summary="Put versions of a prompt in use (admin)", responses=problems(404)
)
@permits(ADMIN)
async def activate_prompt(
    services: ServicesDependency,
    actor: CurrentActor,
    name: PromptName,
    body: PromptActivationCreate,
) -> PromptRead:
    """Uses one version for all conversations, or several by weight."""
    return PromptRead.model_validate(await services.prompts.activate(actor, name, body.chosen))


@router.post(
    "/{name}/rollback", summary="Undo the last activation (admin)", responses=problems(404)
)
@permits(ADMIN)
async def roll_back_prompt(
    services: ServicesDependency, actor: CurrentActor, name: PromptName
) -> PromptRead:
    """Returns to the weights that were in use before the last change."""
    return PromptRead.model_validate(await services.prompts.roll_back(actor, name))


@router.put(
    "/{name}/versions/{version}/evaluation",
    summary="Keep a version's evaluation (admin)",
    responses=problems(404),
)
@permits(ADMIN)
async def replace_prompt_evaluation(
    services: ServicesDependency,
    actor: CurrentActor,
    name: PromptName,
    version: VersionNumber,
    body: PromptEvaluationReplace,
) -> PromptRead:
    """Keeps what an evaluation found beside the version."""
    view = await services.prompts.set_evaluation(actor, name, version, body.evaluation)
    return PromptRead.model_validate(view)
