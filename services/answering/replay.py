"""An answer told again from its row: the same events with the same numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.answering.answer_log import AnswerEvent, EventName, events_after
from services.answering.payloads import done_payload, notice_payload, start_payload
from storage.repositories.messages import FinishedAnswer, StoredMessage


def replay(message: StoredMessage, after: int = 0) -> Sequence[AnswerEvent]:
    """The events of a finished answer that follow sequence `after`, as `events_after` says.

    Bounds and numbers are those of the live stream. An answer that an earlier version gave up when
    its process died has no words left: its `error` takes the number that follows `after`.
    """
    if message.error is not None and message.error["sequence"] is None:
        return [AnswerEvent(after + 1, "error", _error_payload(message.error))]
    return events_after(list(_told(message)), after)


def _told(message: StoredMessage) -> Iterator[AnswerEvent]:
    """The events in order; each notice says at which number it stands, and which it follows."""
    notices = {_previous(notice): notice for notice in message.notices}
    told = _without_notices(message)
    last = message.first_sequence - 1
    while True:
        if last in notices:
            notice = notices[last]
            last = notice["sequence"]
            yield AnswerEvent(last, "notice", notice_payload(notice), notice.get("follows"))
        elif (event := next(told, None)) is not None:
            last += 1
            yield AnswerEvent(last, *event)
        else:
            return


def _previous(notice: Mapping[str, Any]) -> int:
    """The number of the event that a notice follows: a successor's numbers leave a gap."""
    previous: int = notice.get("follows", notice["sequence"] - 1)
    return previous


def _without_notices(message: StoredMessage) -> Iterator[tuple[EventName, Mapping[str, Any]]]:
    yield (
        "start",
        start_payload(
            message.id,
            message.conversation_id,
            _model_at_start(message),
            message.mode or "",
            message.prompt or "",
            is_cached=message.is_cached,
        ),
    )
    if _sources_were_shown(message):
        yield "sources", {"sources": message.sources}
    start = 0
    for end in message.delta_ends:
        yield "delta", {"text": message.content[start:end]}
        start = end
    if message.error is None:
        yield "done", done_payload(message.id, _as_finished(message))
    else:
        yield "error", _error_payload(message.error)


def _model_at_start(message: StoredMessage) -> str:
    replaced = (notice.get("replaced_model") for notice in message.notices)
    return next((model for model in replaced if model), message.model or "")


def _sources_were_shown(message: StoredMessage) -> bool:
    """Only an answer that failed early has fewer events than start, sources and its end."""
    if message.error is None:
        return True
    others = 1 + len(message.notices) + len(message.delta_ends)
    gaps = sum(notice["sequence"] - 1 - _previous(notice) for notice in message.notices)
    return bool(message.error["sequence"] - gaps > message.first_sequence + others)


def _error_payload(error: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": error["code"], "detail": error["detail"]}


def _as_finished(message: StoredMessage) -> FinishedAnswer:
    names = FinishedAnswer.__dataclass_fields__
    return FinishedAnswer(**{name: getattr(message, name) for name in names})
