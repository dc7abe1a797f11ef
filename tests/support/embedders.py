"""Embedders over the local server of remote services."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager

from ai.embedding.tokenization import WordPieceTokenizer
from connectors.embeddings import OpenAICompatibleEmbedder
from connectors.http import RetryPolicy
from connectors.remote_service import Endpoint, Patience
from tests.support.encoder import exported_encoder
from tests.support.remote_services import DIMENSION, RemoteServices

Pause = Callable[[float], Awaitable[None]]


async def no_pause(_seconds: float) -> None:
    """Goes on at once."""


@contextmanager
def remote_embedder(
    remote: RemoteServices, *, pause: Pause = no_pause, seconds: float = 20.0, key: str = "key"
) -> Iterator[OpenAICompatibleEmbedder]:
    """An embedder that pauses as told between the attempts of a call."""
    files = exported_encoder()
    patience = Patience(seconds, RetryPolicy(attempts=3, sleep=pause))
    embedder = OpenAICompatibleEmbedder(
        Endpoint("embeddings service", remote.base_url, key, "words"),
        DIMENSION,
        WordPieceTokenizer(files.tokenizer, files.max_tokens),
        questions=patience,
        passages=patience,
    )
    with closing(embedder):
        yield embedder
