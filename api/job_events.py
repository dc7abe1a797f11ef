"""A job's progress as server-sent events.

Every event's data is the whole job, so that who missed some has missed nothing: a reader that
comes back gets the present state first. Source: WHATWG HTML, section "Server-sent events".
"""

from collections.abc import AsyncIterator
from uuid import UUID

from starlette.responses import StreamingResponse

from api.event_stream import HEADERS, PING, last_sequence
from api.schemas.documents import JobRead
from jobs.kinds import JobStatus
from storage.repositories.job_values import StoredJob

EVENT_OF = {JobStatus.SUCCEEDED: "done", JobStatus.FAILED: "error", JobStatus.CANCELLED: "error"}
"""A job that is neither is at work: `progress`."""


def job_event_stream(states: AsyncIterator[StoredJob | None]) -> StreamingResponse:
    """A response that writes each state of a job as it comes; None becomes a ping."""
    return StreamingResponse(_encoded(states), media_type="text/event-stream", headers=HEADERS)


def job_event(job: StoredJob) -> tuple[str, str]:
    """Name and id of the event that tells how a job stands."""
    # Microseconds of the row's last change: they rise, whichever process tells the event.
    sequence = int(job.updated_at.timestamp() * 1_000_000)
    return EVENT_OF.get(job.status, "progress"), f"{job.id}-{sequence}"


def require_event_id(last_event_id: str | None, job_id: UUID) -> None:
    """Passes silently for an id of an event of this job, or none.

    Raises:
        InvalidValueError: for any other.
    """
    last_sequence(last_event_id, job_id)


async def _encoded(states: AsyncIterator[StoredJob | None]) -> AsyncIterator[bytes]:
    async for job in states:
        yield PING if job is None else _event(job)


def _event(job: StoredJob) -> bytes:
    name, event_id = job_event(job)
    body = JobRead.model_validate(job).model_dump_json()
    return f"id: {event_id}\nevent: {name}\ndata: {body}\n\n".encode()
