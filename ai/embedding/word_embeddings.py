"""The word-piece table of the encoder, read row by row from its file.

The table is more than half of the encoder (47 of 90 MB), and a question needs fifteen rows of it.
Mapping the file would make nearly all of it resident within 200 questions, as the kernel maps 16
pages around each one touched; reading single rows keeps it in the page cache, shared by all
processes and counted to none.
"""

import os
import weakref
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ai.embedding.embedder import Float32Array


class WordEmbeddingTable:
    """Rows of a float32 table in a file. Safe to use from several threads.

    Args:
        path: ``(vocabulary, dimension)`` float32, little-endian, rows one after the other.
        dimension: components of a row.
    """

    def __init__(self, path: Path, dimension: int) -> None:
        self._dimension = dimension
        self._row_bytes = dimension * np.dtype("<f4").itemsize
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._close = weakref.finalize(self, os.close, self._descriptor)

    def rows(self, ids: NDArray[np.int64]) -> Float32Array:
        """The embeddings of token ids ``(batch, tokens)``: ``(batch, tokens, dimension)``."""
        unique_ids, places = np.unique(ids, return_inverse=True)
        size = self._row_bytes
        read = b"".join([os.pread(self._descriptor, size, i * size) for i in unique_ids.tolist()])
        table = np.frombuffer(read, dtype="<f4").reshape(-1, self._dimension)
        embeddings: Float32Array = table[places.reshape(ids.shape)]
        return embeddings

    def close(self) -> None:
        """Close the file; idempotent."""
        self._close()
