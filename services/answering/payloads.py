"""The shapes of an answer's events, as readers and rows have them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ai.answering.answer_sentences import answer_sentences
from ai.answering.citations import AnswerSentence, Citation
from ai.chat.passage import Passage
from services.retrieval import RetrievedPassage
from storage.repositories.messages import FinishedAnswer
from storage.repositories.passages import PassageSentences


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


def shown_passages(
    sources: Sequence[Mapping[str, Any]], sentences: Mapping[int, PassageSentences] | None = None
) -> tuple[Passage, ...]:
    """The passages that the entries of a `sources` event describe.

    `sentences` has what the event does not tell, by chunk; a chunk that is gone meanwhile, or
    reads otherwise, is divided into sentences anew.
    """
    return tuple(
        _shown_passage(source, (sentences or {}).get(source["chunk_id"])) for source in sources
    )


def _shown_passage(source: Mapping[str, Any], sentences: PassageSentences | None) -> Passage:
    text = source["text"]
    known = sentences if sentences is not None and sentences.text == text else None
    return Passage(
        n=source["n"],
        text=text,
        title=source["document_title"],
        heading=tuple(source["locator"]["heading"]),
        sentence_bounds=known.bounds if known else tuple(answer_sentences(text)),
        sentence_vectors=known.vectors if known else None,
        score=source["score"],
    )


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
