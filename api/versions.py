"""Versions of the API: each answer names its own, and one that is not spoken is refused.

Policy: docs/api-versions.md.
"""

import re
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import problem

VERSION_HEADER = "API-Version"
CURRENT = "1"
SPOKEN = (CURRENT,)
VERSIONED = "/api/"
IN_PATH = re.compile(r"/api/[vV]([0-9][0-9.]*)(?:/|$)")


class RefuseUnknownVersions:
    """Refuses a request for a version of the API that is not spoken here, before anything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app for what names no version or one that is spoken; others get a problem."""
        if scope["type"] == "http" and scope["path"].startswith(VERSIONED):
            refused = refused_version(scope)
            if refused is not None:
                status, asked = refused
                spoken = ", ".join(SPOKEN)
                detail = f"There is no version {asked} of this API; it speaks {spoken}."
                extra = {"versions": list(SPOKEN)}
                response = problem(scope, status, "unknown_api_version", detail, extra=extra)
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


def refused_version(scope: Scope) -> tuple[HTTPStatus, str] | None:
    """The version asked for that is not spoken, with the status that says so; else None.

    In the path it is a place that is not there; in the header a request that cannot be met.
    """
    in_path = IN_PATH.match(scope["path"])
    if in_path is not None and in_path[1] not in SPOKEN:
        return HTTPStatus.NOT_FOUND, in_path[1]
    asked = Headers(scope=scope).get(VERSION_HEADER, CURRENT).strip()
    return None if asked in SPOKEN else (HTTPStatus.BAD_REQUEST, asked[:40])
