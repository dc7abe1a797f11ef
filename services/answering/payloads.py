"""The shapes of an answer's events, as readers and rows have them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ai.answering.citations import AnswerSentence, Citation
from services.retrieval import RetrievedPassage
from storage.repositories.messages import FinishedAnswer


def start_payload(
    message_id: UUID,
    conversation_id: UUID,
    model: str,
    mode: str,
    prompt: str,
    *,
    is_cached: bool,
) -> dict[str, Any]:
    """The payload of a `start` event."""
    return {
        "message_id": str(message_id),
        "conversation_id": str(conversation_id),
        "model": model,
        "mode": mode,
        "prompt": prompt,
        "cached": is_cached,
    }


def source_payload(n: int, passage: RetrievedPassage) -> dict[str, Any]:
    """One entry of a `sources` event; offsets count code points of the document's text."""
    locator: dict[str, Any] = {
        **passage.locator.as_json(),
        "char_start": passage.char_start,
        "char_end": passage.char_end,
    }
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


def citation_payload(citation: Citation, source: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of `citations`; the offsets of its source's passage become the document's."""
    start = source["locator"]["char_start"]
    return {
        "n": citation.n,
        "chunk_id": source["chunk_id"],
        "document_version": source["document_version"],
        "quote": citation.quote,
        "char_start": start + citation.char_start,
        "char_end": start + citation.char_end,
        "support": round(citation.support, 4),
    }


def sentence_payload(sentence: AnswerSentence) -> dict[str, Any]:
    """One entry of `sentences`; offsets count code points of the answer."""
    return {
        "char_start": sentence.char_start,
        "char_end": sentence.char_end,
        "support": round(sentence.support, 4),
        "citations": list(sentence.citations),
    }


def done_payload(message_id: UUID, answer: FinishedAnswer) -> dict[str, Any]:
    """The payload of a `done` event."""
    return {
        "message_id": str(message_id),
        "finish_reason": answer.finish_reason,
        "model": answer.model,
        "cached": answer.is_cached,
        "usage": {
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "cost_micro_usd": answer.cost_micro_usd,
        },
        "citations": answer.citations,
        "sentences": answer.sentences,
        "groundedness": answer.groundedness,
        "confidence": answer.confidence,
    }
