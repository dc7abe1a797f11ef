"""The bare encoder: onnxruntime on the exported graph, as its documentation has it.

One pass after the other, each over all cores, in batches of eight of like length; chunk vectors and
sentence vectors from the same pass. No reading, cutting or storing.
"""

from collections.abc import Sequence

import numpy as np
import onnxruntime

from ai.embedding.embedder import PassageInput, PassageVectors
from ai.embedding.onnx_files import OnnxModelFiles
from ai.embedding.pooling import mean_pool, pool_sentences
from ai.embedding.tokenization import TokenizedText, WordPieceTokenizer, padded
from ai.embedding.word_embeddings import WordEmbeddingTable

BATCH = 8


class BareEncoder:
    """Encodes passages on the calling thread and those that onnxruntime shares a pass among."""

    def __init__(self, files: OnnxModelFiles, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._tokenizer = WordPieceTokenizer(files.tokenizer, files.max_tokens)
        self._word_embeddings = WordEmbeddingTable(files.word_embeddings, files.dimension)
        self._session = onnxruntime.InferenceSession(str(files.graph), options)

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """The vectors of passages, longest first."""
        tokenized = self._tokenizer.tokenize([passage.embedding_text for passage in passages])
        pairs = sorted(zip(passages, tokenized, strict=True), key=lambda pair: -len(pair[1].ids))
        return [
            vectors
            for start in range(0, len(pairs), BATCH)
            for vectors in self._encode(pairs[start : start + BATCH])
        ]

    def _encode(self, pairs: Sequence[tuple[PassageInput, TokenizedText]]) -> list[PassageVectors]:
        ids, attention_mask = padded([tokens for _, tokens in pairs])
        inputs = {
            "word_embeddings": self._word_embeddings.rows(ids),
            "attention_mask": attention_mask,
        }
        (token_embeddings,) = self._session.run(None, inputs)
        vectors = mean_pool(np.asarray(token_embeddings), attention_mask)
        return [
            PassageVectors(
                vectors[row],
                pool_sentences(
                    token_embeddings[row][: len(tokens.ids)],
                    *(tokens.offsets - passage.prefix_length).T,
                    passage.sentence_bounds,
                ),
            )
            for row, (passage, tokens) in enumerate(pairs)
        ]

    def close(self) -> None:
        """Closes the file of word embeddings."""
        self._word_embeddings.close()
