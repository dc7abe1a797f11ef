"""HTTP clients for other services: bounded in time, retried with care, traceable."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx2
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.stop import stop_before_delay
from tenacity.wait import wait_random_exponential

from connectors.tracing import trace_headers

USER_AGENT = "NeuroShiksha"
TEMPORARY_STATUSES = frozenset({429, 502, 503, 504})
"""A 500 is not among them: it may have done half of what was asked."""
LOST_CONNECTIONS = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.ReadError,
    httpx2.RemoteProtocolError,
    httpx2.WriteError,
)
"""Failures of a moment. A read timeout is none: the service is slow, and would be asked twice."""


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """How long one attempt may take, and how many may be under way, per client."""

    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    connections: int = 20


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a call is repeated.

    Attributes:
        attempts: In all, the first among them; 1 never repeats.
        total_seconds: No pause begins that would end later than this after the start.
        first_pause_seconds: Upper bound of the first random pause; doubles with each.
        longest_pause_seconds: Upper bound of all of them. A `Retry-After` may ask for more.
        sleep: How to pause. A test gives one that returns at once.
    """

    attempts: int = 3
    total_seconds: float = 15.0
    first_pause_seconds: float = 0.2
    longest_pause_seconds: float = 4.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def service_client(
    base_url: str,
    *,
    headers: Mapping[str, str] | None = None,
    limits: ServiceLimits | None = None,
    retries: RetryPolicy | None = None,
    repeated_statuses: Collection[int] = TEMPORARY_STATUSES,
    transport: httpx2.AsyncBaseTransport | None = None,
) -> httpx2.AsyncClient:
    """A client of one service whose calls may safely be repeated; who opens it closes it.

    A service that is away or busy is asked again; what the last attempt gave is what the caller
    gets, a response of any status or one of `httpx2`'s errors.

    Args:
        base_url: Relative addresses start here.
        headers: Sent with each call, such as `Authorization`.
        limits: Of one attempt.
        retries: Of one call.
        repeated_statuses: Answers upon which it is asked again.
        transport: What carries the attempts, where it is not the network.
    """
    limits = limits or ServiceLimits()
    connections = httpx2.Limits(max_connections=limits.connections)
    carrier = transport or httpx2.AsyncHTTPTransport(limits=connections)
    return httpx2.AsyncClient(
        base_url=base_url,
        headers={"User-Agent": USER_AGENT, **(headers or {})},
        timeout=httpx2.Timeout(limits.read_seconds, connect=limits.connect_seconds),
        transport=RetryingTransport(carrier, retries or RetryPolicy(), repeated_statuses),
    )


class RetryingTransport(httpx2.AsyncBaseTransport):
    """Carries requests through another transport, and repeats those that fail for a moment.

    Each attempt is a span of its own: it gets its own `traceparent`.
    """

    def __init__(
        self,
        carrier: httpx2.AsyncBaseTransport,
        policy: RetryPolicy,
        repeated_statuses: Collection[int],
    ) -> None:
        self._carrier = carrier
        self._policy = policy
        self._repeated_statuses = repeated_statuses

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends a request, again where it is worth it.

        Raises:
            httpx2.TransportError: The last attempt did not get through.
        """
        policy = self._policy
        retrying = AsyncRetrying(
            sleep=policy.sleep,
            stop=stop_after_attempt(policy.attempts) | stop_before_delay(policy.total_seconds),
            wait=self._pause_seconds,
            retry=retry_if_exception_type((*LOST_CONNECTIONS, _TemporaryAnswer)),
            reraise=True,
        )
        try:
            return await retrying(self._attempt, request)
        except _TemporaryAnswer as last:
            return last.response

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._carrier.aclose()

    async def _attempt(self, request: httpx2.Request) -> httpx2.Response:
        request.headers.update(trace_headers())
        response = await self._carrier.handle_async_request(request)
        if response.status_code in self._repeated_statuses:
            # Read to its end, which frees the connection; it is short, as it says only "not now".
            await response.aread()
            raise _TemporaryAnswer(response)
        return response

    def _pause_seconds(self, state: RetryCallState) -> float:
        policy = self._policy
        random_pause = wait_random_exponential(
            multiplier=policy.first_pause_seconds, max=policy.longest_pause_seconds
        )
        error = state.outcome.exception() if state.outcome is not None else None
        if isinstance(error, _TemporaryAnswer):
            return max(random_pause(state), retry_after_seconds(error.response.headers) or 0.0)
        return random_pause(state)


class _TemporaryAnswer(Exception):  # noqa: N818 - an answer, kept until the attempts are used up
    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(f"status {response.status_code}")
        self.response = response


def retry_after_seconds(headers: httpx2.Headers) -> float | None:
    """How long a service asks to be left alone; None where it does not say, or not clearly.

    Source: RFC 9110, section 10.2.3: seconds, or a date.
    """
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(http_date: str) -> float:
    try:
        return parsedate_to_datetime(http_date).timestamp() - time.time()
    except ValueError:
        return math.nan
