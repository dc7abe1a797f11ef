"""Records requests with their responses: headers, the beginnings of bodies, statements."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import request_id_of
from api.permissions import LEARNS_IN_COURSE, Rule, Who, rule_of
from services.api_keys import KeyScope
from services.debugging.redaction import (
    shown_body,
    shown_headers,
    shown_query,
    without_secrets,
)
from services.debugging.requests import (
    BODY_BYTES,
    RecordedBody,
    RecordedRequest,
    RequestRecorder,
)
from services.debugging.statements import CURRENT, RequestStatements

RECORDED = ("/api/", "/v1/")
UNRECORDED = "/api/v1/admin/debug"
"""Looking at what is recorded would soon be all that is."""
OPEN_TO_ADMINS = frozenset({Who.COURSE, Who.COURSE_OR_REQUESTER, Who.AUTHOR, Who.ADMIN})
TEXT_TYPES = ("application/json", "application/problem+json", "text/plain")
PRIVATE = "may hold what is not an administrator's to read"
NOT_TEXT = "no JSON or plain text"


@dataclass(slots=True)
class Beginning:
    """The first bytes of a body, and how long it is in all."""

    kept: bytearray = field(default_factory=bytearray)
    byte_size: int = 0

    def take(self, block: bytes) -> None:
        """Counts a block, and keeps what there is room for."""
        self.byte_size += len(block)
        if len(self.kept) < BODY_BYTES:
            self.kept += block[: BODY_BYTES - len(self.kept)]


class RecordRequests:
    """Records the requests of programs and pages, as they end; streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, recorder: RequestRecorder) -> None:
        self._app = app
        self._recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the app, and watches what goes in and out."""
        is_recorded = scope["type"] == "http" and scope["path"].startswith(RECORDED)
        if not is_recorded or scope["path"].startswith(UNRECORDED):
            await self._app(scope, receive, send)
            return
        recording = Recording(scope)
        token = CURRENT.set(recording.statements)

        async def receive_watched() -> Message:
            message = await receive()
            recording.sent.take(message.get("body", b""))
            return message

        async def send_watched(message: Message) -> None:
            recording.note(message)
            await send(message)

        try:
            await self._app(scope, receive_watched, send_watched)
        finally:
            CURRENT.reset(token)
            self._recorder.add(recording.ended())


class Recording:
    """One request as it goes on."""

    def __init__(self, scope: Scope) -> None:
        self.statements = RequestStatements()
        self.sent, self._given = Beginning(), Beginning()
        self._scope = scope
        self._at = datetime.now(UTC)
        self._started = time.perf_counter()
        self._first_byte = 0.0
        self._status = 0
        self._headers: list[tuple[bytes, bytes]] = []

    def note(self, message: Message) -> None:
        """Takes in what is sent to the client."""
        if message["type"] == "http.response.start":
            self._first_byte = time.perf_counter() - self._started
            self._status = message["status"]
            self._headers = list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self._given.take(message.get("body", b""))

    def ended(self) -> RecordedRequest:
        """What is kept of it."""
        scope, rule = self._scope, rule_of(self._scope.get("endpoint"))
        return RecordedRequest(
            at=self._at,
            request_id=request_id_of(scope),
            method=scope["method"],
            path=without_secrets(scope["path"]),
            query=shown_query(scope["query_string"]),
            route=getattr(scope.get("route"), "path", ""),
            status=self._status,
            seconds=time.perf_counter() - self._started,
            first_byte_seconds=self._first_byte,
            statements=self.statements.count,
            statement_seconds=self.statements.seconds,
            repeated=self.statements.most_repeated,
            request_headers=shown_headers(scope["headers"]),
            response_headers=shown_headers(self._headers),
            request_body=_body(self.sent, scope["headers"], rule),
            response_body=_body(self._given, self._headers, rule),
        )


def shows_bodies(rule: Rule | None) -> bool:
    """Whether an admin might have read all that is sent to such a route, and got from it.

    Not what people ask the tutor and answer in quizzes, nor what signs them in: that is theirs.
    """
    if rule is None or rule.who not in OPEN_TO_ADMINS or rule.scope is KeyScope.ASK:
        return False
    return rule != LEARNS_IN_COURSE


def _body(
    body: Beginning, headers: list[tuple[bytes, bytes]], rule: Rule | None
) -> RecordedBody | None:
    if not body.byte_size:
        return None
    if not shows_bodies(rule):
        return RecordedBody(body.byte_size, left_out=PRIVATE)
    types = [value.decode("latin-1") for name, value in headers if name.lower() == b"content-type"]
    if not types or not types[0].startswith(TEXT_TYPES):
        return RecordedBody(body.byte_size, left_out=NOT_TEXT)
    is_whole = len(body.kept) == body.byte_size
    return RecordedBody(body.byte_size, shown_body(bytes(body.kept), is_whole=is_whole))
