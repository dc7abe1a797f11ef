"""The shapes of an answer's events, as readers and rows have them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ai.answering.answer_sentences import answer_sentences
from ai.answering.citations import AnswerSentence, Citation
from ai.chat.passage import Passage
from ai.retrieval.scoring import CORRECTION_APPLIES_FROM
from services.retrieval import RetrievedPassage
from storage.repositories.messages import FinishedAnswer
from storage.repositories.passages import PassageSentences

CORRECTION_TITLE = "Correction by the teacher"
NOTICES_OF_THE_TEXT = frozenset({"low_support", "withheld", "kept_back"})
"""Codes of notices that belong to an answer's text: where it is told again, so are they."""


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
    """One entry of a `sources` event; offsets count code points of the document's text.

    `chunk_ids` names the chunks of a passage that has several, `kind` a teacher's correction.
    """
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
        "document_title": shown_title(passage),
        "locator": locator,
        "text": passage.text,
        "score": round(passage.score, 4),
        **({"chunk_ids": list(passage.chunk_ids)} if len(passage.chunk_ids) > 1 else {}),
        **({"kind": "correction"} if passage.is_correction else {}),
    }


def shown_title(passage: RetrievedPassage) -> str:
    """What a source is called: its document's title, or what all corrections are called."""
    return CORRECTION_TITLE if passage.is_correction else passage.document_title


def chunk_ids_of(source: Mapping[str, Any]) -> list[int]:
    """The chunks of an entry's passage, in the order of the document."""
    ids: list[int] = source.get("chunk_ids") or [source["chunk_id"]]
    return ids


def shown_passages(
    sources: Sequence[Mapping[str, Any]], sentences: Mapping[int, PassageSentences] | None = None
) -> tuple[Passage, ...]:
    """The passages that the entries of a `sources` event describe.

    `sentences` has what the event does not tell, by chunk; a chunk that is gone meanwhile, or
    reads otherwise, is divided into sentences anew.
    """
    return tuple(_shown_passage(source, sentences or {}) for source in sources)


def _shown_passage(source: Mapping[str, Any], sentences: Mapping[int, PassageSentences]) -> Passage:
    text = source["text"]
    is_correction = source.get("kind") == "correction"
    known = _known_sentences(text, [sentences.get(chunk_id) for chunk_id in chunk_ids_of(source)])
    return Passage(
        n=source["n"],
        text=text,
        title=source["document_title"],
        heading=tuple(source["locator"]["heading"]),
        sentence_bounds=known.bounds if known else tuple(answer_sentences(text)),
        sentence_vectors=known.vectors if known else None,
        score=source["score"],
        goes_first=is_correction and source["score"] >= CORRECTION_APPLIES_FROM,
        is_correction=is_correction,
    )


def _known_sentences(
    text: str, parts: Sequence[PassageSentences | None]
) -> PassageSentences | None:
    """The sentences of a text that is made of these parts and white space between; None if not."""
    bounds: list[tuple[int, int]] = []
    vectors: list[NDArray[np.int8]] = []
    end = 0
    for part in parts:
        start = -1 if part is None else text.find(part.text, end)
        if part is None or start < 0 or text[end:start].strip():
            return None
        bounds += [(start + left, start + right) for left, right in part.bounds]
        vectors.append(part.vectors)
        end = start + len(part.text)
    if text[end:].strip():
        return None
    return PassageSentences(text, tuple(bounds), np.concatenate(vectors))


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
        **({} if sentence.verdict is None else {"verdict": sentence.verdict}),
    }


def notice_payload(notice: Mapping[str, Any]) -> dict[str, Any]:
    """The payload of a `notice` event, as its answer's row keeps it."""
    about = {"sentences": notice["sentences"]} if notice.get("sentences") else {}
    return {"code": notice["code"], "detail": notice["detail"], **about}


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
