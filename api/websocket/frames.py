"""What clients send over a WebSocket, and what they are sent: JSON objects as text frames."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from api.errors import field_error
from api.schemas.chat import ChatCreate
from api.schemas.common import STORABLE, Input

MAXIMUM_ID_CHARACTERS = 100

FrameId = Annotated[
    str, StringConstraints(min_length=1, max_length=MAXIMUM_ID_CHARACTERS), STORABLE
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]
Course = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=100)
]


class AskFrame(ChatCreate):
    """Asks in a course, as `POST /courses/{course}/chat` does."""

    type: Literal["ask"]
    id: FrameId
    course: Course
    idempotency_key: Key | None = None


class ResumeFrame(Input):
    """Listens to an answer, from the event after `after` on."""

    type: Literal["resume"]
    id: FrameId | None = None
    message_id: UUID
    after: int = Field(default=0, ge=0, le=2**53)


class JobFrame(Input):
    """Watches a job."""

    type: Literal["job"]
    id: FrameId | None = None
    job_id: UUID


class StopFrame(Input):
    """Ends an answer where it is."""

    type: Literal["stop"]
    id: FrameId | None = None
    message_id: UUID


class LeaveFrame(Input):
    """Listens no more to what has this name; an answer goes on all the same."""

    type: Literal["leave"]
    id: FrameId


class PingFrame(Input):
    """Asks for a `pong`."""

    type: Literal["ping"]
    id: FrameId | None = None


ClientFrame = AskFrame | ResumeFrame | JobFrame | StopFrame | LeaveFrame | PingFrame
_FRAMES: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="type")])


class FrameError(Exception):
    """A frame that cannot be read.

    Attributes:
        frame_id: What the client calls it, where that much can be read.
        errors: `{field, message}` of each fault.
    """

    def __init__(self, frame_id: str | None, errors: list[dict[str, str]]) -> None:
        super().__init__(f"{errors[0]['field']}: {errors[0]['message']}")
        self.frame_id = frame_id
        self.errors = errors


def read_frame(text: str | None) -> ClientFrame:
    """The frame that a client sent; None stands for one of bytes.

    Raises:
        FrameError: it is not one, by its fields.
    """
    if text is None:
        raise _whole_frame("must be text, not bytes")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _whole_frame(f"not valid JSON: {error}") from error
    if not isinstance(value, dict):
        raise _whole_frame('must be a JSON object, such as {"type": "ping"}')
    try:
        return _FRAMES.validate_python(value)
    except ValidationError as error:
        frame_id = value.get("id")
        is_id = isinstance(frame_id, str) and len(frame_id) <= MAXIMUM_ID_CHARACTERS
        faults = [_fault(item) for item in error.errors(include_url=False)]
        raise FrameError(frame_id if is_id else None, faults) from error


def server_frame(
    frame_id: str | None,
    event: str,
    data: Mapping[str, Any] | None = None,
    *,
    event_id: str | None = None,
) -> str:
    """A frame to a client; `event_id` is that of the same event among server-sent ones."""
    frame: dict[str, Any] = {"id": frame_id, "event": event}
    if event_id is not None:
        frame["event_id"] = event_id
    if data is not None:
        frame["data"] = data
    return orjson.dumps(frame).decode()


def _whole_frame(message: str) -> FrameError:
    return FrameError(None, [{"field": "frame", "message": message}])


def _fault(found: Mapping[str, Any]) -> dict[str, str]:
    if found["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return {"field": "type", "message": found["msg"]}
    return field_error(found)  # the type of the frame stands where "body" does in a request
