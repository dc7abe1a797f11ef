"""Checks of the remote services: each is asked for a little, as the service itself would ask."""

import asyncio
from collections.abc import Callable

from ai.embedding.errors import EmbeddingError
from bootstrap.diagnosis.finding import Finding
from bootstrap.remote_services import open_remote_embedder
from bootstrap.settings import Settings

SAMPLE = "What is work?"


def check_embeddings(settings: Settings) -> Finding | None:
    """Whether the embeddings service answers with the vectors that are set; None without one."""
    if not settings.embeddings_url:
        return None
    check = "embeddings service"
    try:
        embedder = open_remote_embedder(settings)
    except EmbeddingError:
        detail = "its texts are counted by the built-in encoder, which is not prepared yet"
        return Finding(check, "warn", detail, "Start once; the first start prepares it.")
    try:
        asyncio.run(embedder.embed_query(SAMPLE))
    except EmbeddingError as error:
        advice = (
            "Check NEUROSHIKSHA_EMBEDDINGS_URL, _KEY, _MODEL and _DIMENSION. Without its vectors"
            " nothing is found or brought in. Unset the URL to use the built-in encoder."
        )
        return Finding(check, "fail", f"{settings.embeddings_url}: {error}", advice)
    finally:
        embedder.close()
    return Finding(check, "ok", f"{embedder.id} answers")


CHECKS: tuple[Callable[[Settings], Finding | None], ...] = (check_embeddings,)
