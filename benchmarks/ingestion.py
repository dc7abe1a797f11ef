"""P6 and P7: ingestion against the bare encoder and the plain app, in part and unchanged."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time

import asyncpg
import orjson
from pgvector.asyncpg import register_vector

from ai.embedding.embedder import PassageInput
from ai.embedding.onnx import OnnxEmbedder
from ai.embedding.onnx_export import ensure_exported
from benchmarks.baselines.plain_app import ingest, load_encoder
from benchmarks.first_token import make_plain_database
from benchmarks.installation import COURSE, Installation, installation
from benchmarks.material import Material, material
from benchmarks.report import write_report
from bootstrap.settings import Settings

ENCODER_SHARE = 0.95
PLAIN_APP_RATIO = 1.2
UNCHANGED_SHARE = 0.01
CHANGED_EVERY = 20
CHANGED_RATIO = 10

STORED_CHUNKS = """
SELECT documents.title, chunks.heading, chunks.text, chunks.sentence_bounds
FROM chunks JOIN documents ON documents.id = chunks.document_id
ORDER BY chunks.id
"""


def service_figures(here: Installation, asked: Material) -> dict[str, float]:
    """The command's own figures: into an empty course, the same again, then 5 % changed."""
    first, again = (_ingest_once(here, asked.passages_file) for _ in range(2))
    return {
        "chunks": first["chunks"],
        "seconds": first["seconds"],
        "chunks_per_second": round(first["chunks"] / first["seconds"], 1),
        "unchanged_seconds": again["seconds"],
        "unchanged_share": round(again["seconds"] / first["seconds"], 4),
    }


def changed_figures(here: Installation, asked: Material, first_seconds: float) -> dict[str, float]:
    """The same file with every twentieth document changed, into the same course."""
    lines = asked.passages_file.read_bytes().splitlines()
    folder = here.home / "changed"
    folder.mkdir()
    changed = folder / asked.passages_file.name
    changed.write_bytes(b"\n".join(_changed(number, line) for number, line in enumerate(lines)))
    seconds = _ingest_once(here, changed)["seconds"]
    return {
        "documents_changed": len(lines[::CHANGED_EVERY]),
        "seconds": seconds,
        "times_as_fast": round(first_seconds / seconds, 1),
    }


def _changed(number: int, line: bytes) -> bytes:
    if number % CHANGED_EVERY:
        return line
    record = orjson.loads(line)
    return orjson.dumps({**record, "text": f"{record['text']} This sentence is new."})


def _ingest_once(here: Installation, file: Path) -> dict[str, float]:
    report = here.home / "report.json"
    here.command("ingest", str(file), "--course", COURSE, "--create", "--report", str(report))
    totals: dict[str, float] = orjson.loads(report.read_bytes())["totals"]
    return totals


async def stored_chunks(database_url: str) -> list[asyncpg.Record]:
    """The chunks as the service cut them."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch(STORED_CHUNKS)
    await connection.close()
    return rows


def encoder_seconds(rows: Sequence[asyncpg.Record], threads: int, folder: Path) -> float:
    """Seconds that the bare encoder takes for the same chunks and their sentences."""
    embedder = OnnxEmbedder(ensure_exported(folder), intra_op_threads=threads)
    passages = [_passage(row) for row in rows]
    embedder.encode_passages(passages[:32])
    began = perf_counter()
    embedder.encode_passages(passages)
    seconds = perf_counter() - began
    embedder.close()
    return seconds


def _passage(row: asyncpg.Record) -> PassageInput:
    prefix = " > ".join([row["title"], *row["heading"]]) + "\n"
    bounds = row["sentence_bounds"]
    pairs = tuple(zip(bounds[::2], bounds[1::2], strict=True))
    return PassageInput(prefix + row["text"], len(prefix), pairs)


async def plain_app_seconds(here: Installation, rows: Sequence[asyncpg.Record]) -> dict[str, float]:
    """The plain app's ingestion of the same chunks, its model loaded before."""
    url = await make_plain_database(here)
    encoder = load_encoder()
    encoder.encode(["warm up"])
    pairs = [(row["title"], row["text"]) for row in rows]
    async with asyncpg.create_pool(url, init=register_vector, min_size=1, max_size=2) as pool:
        began, cpu_began = perf_counter(), process_time()
        await ingest(encoder, pool, pairs)
        return {
            "seconds": round(perf_counter() - began, 3),
            "cpu_seconds": round(process_time() - cpu_began, 3),
        }


def compare(here: Installation, asked: Material) -> bool:
    """Measures all of them on the same chunks; whether P6 and P7 are kept."""
    settings = Settings()
    ours = service_figures(here, asked)
    rows = asyncio.run(stored_chunks(here.urls.database_url))
    threads = settings.encoder_threads or 2
    folder = here.home / "models" / settings.encoder_folder.name
    bare = encoder_seconds(rows, threads, folder)
    plain = asyncio.run(plain_app_seconds(here, rows))
    changed = changed_figures(here, asked, ours["seconds"])
    encoder_share = round(bare / ours["seconds"], 3)
    plain_ratio = round(plain["seconds"] / ours["seconds"], 2)
    return write_report(
        "ingestion",
        {
            "material": asked.name,
            "service": ours,
            "changed_in_part": changed,
            "bare_encoder_seconds": round(bare, 3),
            "plain_app": plain,
            "speed_over_bare_encoder": encoder_share,
            "speed_over_plain_app": plain_ratio,
        },
        {
            f"P6: at least {ENCODER_SHARE} of the bare encoder": encoder_share >= ENCODER_SHARE,
            f"P6: at least {PLAIN_APP_RATIO} times the plain app": plain_ratio >= PLAIN_APP_RATIO,
            f"P6: 5 % changed {CHANGED_RATIO} times as fast as the first time": changed[
                "times_as_fast"
            ]
            >= CHANGED_RATIO,
            f"P7: unchanged in at most {UNCHANGED_SHARE} of the first time": ours["unchanged_share"]
            <= UNCHANGED_SHARE,
        },
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    with material() as asked, installation() as here:
        is_kept = compare(here, asked)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
