"""Every error as RFC 9457 problem+json; the one place where errors meet HTTP."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from ai.embedding import errors as embedding_errors
from api.openai_compatible.errors import OpenAIErrorResponse, speaks_openai
from api.rate_limit_headers import refusal_headers
from services import errors as service_errors
from services.authoring.assets import QuotaExceededError
from services.authoring.gate import GateRefusedError
from services.authoring.renditions import CannotBeMadeError, FormatNotFoundError
from services.debugging.errors import DebuggingOffError, ProfileRunningError
from storage import errors as storage_errors
from storage.files import is_disk_full

logger = logging.getLogger(__name__)

PROBLEM_MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
"""For stores that are away: PostgreSQL restarts in about a second."""

STATUS_OF: dict[type[Exception], HTTPStatus] = {
    service_errors.NotAuthenticatedError: HTTPStatus.UNAUTHORIZED,
    service_errors.EmailNotVerifiedError: HTTPStatus.FORBIDDEN,
    service_errors.ForgedRequestError: HTTPStatus.FORBIDDEN,
    service_errors.SecondFactorMissingError: HTTPStatus.FORBIDDEN,
    service_errors.PermissionDeniedError: HTTPStatus.FORBIDDEN,
    service_errors.InvalidValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
    service_errors.WrongStateError: HTTPStatus.CONFLICT,
    service_errors.KeyReusedError: HTTPStatus.CONFLICT,
    GateRefusedError: HTTPStatus.CONFLICT,
    CannotBeMadeError: HTTPStatus.CONFLICT,
    FormatNotFoundError: HTTPStatus.NOT_ACCEPTABLE,
    DebuggingOffError: HTTPStatus.CONFLICT,
    ProfileRunningError: HTTPStatus.CONFLICT,
    QuotaExceededError: HTTPStatus.INSUFFICIENT_STORAGE,
    service_errors.NoPageImageError: HTTPStatus.NOT_FOUND,
    service_errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    service_errors.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    service_errors.OverloadedError: HTTPStatus.SERVICE_UNAVAILABLE,
    service_errors.TooManyAttemptsError: HTTPStatus.TOO_MANY_REQUESTS,
    service_errors.UpstreamTimeoutError: HTTPStatus.GATEWAY_TIMEOUT,
    embedding_errors.EmbeddingsUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    embedding_errors.EmbeddingsTimedOutError: HTTPStatus.GATEWAY_TIMEOUT,
    embedding_errors.EmbeddingsMisconfiguredError: HTTPStatus.SERVICE_UNAVAILABLE,
    storage_errors.NotFoundError: HTTPStatus.NOT_FOUND,
    storage_errors.ConflictError: HTTPStatus.CONFLICT,
    storage_errors.InvalidCursorError: HTTPStatus.UNPROCESSABLE_ENTITY,
    storage_errors.StorageUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    storage_errors.DiskFullError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Domain errors; a subclass takes its nearest parent's status, others are 500."""

CODE_OF_STATUS = {
    400: "bad_request",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_request",
}


class ProblemResponse(Response):
    """A problem+json response."""

    media_type = PROBLEM_MEDIA_TYPE


def install_error_handlers(app: FastAPI) -> None:
    """Makes every error that leaves a route a problem."""
    app.add_exception_handler(service_errors.ServiceError, domain_problem)
    app.add_exception_handler(storage_errors.StorageError, domain_problem)
    app.add_exception_handler(embedding_errors.EmbeddingError, domain_problem)
    app.add_exception_handler(RequestValidationError, validation_problem)
    app.add_exception_handler(HTTPException, http_problem)


async def domain_problem(request: Request, error: Exception) -> Response:
    """The problem of an error from services, storage or the encoder."""
    return domain_problem_response(request.scope, error)


def domain_problem_response(scope: Scope, error: Exception) -> Response:
    """The same outside of a route."""
    body = domain_problem_body(scope, error)
    return problem_response(scope, body, retry_headers(HTTPStatus(body["status"]), error))


def domain_problem_body(scope: Scope, error: Exception) -> dict[str, Any]:
    """The members of its problem; an error that nobody expected is logged, and says nothing."""
    status = status_of(error)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return unexpected_problem_body(scope, error)
    field = field_of(error)
    extra = None if field is None else {"errors": [{"field": field, "message": str(error)}]}
    code = getattr(error, "code", CODE_OF_STATUS.get(status, "error"))
    return problem_body(scope, status, code, str(error), extra)


async def validation_problem(request: Request, error: Exception) -> Response:
    """The problem of a request whose body or parameters do not fit, naming each field."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    body = validation_problem_body(request.scope, [field_error(item) for item in error.errors()])
    return problem_response(request.scope, body)


def validation_problem_body(scope: Scope, errors: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """The members of a problem with one or more faults, `{field, message}` each."""
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    detail = f"{errors[0]['field']}: {errors[0]['message']}{more}"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return problem_body(scope, status, "invalid_request", detail, {"errors": errors})


async def http_problem(request: Request, error: Exception) -> Response:
    """The problem of an error that the framework itself raises: unknown path, wrong method..."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:  # said of a body that is no JSON text, or no form
        fault = {"field": "body", "message": f"cannot be read: {error.detail}"}
        return problem_response(request.scope, validation_problem_body(request.scope, [fault]))
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }
    detail = details.get(status, error.detail)
    code = CODE_OF_STATUS.get(status, status.name.lower())
    return problem(request.scope, status, code, detail, headers=error.headers)


def unexpected_problem(scope: Scope, error: Exception) -> Response:
    """A 500 that tells nothing but where to look, or a 503 where a disk is full."""
    if is_disk_full(error):
        return domain_problem_response(scope, storage_errors.DiskFullError())
    return problem_response(scope, unexpected_problem_body(scope, error))


def unexpected_problem_body(scope: Scope, error: Exception) -> dict[str, Any]:
    """Its members, logged with its cause."""
    logger.error("request %s failed unexpectedly", request_id_of(scope), exc_info=error)
    detail = "Something went wrong here. The log holds the details under this request_id."
    return problem_body(scope, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", detail)


def problem(
    scope: Scope,
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A problem+json response.

    Source: RFC 9457; `code` and `request_id` are extension members.
    """
    return problem_response(scope, problem_body(scope, status, code, detail, extra), headers)


def problem_response(
    scope: Scope, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """A response with the members of a problem; in OpenAI's shape where that is spoken."""
    if speaks_openai(scope):
        return OpenAIErrorResponse(body, dict(headers or {}))
    content = orjson.dumps(body)
    return ProblemResponse(content, status_code=body["status"], headers=dict(headers or {}))


def problem_body(
    scope: Scope,
    status: HTTPStatus,
    code: str,
    detail: str,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The members of a problem, for a response body or an `error` event."""
    return {
        "type": f"urn:neuroshiksha:problem:{code}",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "code": code,
        "request_id": request_id_of(scope),
        "instance": scope.get("path", ""),
        **(extra or {}),
    }


def status_of(error: Exception) -> HTTPStatus:
    """The HTTP status of a domain error; 500 for one that has none."""
    for kind in type(error).__mro__:
        if kind in STATUS_OF:
            return STATUS_OF[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def field_of(error: Exception) -> str | None:
    """The request's field that a domain error is about, if it is about one."""
    if isinstance(error, storage_errors.InvalidCursorError):
        return "cursor"
    is_about_field = isinstance(
        error, service_errors.InvalidValueError | storage_errors.ConflictError
    )
    return getattr(error, "field", None) if is_about_field else None


def retry_headers(status: HTTPStatus, error: Exception) -> dict[str, str]:
    """What tells the client when to come again, or how to sign in."""
    if isinstance(error, service_errors.RateLimitedError):
        return refusal_headers(error)
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
        return {"Retry-After": str(getattr(error, "retry_after_seconds", RETRY_AFTER_SECONDS))}
    if status is HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    return {}


def field_error(found: Mapping[str, Any]) -> dict[str, str]:
    """One fault of a request: the field, and what is wrong with it.

    A field's name is as a person would write it: `items.0.title`.
    """
    place, *inner = found["loc"]
    if found["type"] == "json_invalid":
        message = f"not valid JSON at character {inner[0]}: {found['ctx']['error']}"
        return {"field": "body", "message": message}
    if place == "body" and not inner and found["type"] == "model_attributes_type":
        message = "must be a JSON object, sent with Content-Type: application/json"
        return {"field": "body", "message": message}
    return {"field": ".".join(map(str, inner)) or str(place), "message": found["msg"]}


def request_id_of(scope: Scope) -> str:
    """The request's id, set by the outermost middleware."""
    request_id: str = scope.get("state", {}).get("request_id", "")
    return request_id
