"""Checks of single items that need no answer: their form, their sources, what they say of them."""

import re
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ai.answering.answer_sentences import answer_sentences
from ai.answering.answerability import EMBEDDED_LANGUAGES
from ai.answering.claims import is_claim
from ai.answering.quotes import said_by
from ai.chat.passage import Passage
from ai.embedding.embedder import Embedder
from ai.quality.answer_keys import finding
from ai.quality.further_texts import FurtherText
from ai.quality.item_texts import Item
from ai.quality.source_evidence import SourceEvidence
from ai.retrieval.terms import terms_of
from ai.writing.brief import SourcePassage
from content.base import SourceSpan
from content.languages import language_by_script
from content.quality import Finding, Severity
from content.questions import AnyQuestion, Cloze, ShortAnswer, SingleChoice

_SUPPORTED: Final = 0.5
_REFUTED: Final = 0.2
_LONGER: Final = 2.2
_LONG: Final = 40
_CATCH_ALL: Final = re.compile(
    r"^\W*(?:all|none|both) of (?:the above|these|them)\b|^\W*(?:a and b|ऊपर के सभी|इनमें से कोई नहीं)",
    re.IGNORECASE,
)


def form_findings(question: AnyQuestion) -> Iterator[Finding]:
    """Whether the question shows its key, or the form of its choices does."""
    match question:
        case SingleChoice():
            key = next(choice.text for choice in question.choices if choice.is_right)
            others = [choice.text for choice in question.choices if not choice.is_right]
            if _names(question.stem, key) and not any(_names(question.stem, o) for o in others):
                yield _shown(question, key)
            yield from _standing_out(question, key, others)
        case ShortAnswer() if question.accepted:
            if _names(question.stem, question.accepted[0]):
                yield _shown(question, question.accepted[0])
        case Cloze():
            for gap in question.gaps:
                if _names(question.stem.replace("{{" + gap.id + "}}", " "), gap.accepted[0]):
                    yield _shown(question, gap.accepted[0])
        case _:
            pass


def source_findings(item: Item, passages: Sequence[SourcePassage]) -> Iterator[Finding]:
    """Whether it cites anything, and whether that stands in the material as quoted."""
    if item.needs_source and not item.sources:
        yield finding("no_source", "fail", item.id, "it names no place in the material")
    by_chunk = {passage.chunk_id: passage for passage in passages}
    for span in item.sources:
        passage = by_chunk.get(span.chunk_id) if span.chunk_id is not None else None
        if passage is not None and not _is_verbatim(span, passage):
            detail = f"“{span.quote[:200]}” does not stand in “{span.document_title}” there"
            yield finding("source_not_verbatim", "fail", item.id, detail)


async def fact_findings(
    item: Item, passages: Mapping[int, Passage], embedder: Embedder | None
) -> list[Finding]:
    """Which of its statements are not borne out by the passages it cites."""
    findings: list[Finding] = []
    for sentence, support in await _unsupported(item.said, item.sources, passages, embedder):
        detail = f"support {support:.2f} by what it cites: “{sentence[:400]}”"
        severity: Severity = "fail" if support < _REFUTED else "warn"
        findings.append(finding("unsupported_fact", severity, item.id, detail))
    return findings


async def further_findings(
    text: FurtherText, passages: Mapping[int, Passage], embedder: Embedder | None
) -> list[Finding]:
    """The same of an explanation, a solution, a term or the summary, which it names."""
    if text.said and not text.sources and text.may_fail:
        detail = f"{text.name} names no place in the material"
        return [finding("no_source", "warn", text.item, detail)]
    findings: list[Finding] = []
    for sentence, support in await _unsupported(text.said, text.sources, passages, embedder):
        if not text.is_to_be_borne_out(sentence):
            continue
        detail = f"{text.name}: support {support:.2f} by what it cites: “{sentence[:400]}”"
        severity: Severity = "fail" if text.may_fail and support < _REFUTED else "warn"
        findings.append(finding("unsupported_fact", severity, text.item, detail))
    return findings


async def _unsupported(
    said: str,
    sources: Sequence[SourceSpan],
    passages: Mapping[int, Passage],
    embedder: Embedder | None,
) -> list[tuple[str, float]]:
    """The statements that the passages cited do not bear out, each with its support."""
    cited = [p for s in sources if s.chunk_id is not None and (p := passages.get(s.chunk_id))]
    if not said or not cited:
        return []
    evidence = SourceEvidence(list({passage.n: passage for passage in cited}.values()))
    found: list[tuple[str, float]] = []
    for start, end in answer_sentences(said):
        sentence = said_by(said[start:end])
        if is_claim(sentence):
            support = evidence.support(sentence, await _vector(sentence, embedder))
            if support < _SUPPORTED:
                found.append((sentence, support))
    return found


async def _vector(text: str, embedder: Embedder | None) -> NDArray[np.float32] | None:
    if embedder is None or language_by_script(text) not in EMBEDDED_LANGUAGES:
        return None
    vector: Awaitable[NDArray[np.float32]] = embedder.embed_query(text)
    return await vector


def _is_verbatim(span: SourceSpan, passage: SourcePassage) -> bool:
    start = span.char_start - passage.char_start
    if span.document_version != passage.document_version or start < 0:
        return False
    return passage.text[start : span.char_end - passage.char_start] == span.quote


def _names(stem: str, key: str) -> bool:
    """Whether a stem holds a key word for word; not what it takes to ask at all."""
    if not terms_of(key):
        return False
    pattern = rf"(?<!\w){re.escape(key.strip(' .।'))}(?!\w)"
    return bool(re.search(pattern, stem, re.IGNORECASE))


def _shown(question: AnyQuestion, key: str) -> Finding:
    return finding("key_in_stem", "fail", question.id, f"the question names its key “{key}”")


def _standing_out(question: SingleChoice, key: str, others: Sequence[str]) -> Iterator[Finding]:
    if any(_CATCH_ALL.match(text) for text in (key, *others)):
        detail = "a choice that stands for several others gives the key away"
        yield finding("key_stands_out", "warn", question.id, detail)
    longest = max(map(len, others))
    if len(key) > _LONG and len(key) > _LONGER * longest:
        detail = f"the key has {len(key)} characters, the longest other choice {longest}"
        yield finding("key_stands_out", "warn", question.id, detail)
