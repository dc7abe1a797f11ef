"""The last requests and responses of this process."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.debugging.statements import RepeatedStatement

MOST_REQUESTS = 200
BODY_BYTES = 4096
"""Of a request's or response's body that are kept."""


@dataclass(frozen=True, slots=True)
class RecordedBody:
    """The beginning of a body; `text` is None where it is not shown, and `left_out` says why."""

    byte_size: int
    text: str | None = None
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request with its response, secrets hidden.

    Attributes:
        route: The path with its parameters by name; empty where no route took it.
        first_byte_seconds: Until the response began.
        statements: Sent to PostgreSQL until the response ended.
        repeated: The statement that was sent suspiciously often, with how often.
    """

    at: datetime
    request_id: str
    method: str
    path: str
    query: str
    route: str
    status: int
    seconds: float
    first_byte_seconds: float
    statements: int
    statement_seconds: float
    repeated: RepeatedStatement | None
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: RecordedBody | None = None
    response_body: RecordedBody | None = None


class RequestRecorder:
    """Keeps the last ones; the oldest leaves first."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self._requests: deque[RecordedRequest] = deque(maxlen=most)
        self._count = 0

    @property
    def count(self) -> int:
        """Recorded since the process began."""
        return self._count

    def add(self, request: RecordedRequest) -> None:
        """Keeps one that has ended."""
        self._requests.append(request)
        self._count += 1

    def latest(
        self, limit: int, *, path: str = "", status_from: int = 0, seconds_from: float = 0.0
    ) -> list[RecordedRequest]:
        """The newest first, of those whose path begins so, and that ended so badly or late."""
        found = []
        for request in reversed(self._requests):
            is_meant = request.path.startswith(path) and request.status >= status_from
            if is_meant and request.seconds >= seconds_from:
                found.append(request)
                if len(found) == limit:
                    break
        return found
