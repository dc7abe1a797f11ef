"""Retrieved passages as an answer shows them to its reader and to a chat model."""

from collections.abc import Sequence
from typing import Any

from ai.chat.passage import Passage
from services.retrieval import RetrievedPassage


def source_payload(n: int, passage: RetrievedPassage) -> dict[str, Any]:
    """One entry of a `sources` event; offsets count code points of the document's text."""
    locator: dict[str, Any] = {
        "heading": list(passage.locator.heading),
        "char_start": passage.char_start,
        "char_end": passage.char_end,
    }
    for name in ("page", "slide", "start_seconds"):
        value = getattr(passage.locator, name)
        if value is not None:
            locator[name] = value
    return {
        "n": n,
        "chunk_id": passage.chunk_id,
        "document_id": str(passage.document_id),
        "document_version": passage.document_version,
        "document_title": passage.document_title,
        "locator": locator,
        "text": passage.text,
        "score": round(passage.score, 4),
    }


def model_passages(passages: Sequence[RetrievedPassage]) -> tuple[Passage, ...]:
    """The passages as chat models and the citation binder read them, numbered from 1."""
    return tuple(
        Passage(
            n=n,
            text=passage.text,
            title=passage.document_title,
            heading=passage.locator.heading,
            sentence_bounds=passage.sentence_bounds,
            sentence_vectors=passage.sentence_vectors,
            score=passage.score,
        )
        for n, passage in enumerate(passages, start=1)
    )
