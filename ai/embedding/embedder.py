"""What an encoder gives: the Embedder protocol and its values."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Float32Array = NDArray[np.float32]
Int8Array = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class PassageInput:
    """A passage to encode.

    Attributes:
        embedding_text: what the encoder reads: a prefix (title, heading path), then the passage.
        prefix_length: characters of ``embedding_text`` before the passage begins.
        sentence_bounds: ``(start, end)`` of each sentence in the passage, that is counted
            after the prefix, ascending and disjoint.
    """

    embedding_text: str
    prefix_length: int = 0
    sentence_bounds: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """The vectors of one passage.

    Attributes:
        vector: ``(dimension,)`` float32, L2-normalised, of the whole ``embedding_text``.
        sentence_vectors: ``(n_sentences, dimension)`` int8, each the mean of its sentence's token
            embeddings from the passage's own pass, or, of an encoder that gives no token
            embeddings, the vector of the sentence alone; scaled so that the largest component is
            127. The scale is not kept, as a cosine does not need it. A sentence past the limit
            of its passage's pass is the zero vector.
    """

    vector: Float32Array
    sentence_vectors: Int8Array


class TokenCounter(Protocol):
    """Measures text in the unit that limits an encoder."""

    @property
    def max_tokens(self) -> int:
        """The longest text, in word pieces, that is encoded whole."""
        ...

    def count(self, text: str) -> int:
        """Word pieces of ``text``, with the two that mark its ends; no limit applies.

        A text is encoded whole exactly if ``count(text) <= max_tokens``. For a remote encoder the
        pieces are those of the built-in one.
        """
        ...


class Embedder(TokenCounter, Protocol):
    """Maps text to vectors whose cosine measures likeness of meaning.

    Vectors of embedders with one ``id`` may be compared with each other, and with no others. The
    same text gives the same vector up to 1e-5 a component, whatever is encoded beside it.
    Text past ``max_tokens`` is cut off. Empty text is valid.
    """

    @property
    def id(self) -> str:
        """Names the vector space; stored beside every vector."""
        ...

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        ...

    def embed_query(self, text: str) -> Awaitable[Float32Array]:
        """The vector of a question: ``(dimension,)`` float32, L2-normalised.

        Calls made at the same time are encoded together. To be called in a running event loop.

        Raises:
            EmbeddingsUnavailableError: A remote encoder is away, busy or slow.
            EmbeddingsMisconfiguredError: A remote encoder refuses.
        """
        ...

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """The vectors of passages, in their order.

        Blocks for the whole work: call it from a worker or a thread, never in an event loop.

        Raises:
            EmbeddingsUnavailableError: A remote encoder is away, busy or slow.
            EmbeddingsMisconfiguredError: A remote encoder refuses.
        """
        ...
