"""Checks of the remote services: each is asked for a little, as the service itself would ask."""

import asyncio
import hashlib
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from ai.embedding.errors import EmbeddingError
from ai.moderation.moderator import ModerationError
from ai.retrieval.reranking import RerankingError
from bootstrap.asset_stores import open_asset_store
from bootstrap.diagnosis.finding import Finding
from bootstrap.remote_services import (
    open_moderator,
    open_remote_embedder,
    open_reranker,
    open_speech,
)
from bootstrap.settings import Settings
from connectors.errors import ServiceCallError
from connectors.mail import MailUnavailableError, SmtpMailer, SmtpServer
from storage.errors import StorageUnavailableError

SAMPLE = "What is work?"
CHECK_SECONDS = 5.0


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


def check_moderator(settings: Settings) -> Finding | None:
    """Whether the moderation service judges in its time; None without one."""
    if not settings.moderation_url:
        return None
    check, address = "moderation service", settings.moderation_url
    try:
        asyncio.run(_judge_once(settings))
    except ModerationError as error:
        meanwhile = {"open": "nothing is judged", "closed": "nothing is answered"}
        advice = (
            "Check NEUROSHIKSHA_MODERATION_URL, _KEY, _MODEL and _TIMEOUT_SECONDS. Meanwhile"
            f" {meanwhile[settings.moderation_without_service]}."
        )
        return Finding(check, "warn", f"{address}: {error}", advice)
    return Finding(check, "ok", f"{address} answers")


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


def check_mail(settings: Settings) -> Finding | None:
    """Whether the mail server lets us in; a warning where nothing can be sent in production."""
    if not settings.sends_mail:
        if settings.environment == "embedded":
            return None
        advice = "Set SMTP_URL, so that forgotten passwords can be replaced."
        return Finding("mail server", "warn", "none is set; no mail is sent", advice)
    server = SmtpServer.of_url(settings.smtp_url.get_secret_value())
    try:
        asyncio.run(SmtpMailer(server, settings.mail_from, CHECK_SECONDS).check())
    except MailUnavailableError as error:
        advice = "Check SMTP_URL. Mails wait meanwhile, for two days at most."
        return Finding("mail server", "warn", f"{server.host}:{server.port}: {error}", advice)
    return Finding("mail server", "ok", f"{server.host}:{server.port} takes mail")


def check_asset_store(settings: Settings) -> Finding | None:
    """Whether a file can be stored, read and removed there; None without a bucket."""
    if not settings.asset_store:
        return None
    store, text = open_asset_store(settings), f"neuroshiksha doctor {uuid4()}".encode()
    content_hash = hashlib.sha256(text).hexdigest()
    try:
        with tempfile.TemporaryDirectory() as folder:
            sample = Path(folder) / "sample"
            sample.write_bytes(text)
            store.write_file(sample, content_hash)
        is_there = store.has(content_hash)
        store.discard(content_hash, unused_for=timedelta())
    except StorageUnavailableError as error:
        advice = "Check NEUROSHIKSHA_ASSET_STORE and NEUROSHIKSHA_S3_ENDPOINT, _REGION, _KEY_ID."
        cause = str(error.__cause__).partition("\n")[0]
        return Finding("asset store", "fail", f"{settings.asset_store}: {cause}", advice)
    if not is_there:
        advice = "The key may write and not read; allow both."
        return Finding("asset store", "fail", "what was stored is not there", advice)
    return Finding("asset store", "ok", f"{settings.asset_store} takes files")


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


async def _judge_once(settings: Settings) -> None:
    moderator = open_moderator(settings)
    try:
        await moderator.judge(SAMPLE)
    finally:
        await moderator.close()


CHECKS: tuple[Callable[[Settings], Finding | None], ...] = (
    check_embeddings,
    check_reranker,
    check_moderator,
    check_speech,
    check_mail,
    check_asset_store,
)
