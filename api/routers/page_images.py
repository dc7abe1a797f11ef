"""Pages of a document as pictures, under the document's own address."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import Field

from api.cached_reads import REVALIDATED
from api.dependencies import CurrentActor, ServicesDependency
from api.entity_tags import names_tag
from api.openapi import problems
from api.permissions import READS_COURSE, permits
from services.page_images import PageImageRequest

router = APIRouter(tags=["documents"], responses=problems(401, 404, 422, 503))

PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"image/png": {}}, "description": "The page."},
    304: {"description": "The caller has this picture already."},
}

ChunkId = Annotated[int, Field(ge=1, le=2**63 - 1)]


@router.get(
    "/documents/{document_id}/pages/{page}.png",
    summary="See a page of a PDF file",
    response_class=Response,
    responses=PICTURE,
)
@permits(READS_COURSE)
async def page_image(
    services: ServicesDependency,
    actor: CurrentActor,
    document_id: UUID,
    page: Annotated[int, Path(ge=1, le=2**31 - 1)],
    highlight: Annotated[
        list[ChunkId] | None,
        Query(max_length=50, description="Ids of the chunks to mark; may be repeated."),
    ] = None,
    scale: Annotated[float, Query(ge=0.5, le=4, description="Pixels to a point.")] = 2,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The page as PNG, with a passage marked where `highlight` names its chunks."""
    asked = PageImageRequest(page, scale, tuple(highlight or ()))
    image = await services.page_images.find(actor, document_id, asked)
    headers = {"ETag": f'"{image.tag}"', **REVALIDATED}
    if names_tag(if_none_match, image.tag):
        return Response(status_code=304, headers=headers)
    png = await services.page_images.png(image)
    return Response(png, media_type="image/png", headers=headers)
