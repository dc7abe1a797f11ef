"""Wires how material comes in and is found; does no I/O of its own."""

import time

from ai.retrieval.reranking import Reranking
from bootstrap.adapters import Adapters
from ingestion.guarded import GuardedReader
from services.ingestion.service import IngestionService


def build_ingestion(adapters: Adapters) -> IngestionService:
    """Ingestion over these adapters, with each file read in a process of its own."""
    return IngestionService(adapters.database, adapters.files, adapters.embedder, GuardedReader)


def build_reranking(adapters: Adapters) -> Reranking | None:
    """Reranking within the limits of the settings; None where there is no reranker."""
    if adapters.reranker is None:
        return None
    settings = adapters.settings
    return Reranking(
        adapters.reranker,
        candidates=settings.rerank_candidates,
        seconds=settings.rerank_timeout_seconds,
        clock=time.monotonic,
    )
