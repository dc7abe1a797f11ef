"""Problems in the shape that OpenAI's clients read.

Source: OpenAI API reference, "Error codes".
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Scope

from services.errors import InvalidValueError
from storage.errors import NotFoundError

PREFIX = "/v1"
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
CODES = {
    "not_authenticated": "invalid_api_key",
    "overloaded": "server_overloaded",
    "rate_limited": "rate_limit_exceeded",
}
"""Of problems that OpenAI has a code of its own for."""
NAMELESS_FIELDS = frozenset({"body", "query", "header", "path"})


class ModelNotFoundError(NotFoundError):
    """There is no course of that name that the caller may ask in."""

    code = "model_not_found"

    def __init__(self, name: str) -> None:
        super().__init__("model", name)


class UnsupportedParameterError(InvalidValueError):
    """A parameter of OpenAI's asks for what a tutor does not do."""

    code = "unsupported_parameter"


class OpenAIErrorResponse(Response):
    """A problem as OpenAI would say it."""

    media_type = "application/json"

    def __init__(self, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        status = HTTPStatus(problem["status"])
        super().__init__(
            orjson.dumps(openai_error(problem)),
            # What does not fit is a 400 there; clients know no 422.
            status_code=HTTPStatus.BAD_REQUEST if status is UNPROCESSABLE else status,
            headers=headers,
        )


def speaks_openai(scope: Scope) -> bool:
    """Whether a request is for the OpenAI-compatible endpoint."""
    path: str = scope.get("path", "")
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def openai_error(problem: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an error response, and of an error within a stream."""
    code = problem["code"]
    return {
        "error": {
            "message": problem["detail"],
            "type": _type_of(problem["status"]),
            "param": "model" if code == ModelNotFoundError.code else _parameter_of(problem),
            "code": CODES.get(code, code),
        }
    }


def _type_of(status: int) -> str:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "rate_limit_error"
    return "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"


def _parameter_of(problem: Mapping[str, Any]) -> str | None:
    errors = problem.get("errors")
    field: str | None = errors[0]["field"] if errors else None
    return None if field in NAMELESS_FIELDS else field
