"""P9: search among many chunks under row-level security, in courses of 1 % and 10 % of them.

Vectors are synthetic, with the seeded structure of `Crowd`; how many dimensions their
neighbourhoods have is told beside those of the material's own passages. Chunks and postings hold
the material's text, repeated and varied. Everything is asked as the application's role.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import asyncpg
import numpy as np
from numpy.typing import NDArray

from ai.embedding.embedder import PassageInput
from ai.embedding.onnx import OnnxEmbedder
from ai.retrieval.terms import analyse
from benchmarks.material import Material, material
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.synthetic_corpus import (
    DIMENSION,
    EMBEDDER,
    Crowd,
    FilledCourse,
    fill,
    intrinsic_dimension,
)
from bootstrap.embedded import embedded_servers
from bootstrap.home import Home
from storage.candidate_statements import DenseSearch, dense_statement
from storage.database import Database, Scope
from storage.migrations import upgrade_to_head
from storage.repositories.retrieval import (
    APPROXIMATE_FROM_CHUNKS,
    CandidateChoice,
    RetrievalRepository,
)
from storage.vector_indexes import VectorIndexes
from storage.vectors import halfvec_bytes
from tests.support.encoder import exported_encoder

QUESTIONS = 200
NEIGHBOURS = 10
CANDIDATES = 50
DENSE_MILLISECONDS, HYBRID_MILLISECONDS, RECALL = 10.0, 25.0, 0.95
HYBRID_UP_TO_CHUNKS = 100_000
"""The dense arm is promised at a million chunks too, the lexical one not."""
CHOICE = CandidateChoice(k1=0.6, b=0.75, meaning_weight=0.7, lexical_weight=0.3, limit=CANDIDATES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument(
        "--from-chunks",
        type=int,
        default=APPROXIMATE_FROM_CHUNKS,
        help="Chunks of a course from which the index is used.",
    )
    chosen = parser.parse_args(arguments)
    with (
        TemporaryDirectory(prefix="neuroshiksha-benchmark-") as folder,
        material() as asked,
        embedded_servers(Home(Path(folder)), durable=False) as servers,
    ):
        url = servers.urls.database_url
        upgrade_to_head(url)
        figures = {
            "intrinsic_dimension": _intrinsic_dimensions(asked),
            **asyncio.run(_measure(url, chosen.chunks, chosen.from_chunks, asked)),
        }
    promises = {
        f"P9: {name}: dense p95 at most {DENSE_MILLISECONDS} ms": course["dense_ms"]["p95"]
        <= DENSE_MILLISECONDS
        for name, course in figures["courses"].items()
    } | {
        f"P9: {name}: recall@10 at least {RECALL}": course["recall@10"] >= RECALL
        for name, course in figures["courses"].items()
    }
    if chosen.chunks <= HYBRID_UP_TO_CHUNKS:
        promises |= {
            f"P9: {name}: hybrid p95 at most {HYBRID_MILLISECONDS} ms": course["hybrid_ms"]["p95"]
            <= HYBRID_MILLISECONDS
            for name, course in figures["courses"].items()
        }
    is_kept = write_report(f"retrieval_scale_{chosen.chunks}", figures, promises)
    return 0 if is_kept else 1


def _intrinsic_dimensions(asked: Material) -> dict[str, float]:
    """Of the material's passages, and of as many synthetic vectors."""
    embedder = OnnxEmbedder(exported_encoder(), threads=2)
    encoded = embedder.encode_passages([PassageInput(text) for _, text in asked.rows])
    embedder.close()
    real = np.stack([passage.vector for passage in encoded])
    return {
        asked.name: round(intrinsic_dimension(real), 1),
        "synthetic": round(intrinsic_dimension(Crowd().draw(len(real))), 1),
    }


async def _measure(url: str, chunks: int, from_chunks: int, asked: Material) -> dict[str, Any]:
    crowd = Crowd()
    database = Database(url)
    texts = [text for _, text in asked.rows] if chunks <= HYBRID_UP_TO_CHUNKS else []
    began = time.perf_counter()
    filled = await fill(url, chunks, texts, crowd)
    filling_seconds = time.perf_counter() - began
    began = time.perf_counter()
    built = (await VectorIndexes(database).build_missing(from_chunks)).built
    building_seconds = time.perf_counter() - began
    queries = crowd.draw(QUESTIONS)
    courses: dict[str, Any] = {}
    for name in ("1 %", "10 %"):
        course = filled[name]
        async with database.connection(Scope(course_ids=(course.course_id,))) as connection:
            courses[name] = await _dense_figures(connection, course, queries, from_chunks)
            if texts:
                courses[name]["hybrid_ms"] = await _hybrid_figures(
                    connection, course, queries, asked.questions
                )
    await database.close()
    return {
        "chunks": chunks,
        "vectors": "synthetic, 1,800 topics of very different sizes",
        "text": f"{asked.name}, repeated and varied" if texts else None,
        "filling_seconds": round(filling_seconds, 1),
        "indexes_built": len(built),
        "index_building_seconds": round(building_seconds, 1),
        "courses": courses,
    }


async def _dense_figures(
    connection: asyncpg.Connection,
    course: FilledCourse,
    queries: NDArray[np.float32],
    from_chunks: int,
) -> dict[str, Any]:
    way: Literal["exact", "approximate"] = "exact" if course.size < from_chunks else "approximate"
    searched = dense_statement(DenseSearch(way, course.course_id, EMBEDDER, DIMENSION))
    exact = dense_statement(DenseSearch("exact", course.course_id, EMBEDDER, DIMENSION))
    truths = [(await _dense(connection, exact, course, query))[:NEIGHBOURS] for query in queries]
    seconds: list[float] = []
    recalls: list[float] = []
    for query, truth in zip(queries, truths, strict=True):
        began = time.perf_counter()
        found = await _dense(connection, searched, course, query)
        seconds.append(time.perf_counter() - began)
        recalls.append(len(set(truth) & set(found)) / NEIGHBOURS)
    return {
        "chunks": course.size,
        "dense_arm": way,
        "dense_ms": _spread(seconds),
        "recall@10": round(float(np.mean(recalls)), 4),
    }


async def _hybrid_figures(
    connection: asyncpg.Connection,
    course: FilledCourse,
    queries: NDArray[np.float32],
    questions: Sequence[str],
) -> dict[str, float]:
    """Both arms together, by whichever way a course of that size is searched in the product."""
    seconds: list[float] = []
    for number, query in enumerate(queries):
        terms = sorted(set(analyse(questions[number % len(questions)])))
        began = time.perf_counter()
        await RetrievalRepository(connection).candidates(
            course.course_id,
            EMBEDDER,
            query_vector=query,
            terms=terms,
            choice=CHOICE,
            chunk_count=course.size,
        )
        seconds.append(time.perf_counter() - began)
    return _spread(seconds)


async def _dense(
    connection: asyncpg.Connection, statement: str, course: FilledCourse, query: NDArray[np.float32]
) -> list[int]:
    """Chunk ids of the dense arm; what follows it ranks them exactly, so their order is free."""
    values = [course.course_id, EMBEDDER, halfvec_bytes(query), CANDIDATES]
    rows = await connection.fetch(statement, *values)
    return [row["chunk_id"] for row in rows]


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "p50": milliseconds(percentile(seconds, 0.5)),
        "p95": milliseconds(percentile(seconds, 0.95)),
    }


if __name__ == "__main__":
    sys.exit(main())
