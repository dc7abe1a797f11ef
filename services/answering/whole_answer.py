"""An answer in one piece, for those who do not listen to its events."""

from collections.abc import Sequence
from typing import Any

from services.answering.answer_log import AnswerEvent


def ending(events: Sequence[AnswerEvent]) -> AnswerEvent | None:
    """The event that ends the answer; None where it goes on in another process."""
    return events[-1] if events and events[-1].is_last else None


def whole_answer(events: Sequence[AnswerEvent]) -> dict[str, Any]:
    """What `done` said, with the text, its sources and what else the events told.

    Args:
        events: All of an answer's events; the last one is `done`.
    """
    payloads = {event.name: event.payload for event in events}
    start = payloads["start"]
    return {
        **payloads["done"],
        "conversation_id": start["conversation_id"],
        "mode": start["mode"],
        "prompt": start["prompt"],
        "content": "".join(event.payload["text"] for event in events if event.name == "delta"),
        "sources": payloads["sources"]["sources"],
        "notices": [event.payload for event in events if event.name == "notice"],
    }
