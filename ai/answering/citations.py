"""Binds the citations of a streamed answer to spans of its sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ai.answering.answer_sentences import answer_sentences
from ai.answering.citation_markers import MARKER
from ai.answering.claims import is_claim
from ai.answering.confidence import answer_confidence
from ai.answering.links import leads_away
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
        support: Of its best citation, 0..1; 0 where it cites nothing, or names an address of a
            host that is not allowed.
        citations: Numbers of the passages it cites, in order.
        verdict: What a judging chat model says of it, where one was asked; the support follows it.
    """

    char_start: int
    char_end: int
    support: float
    citations: tuple[int, ...]
    verdict: str | None = None


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
            length, with support of at least 0.5, and how likely the passages hold the answer.
    """

    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    groundedness: float
    confidence: float
    answerability: float = 1.0

    @property
    def low_sentences(self) -> tuple[AnswerSentence, ...]:
        """Those that state something and have support below 0.5."""
        return tuple(
            sentence
            for sentence in self.sentences
            if sentence.support < SUPPORTED
            and is_claim(self.text[sentence.char_start : sentence.char_end])
        )

    def with_sentences(self, changed: Mapping[int, AnswerSentence]) -> "BoundAnswer":
        """The answer with other sentences at these places, and what follows from their support."""
        sentences = tuple(
            changed.get(place, sentence) for place, sentence in enumerate(self.sentences)
        )
        return _judged(self.text, sentences, self.citations, self.answerability)


class CitationBinder:
    """Passes an answer through, without invented markers, and binds the rest when it is over.

    Call `feed` with every delta and release what it gives; then `close` once, and release what
    that gives; then `bind`.
    """

    def __init__(self, passages: Sequence[Passage], answerability: float = 1.0) -> None:
        """Takes the passages, and how likely they hold the answer, 0..1."""
        self._passages = {passage.n: passage for passage in passages}
        self._answerability = answerability
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
    def passages(self) -> tuple[Passage, ...]:
        """The passages it binds to."""
        return tuple(self._passages.values())

    @property
    def text(self) -> str:
        """What has been released so far."""
        return "".join(self._released)

    def sentence_texts(self) -> list[str]:
        """Gives the sentences of what has been released, without markers, to be embedded."""
        text = self.text
        return [MARKER.sub("", text[start:end]) for start, end in answer_sentences(text)]

    def bind(
        self, sentence_vectors: Mapping[int, NDArray[np.float32]] = MappingProxyType({})
    ) -> BoundAnswer:
        """Finds for every citation the quote that supports it best. Blocks for milliseconds.

        Args:
            sentence_vectors: `(dimension,)` float32, L2-normalised, of some of `sentence_texts`,
                by their place; for the others words alone decide.
        """
        text = self.text
        bounds = answer_sentences(text)
        binding = _Binding(self._passages)
        sentences: list[AnswerSentence] = []
        for index, cited in enumerate(_cited_by_sentence(bounds, self._filter.markers)):
            start, end = bounds[index]
            vector = sentence_vectors.get(index)
            supports = [binding.cite(n, text[start:end], vector) for n in cited]
            # Whatever a source says: where a reader is sent is not for the course to bear out.
            support = 0.0 if leads_away(text[start:end]) else max(supports, default=0.0)
            sentences.append(AnswerSentence(start, end, support, cited))
        return _judged(text, tuple(sentences), binding.citations, self._answerability)

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
    answerability: float,
) -> BoundAnswer:
    lengths = [sentence.char_end - sentence.char_start for sentence in sentences]
    total = sum(lengths) or 1
    weighted = zip(sentences, lengths, strict=True)
    supported = [(length, sentence.support) for sentence, length in weighted]
    groundedness = sum(length * support for length, support in supported) / total
    share = sum(length for length, support in supported if support >= SUPPORTED) / total
    confidence = answer_confidence(share, answerability)
    return BoundAnswer(text, sentences, citations, groundedness, confidence, answerability)
