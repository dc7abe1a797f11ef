"""The encoder through onnxruntime: small enough for the API process, as quick as the processor."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ai.embedding.embedder import Float32Array, PassageInput, PassageVectors
from ai.embedding.micro_batching import MicroBatcher
from ai.embedding.onnx_files import OnnxModelFiles
from ai.embedding.pooling import mean_pool, pool_sentences
from ai.embedding.tokenization import TokenizedText, WordPieceTokenizer, padded
from ai.embedding.word_embeddings import WordEmbeddingTable

PASSAGE_BATCH = 8
"""Texts in one pass. Source: trials on two cores, where 8 beat 32 and 128."""

MAX_WAITING_QUERIES_PER_BATCH = 32
QUESTION_PIECES_PER_PASS = 512
"""Word pieces, padding included, of the questions in one pass.

What a pass needs stays with the process: passes of eight long questions left 85 MB behind, passes
of two leave 20 MB. Source: sixteen questions of 250 word pieces at once.
"""

ERRORS_ONLY = 3
WITHOUT_TELEMETRY = "ORT_DISABLE_TELEMETRY"
"""Otherwise onnxruntime 1.32 tells its maker of each session, from a thread and a file in ~/.cache.

Source: onnxruntime 1.32, core/platform/posix/telemetry_1ds.cc.
"""


class OnnxEmbedder:
    """``Embedder`` on onnxruntime, single precision, safe to use from several threads.

    Args:
        files: the exported encoder.
        intra_op_threads: threads that share one pass.

    Raises:
        EncoderFilesError: never here, ``read_exported`` has checked the files.
    """

    def __init__(self, files: OnnxModelFiles, *, intra_op_threads: int = 2) -> None:
        self._files = files
        self._tokenizer = WordPieceTokenizer(files.tokenizer, files.max_tokens)
        self._word_embeddings = WordEmbeddingTable(files.word_embeddings, files.dimension)
        self._session = _open_session(files, intra_op_threads)
        self._queries: MicroBatcher[str, Float32Array] = MicroBatcher(
            self._encode_queries,
            max_batch=MAX_WAITING_QUERIES_PER_BATCH,
            thread_name="query-encoder",
        )

    @property
    def id(self) -> str:
        """Names the vector space."""
        return self._files.embedder_id

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self._files.dimension

    @property
    def max_tokens(self) -> int:
        """Word pieces read of a text."""
        return self._files.max_tokens

    def count(self, text: str) -> int:
        """Word pieces of ``text`` with the two that mark its ends."""
        return self._tokenizer.count(text)

    def embed_query(self, text: str) -> asyncio.Future[Float32Array]:
        """The vector of a question; questions that wait at the same time share a pass."""
        return self._queries.submit(text)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """The vectors of passages, in their order."""
        tokenized = self._tokenizer.tokenize([passage.embedding_text for passage in passages])
        encoded: dict[int, PassageVectors] = {}
        for places in _batches_of_like_length(tokenized, PASSAGE_BATCH * self.max_tokens):
            vectors, token_embeddings = self._encode([tokenized[place] for place in places])
            for row, place in enumerate(places):
                sentences = _sentence_vectors(
                    token_embeddings[row], tokenized[place], passages[place]
                )
                encoded[place] = PassageVectors(vectors[row], sentences)
        return [encoded[place] for place in range(len(passages))]

    def close(self) -> None:
        """Finish the pass under way and let go of the files; idempotent."""
        self._queries.close()
        self._word_embeddings.close()

    def _encode_queries(self, texts: Sequence[str]) -> list[Float32Array]:
        tokenized = self._tokenizer.tokenize(texts)
        encoded: dict[int, Float32Array] = {}
        for places in _batches_of_like_length(tokenized, QUESTION_PIECES_PER_PASS):
            vectors, _ = self._encode([tokenized[place] for place in places])
            encoded.update(zip(places, vectors, strict=True))
        return [encoded[place] for place in range(len(texts))]

    def _encode(self, batch: Sequence[TokenizedText]) -> tuple[Float32Array, Float32Array]:
        """Vectors ``(batch, dimension)`` and token embeddings ``(batch, tokens, dimension)``."""
        ids, attention_mask = padded(batch)
        inputs = {
            "word_embeddings": self._word_embeddings.rows(ids),
            "attention_mask": attention_mask,
        }
        (token_embeddings,) = self._session.run(None, inputs)
        return mean_pool(token_embeddings, attention_mask), token_embeddings


def _open_session(files: OnnxModelFiles, intra_op_threads: int) -> Any:  # noqa: ANN401 - untyped
    os.environ[WITHOUT_TELEMETRY] = "1"
    # Imported on use: most commands encode nothing, and a worker forks before it encodes.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = intra_op_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # A thread that spins between passes would take a core from the event loop.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(files.graph), options, providers=["CPUExecutionProvider"]
    )


def _batches_of_like_length(
    tokenized: Sequence[TokenizedText], most_pieces: int
) -> Iterator[list[int]]:
    """Places of texts, longest first, so that a batch has little padding.

    A batch has at most `most_pieces` word pieces with its padding, or is one text.
    """
    longest_first = sorted(range(len(tokenized)), key=lambda place: -len(tokenized[place].ids))
    start = 0
    while start < len(longest_first):
        width = len(tokenized[longest_first[start]].ids)
        size = max(1, min(PASSAGE_BATCH, most_pieces // width))
        yield longest_first[start : start + size]
        start += size


def _sentence_vectors(
    token_embeddings: Float32Array, tokens: TokenizedText, passage: PassageInput
) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    starts, ends = (tokens.offsets - passage.prefix_length).T
    return pool_sentences(
        token_embeddings[: len(tokens.ids)], starts, ends, passage.sentence_bounds
    )
