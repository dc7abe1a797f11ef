"""Binds the citations of a streamed answer to spans of its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.answering.answer_sentences import answer_sentences
from ai.answering.citation_markers import MARKER
from ai.answering.confidence import answer_confidence
from ai.answering.marker_filter import FoundMarker, MarkerFilter
from ai.answering.quotes import QuotableSource
from ai.chat.passage import Passage

# From this support on a sentence counts as supported.
SUPPORTED = 0.5


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a source that an answer rests on.

    Attributes:
        n: Number of the passage.
        quote: The span, verbatim.
        char_start: Where it begins in the passage's text, in code points.
        char_end: After its last character.
        support: How well it bears out the sentence that cites it, 0..1.
    """

    n: int
    quote: str
    char_start: int
    char_end: int
    support: float


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of an answer with what supports it.

    Attributes:
        char_start: Where it begins in the answer, in code points.
        char_end: After its last character, markers included.
        support: Of its best citation, 0..1; 0 where it cites nothing.
        citations: Numbers of the passages it cites, in order.
    """

    char_start: int
    char_end: int
    support: float
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BoundAnswer:
    """An answer with its citations checked.

    Attributes:
        text: The answer as it was released.
        sentences: Its sentences in order.
        citations: One per cited span, in the order of first citation, with the best support
            that any sentence has from it.
        groundedness: Mean support of the sentences, weighted by length, 0..1.
        confidence: 0..1, by `ai.answering.confidence` from the share of the answer's sentences, by
            length, with support of at least 0.5, and the scores of the passages.
    """

    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    groundedness: float
    confidence: float


class CitationBinder:
    """Passes an answer through, without invented markers, and binds the rest when it is over.

    Call `feed` with every delta and release what it gives; then `close` once, and release what
    that gives; then `bind`.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = {passage.n: passage for passage in passages}
        self._filter = MarkerFilter(self._passages.keys())
        self._released: list[str] = []
        self._known_ahead = 0

    def resume(self, released: str) -> None:
        """Takes up an answer of which another binder released a part; call it first.

        What the filter still holds of that part, as it cannot know what followed, is not given
        again when it lets go of it.
        """
        again = self._filter.feed(released)
        self._known_ahead = max(len(released) - len(again), 0)
        self._released = [released]

    def feed(self, delta: str) -> str:
        """Takes a delta of the model and gives what may be released; possibly nothing yet."""
        return self._release(self._filter.feed(delta))

    def close(self) -> str:
        """Gives the rest, once the model has ended."""
        return self._release(self._filter.close())

    @property
    def text(self) -> str:
        """What has been released so far."""
        return "".join(self._released)

    def sentence_texts(self) -> list[str]:
        """Gives the sentences of what has been released, without markers, to be embedded."""
        text = self.text
        return [MARKER.sub("", text[start:end]) for start, end in answer_sentences(text)]

    def bind(self, sentence_vectors: NDArray[np.float32] | None = None) -> BoundAnswer:
        """Finds for every citation the quote that supports it best. Blocks for milliseconds.

        Args:
            sentence_vectors: `(n_sentences, dimension)` float32, L2-normalised, a row for each
                of `sentence_texts`; without them words alone decide.
        """
        text = self.text
        bounds = answer_sentences(text)
        binding = _Binding(self._passages)
        sentences: list[AnswerSentence] = []
        for index, cited in enumerate(_cited_by_sentence(bounds, self._filter.markers)):
            start, end = bounds[index]
            vector = None if sentence_vectors is None else sentence_vectors[index]
            supports = [binding.cite(n, text[start:end], vector) for n in cited]
            sentences.append(AnswerSentence(start, end, max(supports, default=0.0), cited))
        scores = [passage.score for passage in self._passages.values()]
        return _judged(text, tuple(sentences), binding.citations, scores)

    def _release(self, text: str) -> str:
        ahead = min(self._known_ahead, len(text))
        self._known_ahead -= ahead
        text = text[ahead:]
        if text:
            self._released.append(text)
        return text


def _cited_by_sentence(
    bounds: Sequence[tuple[int, int]], markers: Sequence[FoundMarker]
) -> list[tuple[int, ...]]:
    """Gives each marker to the last sentence that begins before it."""
    cited: list[dict[int, None]] = [{} for _ in bounds]
    sentence = 0
    for marker in markers:
        while sentence + 1 < len(bounds) and bounds[sentence + 1][0] <= marker.char_start:
            sentence += 1
        if bounds and bounds[sentence][0] <= marker.char_start:
            cited[sentence].update(dict.fromkeys(marker.numbers))
    return [tuple(numbers) for numbers in cited]


class _Binding:
    """The citations of one answer, each cited span once."""

    def __init__(self, passages: Mapping[int, Passage]) -> None:
        self._passages = passages
        self._sources: dict[int, QuotableSource] = {}
        self._citations: dict[tuple[int, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        return tuple(self._citations.values())

    def cite(self, n: int, sentence: str, vector: NDArray[np.float32] | None) -> float:
        """Notes the quote of source `n` that supports `sentence` best, and gives its support."""
        if n not in self._sources:
            self._sources[n] = QuotableSource(self._passages[n])
        quote = self._sources[n].best_quote(sentence, vector)
        key = (n, quote.char_start, quote.char_end)
        known = self._citations.get(key)
        if known is None or known.support < quote.support:
            verbatim = self._passages[n].text[quote.char_start : quote.char_end]
            self._citations[key] = Citation(
                n, verbatim, quote.char_start, quote.char_end, quote.support
            )
        return quote.support


def _judged(
    text: str,
    sentences: tuple[AnswerSentence, ...],
    citations: tuple[Citation, ...],
    scores: Sequence[float],
) -> BoundAnswer:
    lengths = [sentence.char_end - sentence.char_start for sentence in sentences]
    total = sum(lengths) or 1
    weighted = zip(sentences, lengths, strict=True)
    supported = [(length, sentence.support) for sentence, length in weighted]
    groundedness = sum(length * support for length, support in supported) / total
    share = sum(length for length, support in supported if support >= SUPPORTED) / total
    confidence = answer_confidence(share, scores)
    return BoundAnswer(text, sentences, citations, groundedness, confidence)
