"""The OpenAPI document: the problem schema, and which problems a route declares."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.deprecations import DeprecatedRoute
from api.errors import PROBLEM_MEDIA_TYPE
from api.permissions import DeclaredRoute
from api.schemas.common import Problem
from api.session_cookie import CSRF_HEADER, PLAIN_NAME, SAFE_METHODS, SECURE_NAME

COOKIE, CSRF = "SessionCookie", "CsrfToken"
COOKIE_SCHEMES = {
    COOKIE: {
        "type": "apiKey",
        "in": "cookie",
        "name": PLAIN_NAME,
        "description": "A browser's session, from POST /auth/login. Outside the embedded mode it"
        f" is called `{SECURE_NAME}`.",
    },
    CSRF: {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "Comes with the cookie where a request changes something; its value is the"
        " `csrf_token` of POST /auth/login and GET /auth/session.",
    },
}
SCHEMA_REFERENCE = "#/components/schemas/Problem"


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route or router that can end in these statuses."""
    content = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": SCHEMA_REFERENCE}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


def openapi_document(
    app: FastAPI,
    declared: Iterable[DeclaredRoute] = (),
    deprecated: Iterable[DeprecatedRoute] = (),
) -> dict[str, Any]:
    """The document of an app, made once, with the schema that `problems` refers to.

    The routes that are `declared` say what becomes of a caller whom they are not for.
    """
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        document["components"].setdefault("securitySchemes", {}).update(COOKIE_SCHEMES)
        for route in declared:
            operation = document["paths"][route.path][route.method.lower()]
            _add_refusals(operation, route)
            _add_cookie(operation, route)
        for going in deprecated:
            document["paths"][going.path][going.method.lower()]["deprecated"] = True
        app.openapi_schema = document
    return app.openapi_schema


def _add_refusals(operation: dict[str, Any], route: DeclaredRoute) -> None:
    """Adds what every route may end in before it is run; a default stands for all of them."""
    responses = operation["responses"]
    if "default" in responses or route.path.startswith("/health"):
        return
    needs_account = route.rule is not None and route.rule.needs_account
    possible = [429, 503]
    if needs_account:
        possible += (401, 403)
    if "requestBody" in operation:
        possible.append(413)
    missing = [status for status in possible if str(status) not in responses]
    for status, described in problems(*missing).items():
        responses[str(status)] = described


def _add_cookie(operation: dict[str, Any], route: DeclaredRoute) -> None:
    """Adds the browser's cookie to the ways of signing in, where a route has any."""
    if "security" not in operation:
        return
    cookie: dict[str, list[str]] = {COOKIE: []}
    if route.method not in SAFE_METHODS:
        cookie[CSRF] = []
    operation["security"] = [*operation["security"], cookie]
