"""Files made of content: videos with their captions, lessons as PDF."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import FileResponse, Response

from api.asset_response import FILE, asset_response
from api.collections import KEPT, KeptCollection, kind_of
from api.dependencies import CurrentActor, ServicesDependency
from api.openapi import problems
from api.permissions import ANYONE, READS_COURSE, permits
from api.schemas.jobs import AssetList, AssetRead, SignedLinkRead

router = APIRouter(tags=["content"], responses=problems(422, 503))

API_PREFIX = "/api/v1"


@router.get(
    f"/{KEPT}/{{content_id}}/assets",
    summary="List the files of content",
    responses=problems(401, 404),
)
@permits(READS_COURSE)
async def list_assets(
    services: ServicesDependency,
    actor: CurrentActor,
    collection: KeptCollection,
    content_id: UUID,
) -> AssetList:
    """The files made of the version that the caller sees."""
    found = await services.authoring.assets.of_content(actor, kind_of(collection), content_id)
    return AssetList(items=[AssetRead.model_validate(asset) for asset in found])


@router.get(
    "/assets/{asset_id}",
    summary="Read a file",
    response_class=FileResponse,
    responses={**FILE, **problems(401, 404, 416)},
)
@permits(READS_COURSE)
async def read_asset(
    services: ServicesDependency, actor: CurrentActor, asset_id: UUID, request: Request
) -> Response:
    """The file; ranges are served, so that a player can seek."""
    return await asset_response(request, await services.authoring.assets.open(actor, asset_id))


@router.post(
    "/assets/{asset_id}/link",
    summary="Sign an address of a file",
    responses=problems(401, 404),
)
@permits(READS_COURSE)
async def sign_asset(
    services: ServicesDependency, actor: CurrentActor, asset_id: UUID
) -> SignedLinkRead:
    """An address that opens the file for a quarter of an hour, for a player that cannot sign in."""
    link = await services.authoring.assets.link(actor, asset_id)
    return SignedLinkRead(url=f"{API_PREFIX}{link.path}", expires_at=link.expires_at)


@router.get(
    "/signed-assets/{asset_id}/{expires}/{signature}",
    summary="Read a file by its signed address",
    response_class=FileResponse,
    responses={**FILE, **problems(416)},
)
@permits(ANYONE)
async def read_signed_asset(
    services: ServicesDependency,
    asset_id: UUID,
    expires: Annotated[int, Path(ge=0, le=2**32)],
    signature: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
) -> Response:
    """The file, for who has the address, until it expires."""
    assets = services.authoring.assets
    return await asset_response(request, await assets.open_signed(asset_id, expires, signature))
