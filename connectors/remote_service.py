"""A remote service that takes JSON and is safe to ask again: one call, bounded in time and size."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from connectors.errors import (
    ServiceCallError,
    ServiceMisconfiguredError,
    ServiceTimedOutError,
    ServiceUnavailableError,
)
from connectors.http import (
    TEMPORARY_STATUSES,
    RetryPolicy,
    ServiceLimits,
    retry_after_seconds,
    service_client,
)

REPEATABLE_STATUSES = TEMPORARY_STATUSES | {500}
"""What is asked here changes nothing there, so that half of it done does no harm."""
QUOTED_CHARACTERS = 200
"""Of what a service says about its refusal."""

_TIMED_OUT = frozenset({408, 504})
_WRONG_KEY = frozenset({401, 403})
_NOT_FOUND = 404
_TOO_MANY_REQUESTS = 429
_REDIRECT = 300
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a remote service is.

    Attributes:
        service: what it is, for messages: "embeddings service".
        base_url: what its paths come after, such as `https://api.openai.com/v1`.
        key: empty for a service that needs none.
        model: what it calls the model; empty sends none.
    """

    service: str
    base_url: str
    key: str = field(default="", repr=False)
    model: str = ""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may take, its repeats included, and how it is repeated."""

    seconds: float
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    connect_seconds: float = 3.0


class RemoteService:
    """Calls one service, within one patience; who opens it closes it."""

    def __init__(self, endpoint: Endpoint, patience: Patience, *, calls_at_once: int) -> None:
        self._endpoint = endpoint
        self._patience = patience
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        self._client = service_client(
            endpoint.base_url,
            headers=headers,
            limits=ServiceLimits(
                connect_seconds=patience.connect_seconds,
                read_seconds=patience.seconds,
                connections=calls_at_once,
            ),
            retries=patience.retries,
            repeated_statuses=REPEATABLE_STATUSES,
        )

    async def post(self, path: str, body: Mapping[str, Any], *, limit_bytes: int) -> bytes:
        """What the service answers; `model` is added to what it is sent.

        Raises:
            ServiceUnavailableError: it could not be reached, is busy, or is broken.
            ServiceTimedOutError: it did not answer in time.
            ServiceMisconfiguredError: it refuses the request, or answers with too much.
        """
        endpoint, seconds = self._endpoint, self._patience.seconds
        model = {"model": endpoint.model} if endpoint.model else {}
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream("POST", path, json={**model, **body}) as response,
            ):
                content = await self._read(response, limit_bytes)
        except (TimeoutError, httpx2.TimeoutException):
            message = f"did not answer within {seconds:g} seconds"
            raise ServiceTimedOutError(endpoint.service, message) from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            message = f"could not be reached: {error or type(error).__name__}"
            raise ServiceUnavailableError(endpoint.service, message) from error
        if response.status_code >= _REDIRECT:
            raise _refusal(endpoint.service, response, content)
        return content

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _read(self, response: httpx2.Response, limit_bytes: int) -> bytes:
        content = bytearray()
        async for block in response.aiter_bytes():
            content += block
            if len(content) > limit_bytes:
                message = f"sent more than {limit_bytes:,} bytes"
                raise ServiceMisconfiguredError(self._endpoint.service, message)
        return bytes(content)


def _refusal(service: str, response: httpx2.Response, content: bytes) -> ServiceCallError:
    status = response.status_code
    words = " ".join(content[: 4 * QUOTED_CHARACTERS].decode(errors="replace").split())
    said = f" ({status}: {words[:QUOTED_CHARACTERS]})"
    if status in _TIMED_OUT:
        return ServiceTimedOutError(service, f"gave up on the request{said}")
    if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        pause = retry_after_seconds(response.headers)
        return ServiceUnavailableError(service, f"does not serve just now{said}", pause)
    if status in _WRONG_KEY:
        return ServiceMisconfiguredError(service, f"does not accept the key{said}")
    if status == _NOT_FOUND:
        return ServiceMisconfiguredError(service, f"knows no such model or address{said}")
    return ServiceMisconfiguredError(service, f"refuses the request{said}")
