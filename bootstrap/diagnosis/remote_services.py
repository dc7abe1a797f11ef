"""Checks of the remote services: each is asked for a little, as the service itself would ask."""

import asyncio
from collections.abc import Callable

from ai.embedding.errors import EmbeddingError
from ai.retrieval.reranking import RerankingError
from bootstrap.diagnosis.finding import Finding
from bootstrap.remote_services import open_remote_embedder, open_reranker, open_speech
from bootstrap.settings import Settings
from connectors.errors import ServiceCallError

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


def check_reranker(settings: Settings) -> Finding | None:
    """Whether the reranker answers in its time; None without one."""
    if not settings.rerank_url:
        return None
    try:
        asyncio.run(_rank_once(settings))
    except RerankingError as error:
        advice = (
            "Check NEUROSHIKSHA_RERANK_URL, _KEY, _MODEL and _TIMEOUT_SECONDS. Meanwhile passages"
            " stay in the order of retrieval."
        )
        return Finding("reranker", "warn", f"{settings.rerank_url}: {error}", advice)
    return Finding("reranker", "ok", f"{settings.rerank_url} answers")


def check_speech(settings: Settings) -> Finding | None:
    """Whether the speech service says a few words; None without one."""
    if not settings.speech_url:
        return None
    try:
        asyncio.run(_speak_once(settings))
    except ServiceCallError as error:
        advice = "Check NEUROSHIKSHA_SPEECH_URL, _KEY, _MODEL and _VOICE."
        return Finding("speech service", "warn", f"{settings.speech_url}: {error}", advice)
    return Finding("speech service", "ok", f"{settings.speech_url} speaks")


async def _speak_once(settings: Settings) -> None:
    speech = open_speech(settings)
    try:
        await speech.say(SAMPLE)
    finally:
        await speech.close()


async def _rank_once(settings: Settings) -> None:
    reranker = open_reranker(settings)
    try:
        await reranker.order(SAMPLE, [SAMPLE, "Work is force times distance."])
    finally:
        await reranker.close()


CHECKS: tuple[Callable[[Settings], Finding | None], ...] = (
    check_embeddings,
    check_reranker,
    check_speech,
)
