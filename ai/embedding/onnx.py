"""The encoder through onnxruntime: small enough for the API process, as quick as the processor."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ai.embedding.embedder import Float32Array, PassageInput, PassageVectors
from ai.embedding.micro_batching import MicroBatcher
from ai.embedding.onnx_files import OnnxModelFiles
from ai.embedding.pooling import mean_pool, pool_sentences
from ai.embedding.tokenization import TokenizedText, WordPieceTokenizer, padded
from ai.embedding.word_embeddings import WordEmbeddingTable

MAX_WAITING_QUERIES_PER_BATCH = 32
TEXTS_PER_PASS, PIECES_PER_PASS = 8, 256
"""Word pieces, padding included, of the texts in one pass: one long passage or eight sentences.

So little stays in the processor's caches, and little stays with the process: over SQuAD paragraphs,
two passes at a time left 29 MB behind, passes of 512 pieces 50, in the same time or more. Single
sentences gain from company: 3.3 s in passes of eight, 4.0 in passes of two.
"""
QUESTION_PIECES_PER_PASS = 64
"""Some four questions. Eight that wait take 1.75 ms each and leave 3 MB with the process; in passes
of 256 pieces 2.1 ms and 10 MB.
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
        threads: passes over passages at the same time, each on a thread of its own, which wastes
            less than several threads that share a pass and wait for each other. Questions that
            wait at the same time share one pass.

    Raises:
        EncoderFilesError: never here, ``read_exported`` has checked the files.
    """

    def __init__(self, files: OnnxModelFiles, *, threads: int = 2) -> None:
        self._files = files
        self._tokenizer = WordPieceTokenizer(files.tokenizer, files.max_tokens)
        self._word_embeddings = WordEmbeddingTable(files.word_embeddings, files.dimension)
        self._session = _open_session(files)
        self._passes = ThreadPoolExecutor(threads, thread_name_prefix="passage-encoder")
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
        batches = list(_batches_of_like_length(tokenized, PIECES_PER_PASS))
        passes = self._passes.map(
            self._encode_batch,
            [[passages[place] for place in places] for places in batches],
            [[tokenized[place] for place in places] for places in batches],
        )
        encoded: dict[int, PassageVectors] = {}
        for places, vectors in zip(batches, passes, strict=True):
            encoded.update(zip(places, vectors, strict=True))
        return [encoded[place] for place in range(len(passages))]

    def close(self) -> None:
        """Finish the passes under way and let go of the files; idempotent."""
        self._queries.close()
        self._passes.shutdown()
        self._word_embeddings.close()

    def _encode_queries(self, texts: Sequence[str]) -> list[Float32Array]:
        tokenized = self._tokenizer.tokenize(texts)
        encoded: dict[int, Float32Array] = {}
        for places in _batches_of_like_length(tokenized, QUESTION_PIECES_PER_PASS):
            vectors, _ = self._encode([tokenized[place] for place in places])
            encoded.update(zip(places, vectors, strict=True))
        return [encoded[place] for place in range(len(texts))]

    def _encode_batch(
        self, passages: Sequence[PassageInput], tokenized: Sequence[TokenizedText]
    ) -> list[PassageVectors]:
        vectors, token_embeddings = self._encode(tokenized)
        return [
            PassageVectors(vector, _sentence_vectors(embeddings, tokens, passage))
            for vector, embeddings, tokens, passage in zip(
                vectors, token_embeddings, tokenized, passages, strict=True
            )
        ]

    def _encode(self, batch: Sequence[TokenizedText]) -> tuple[Float32Array, Float32Array]:
        """Vectors ``(batch, dimension)`` and token embeddings ``(batch, tokens, dimension)``."""
        ids, attention_mask = padded(batch)
        inputs = {
            "word_embeddings": self._word_embeddings.rows(ids),
            "attention_mask": attention_mask,
        }
        (token_embeddings,) = self._session.run(None, inputs)
        return mean_pool(token_embeddings, attention_mask), token_embeddings


def _open_session(files: OnnxModelFiles) -> Any:  # noqa: ANN401 - untyped
    os.environ[WITHOUT_TELEMETRY] = "1"
    # Imported on use: most commands encode nothing, and a worker forks before it encodes.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # A pattern is memory kept for each shape of input: 20 to 30 MB of it, and no time gained.
    options.enable_mem_pattern = False
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
        size = max(1, min(TEXTS_PER_PASS, most_pieces // width))
        yield longest_first[start : start + size]
        start += size


def _sentence_vectors(
    token_embeddings: Float32Array, tokens: TokenizedText, passage: PassageInput
) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    starts, ends = (tokens.offsets - passage.prefix_length).T
    return pool_sentences(
        token_embeddings[: len(tokens.ids)], starts, ends, passage.sentence_bounds
    )
