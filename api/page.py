"""The web page: its built files, or a line of text that says how to build them."""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PAGE_FOLDER = Path(__file__).parents[1] / "web" / "dist"
PROGRAM_PATHS = ("/api/", "/health", "/metrics", "/v1/", "/docs", "/openapi.json")
API_PAGE = "api.html"
CODINGS = {"br": ".br", "gzip": ".gz"}
"""How the build has compressed the files of `COMPRESSED`, smallest first, and their endings."""
COMPRESSED = (".js", ".css")
NOT_BUILT = """NeuroShiksha runs, but its web page is not built here.

Build it:    make run        (or: npm ci && npm run build, in web/)
The API:     /openapi.json
"""


def page_router(folder: Path = PAGE_FOLDER) -> APIRouter:
    """Serves the page at `/`, last of all routes, and the documentation of the API at `/docs`."""
    if not (folder / "index.html").is_file():
        return unbuilt_page_router()
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    async def api_documentation() -> FileResponse:
        return FileResponse(folder / API_PAGE)

    router.include_router(single_page_router(folder))
    return router


def single_page_router(folder: Path) -> APIRouter:
    """Serves the page's files, and its index for paths that the page itself knows."""
    router = APIRouter(dependencies=[Depends(refuse_program_paths)])
    router.frontend("/", directory=folder, fallback="index.html", check_dir=True)
    return router


def unbuilt_page_router() -> APIRouter:
    """Serves a plain text at `/`."""
    router = APIRouter()

    @router.get("/", include_in_schema=False)
    async def not_built() -> PlainTextResponse:
        return PlainTextResponse(NOT_BUILT)

    return router


def asset_routes(folder: Path = PAGE_FOLDER) -> list[BaseRoute]:
    """Serves the files that the page is made of; tried first, as a browser asks for several."""
    assets = folder / "assets"
    return [Mount("/assets", CompressedFiles(directory=assets))] if assets.is_dir() else []


class CompressedFiles(StaticFiles):
    """Files of a folder, sent as the build has compressed them to browsers that can read it."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at a path; a range counts bytes of the file itself, so it is sent plain."""
        headers = Headers(scope=scope)
        if not path.endswith(COMPRESSED) or "range" in headers:
            return await super().get_response(path, scope)
        response = await self._compressed(path, scope, headers.get("accept-encoding", ""))
        response.headers["Vary"] = "Accept-Encoding"
        return response

    async def _compressed(self, path: str, scope: Scope, accepted: str) -> Response:
        """The smallest form that is accepted and exists."""
        for coding in CODINGS:
            if coding not in accepted:
                continue
            try:
                response = await super().get_response(path + CODINGS[coding], scope)
            except HTTPException as error:
                if error.status_code != HTTPStatus.NOT_FOUND:
                    raise
            else:
                response.headers["Content-Encoding"] = coding
                return response
        return await super().get_response(path, scope)


async def refuse_program_paths(request: Request) -> None:
    """Passes silently for paths of the page; one of the API that no route knows is not found.

    Raises:
        HTTPException: 404 for the latter, so that a program never gets the page instead.
    """
    if request.url.path.startswith(PROGRAM_PATHS):
        raise HTTPException(404)
