"""Word pieces with their places in the text, as the encoder reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

PADDING_ID = 0
END_MARKS = 2
REMEMBERED_WORDS = 1 << 16


@dataclass(frozen=True, slots=True)
class TokenizedText:
    """The word pieces of one text, cut to the encoder's limit.

    Attributes:
        ids: ``(tokens,)`` int64.
        offsets: ``(tokens, 2)`` int64, start and end in Unicode code points of the text; ``(0, 0)``
            for the two marks of its ends.
    """

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]


class WordPieceTokenizer:
    """Splits text into the encoder's word pieces.

    Args:
        path: a ``tokenizer.json``.
        max_tokens: longer texts are cut, keeping the mark of the end.
    """

    def __init__(self, path: Path, max_tokens: int) -> None:
        self.max_tokens = max_tokens
        self._tokenizer = Tokenizer.from_file(str(path))
        # The file asks for truncation at 128 and padding to 128; both are decided here instead.
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._pieces_of_word = lru_cache(maxsize=REMEMBERED_WORDS)(self._count_pieces)

    def count(self, text: str) -> int:
        """Word pieces of ``text`` with the two that mark its ends; no limit applies.

        No piece reaches over white space, so words are counted one by one and remembered: who
        cuts a document asks for every text several times over.
        """
        return END_MARKS + sum(map(self._pieces_of_word, text.split()))

    def tokenize(self, texts: Sequence[str]) -> list[TokenizedText]:
        """The word pieces of each text, in order."""
        if len(texts) == 1:  # no threads are woken for a question
            encodings = [self._tokenizer.encode(texts[0])]
        else:
            encodings = self._tokenizer.encode_batch(list(texts))
        return [self._limited(encoding.ids, encoding.offsets) for encoding in encodings]

    def _count_pieces(self, word: str) -> int:
        return len(self._tokenizer.encode(word, add_special_tokens=False))

    def _limited(self, ids: list[int], offsets: list[tuple[int, int]]) -> TokenizedText:
        if len(ids) > self.max_tokens:
            kept = self.max_tokens - 1
            ids = [*ids[:kept], ids[-1]]
            offsets = [*offsets[:kept], offsets[-1]]
        return TokenizedText(np.asarray(ids, dtype=np.int64), np.asarray(offsets, dtype=np.int64))


def padded(batch: Sequence[TokenizedText]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and attention mask, each ``(batch, longest)`` int64, padded on the right."""
    longest = max(len(text.ids) for text in batch)
    ids = np.full((len(batch), longest), PADDING_ID, dtype=np.int64)
    attention_mask = np.zeros((len(batch), longest), dtype=np.int64)
    for row, text in enumerate(batch):
        ids[row, : len(text.ids)] = text.ids
        attention_mask[row, : len(text.ids)] = 1
    return ids, attention_mask
