"""Documents over HTTP with the real encoder."""

import pytest

from ai.embedding.onnx import OnnxEmbedder
from tests.support.material import CountingEmbedder, session_encoder, shelf

__all__ = ["embedder", "session_encoder", "shelf"]


@pytest.fixture
def embedder(session_encoder: OnnxEmbedder) -> CountingEmbedder:
    return CountingEmbedder(session_encoder)
