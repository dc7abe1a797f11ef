"""What the edge counts of requests and streams, by the templates of routes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from starlette.types import Scope

from api.page import PROGRAM_PATHS
from connectors.telemetry import catalogue
from connectors.telemetry.metrics import Metrics

UNKNOWN_ROUTE = "unknown"
"""One name for all paths that lead nowhere, or there would be as many as anybody cares to type."""
PAGE = "page"
"""The page and its files, which no route of the interface serves."""
API_PREFIX = "/api/v1"
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMeasures:
    """Counts the requests of one process."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._in_progress = metrics.gauge(catalogue.HTTP_IN_PROGRESS)
        self._requests = metrics.counter(catalogue.HTTP_REQUESTS)
        self._durations = metrics.histogram(catalogue.HTTP_DURATION)

    @contextmanager
    def in_progress(self) -> Iterator[None]:
        """Counts a request as under way while the context is open."""
        self._in_progress.inc()
        try:
            yield
        finally:
            self._in_progress.dec()

    def ended(self, scope: Scope, status: int, seconds: float, *, is_stream: bool) -> None:
        """Counts a request that is over."""
        method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
        route = route_of(scope)
        self._requests.labels(method, route, str(status)).inc()
        if not is_stream:
            self._durations.labels(method, route).observe(seconds)

    @contextmanager
    def stream(self, transport: Literal["sse", "websocket"]) -> Iterator[None]:
        """Counts an answer as being sent to a reader while the context is open."""
        gauge = self._metrics.gauge(catalogue.STREAMS_OPEN).labels(transport)
        gauge.inc()
        try:
            yield
        finally:
            gauge.dec()

    def sockets(self, count: int) -> None:
        """Notes how many WebSockets are open."""
        self._metrics.gauge(catalogue.WEBSOCKETS_OPEN).set(count)


def route_of(scope: Scope) -> str:
    """The template of the route that a request led to, as the OpenAPI document has it."""
    path: str = scope["path"]
    template: str | None = getattr(scope.get("route"), "path", None)
    if template is None:
        return UNKNOWN_ROUTE if path.startswith(PROGRAM_PATHS) else PAGE
    # Its router's prefix is not in it. Source: fastapi 0.165, routing.py.
    is_below = path.startswith(API_PREFIX) and not template.startswith(API_PREFIX)
    return API_PREFIX + template if is_below else template
