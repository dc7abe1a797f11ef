"""P6 and P7: ingestion against the bare encoder and plain pipelines, in part and unchanged.

The pipelines are the plain app's, and LangChain's and LlamaIndex's where these are installed, as
`benchmarks/baselines/requirements.txt` says; `BENCHMARK_BASELINES_PYTHON` names another Python.
"""

import argparse
import asyncio
import os
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import asyncpg
import orjson
from pgvector.asyncpg import register_vector

from ai.embedding.embedder import PassageInput
from ai.embedding.onnx import OnnxEmbedder
from ai.embedding.onnx_export import export
from ai.embedding.onnx_files import read_exported
from benchmarks.baselines.bare_encoder import BareEncoder
from benchmarks.baselines.plain_app import ingest, load_encoder
from benchmarks.baselines.plain_database import make_plain_database
from benchmarks.installation import COURSE, Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import CHECKOUT, run, server_cpu_seconds
from benchmarks.report import write_report
from bootstrap.settings import Settings

ENCODER_SHARE = 0.95
PIPELINE_RATIO = 1.2
CPU_SHARE = 0.8
UNCHANGED_SHARE = 0.01
CHANGED_EVERY = 20
ROUNDS = 5
CHANGED_RATIO = 10
FRAMEWORKS = {
    "langchain": "benchmarks.baselines.langchain_ingestion",
    "llamaindex": "benchmarks.baselines.llamaindex_ingestion",
}
BASELINES_PYTHON = ".venv-baselines/bin/python"
NOT_INSTALLED = (
    "not installed: python3 -m venv .venv-baselines && "
    ".venv-baselines/bin/pip install -r benchmarks/baselines/requirements.txt"
)

STORED_CHUNKS = """
SELECT documents.title, chunks.heading, chunks.text, chunks.sentence_bounds
FROM chunks JOIN documents ON documents.id = chunks.document_id
WHERE chunks.course_id = (SELECT id FROM courses WHERE slug = $1)
ORDER BY chunks.id
"""


def service_figures(here: Installation, asked: Material) -> dict[str, float]:
    """The command's own figures: into an empty course, then the same again.

    The second run does nothing but start and compare, so that the first one's processor time
    beyond it is what ingestion took: reading, encoding and the server's share.
    """
    first, again = (_ingest_once(here, asked.passages_file) for _ in range(2))
    return {
        "chunks": first["chunks"],
        "seconds": first["seconds"],
        "cpu_seconds": round(first["cpu_seconds"] - again["cpu_seconds"], 3),
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


def _ingest_once(here: Installation, file: Path, course: str = COURSE) -> dict[str, float]:
    report = here.home / "report.json"
    cpu_began = _children_cpu_seconds() + server_cpu_seconds(here.urls.database_url)
    here.command("ingest", str(file), "--course", course, "--create", "--report", str(report))
    cpu_ended = _children_cpu_seconds() + server_cpu_seconds(here.urls.database_url)
    totals: dict[str, float] = orjson.loads(report.read_bytes())["totals"]
    return {**totals, "cpu_seconds": cpu_ended - cpu_began}


def _children_cpu_seconds() -> float:
    """Processor time of the processes that this one has started and seen end."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def stored_chunks(database_url: str) -> list[asyncpg.Record]:
    """The chunks as the service cut them."""
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch(STORED_CHUNKS, COURSE)
    await connection.close()
    return rows


def encoder_seconds(rows: Sequence[asyncpg.Record], encoder: BareEncoder | OnnxEmbedder) -> float:
    """Seconds that an encoder takes for the same chunks and their sentences."""
    passages = [_passage(row) for row in rows]
    encoder.encode_passages(passages[:32])
    began = perf_counter()
    encoder.encode_passages(passages)
    seconds = perf_counter() - began
    encoder.close()
    return round(seconds, 3)


def rounds_with_encoders(
    here: Installation, asked: Material, rows: Sequence[asyncpg.Record], threads: int
) -> list[dict[str, float]]:
    """Seconds of the service, the bare encoder and the service's own, in turn.

    In turn, as the speed of a shared machine changes by a quarter within minutes.
    """
    files = read_exported(here.home / "models" / Settings().encoder_folder.name)
    single_precision = export(here.home / "models" / "float32", "float32")
    return [
        {
            "service": _ingest_once(here, asked.passages_file, f"{COURSE}-{number}")["seconds"],
            "bare_encoder": encoder_seconds(rows, BareEncoder(single_precision, threads)),
            "own_encoder": encoder_seconds(rows, OnnxEmbedder(files, threads=threads)),
        }
        for number in range(ROUNDS)
    ]


def _passage(row: asyncpg.Record) -> PassageInput:
    prefix = " > ".join([row["title"], *row["heading"]]) + "\n"
    bounds = row["sentence_bounds"]
    pairs = tuple(zip(bounds[::2], bounds[1::2], strict=True))
    return PassageInput(prefix + row["text"], len(prefix), pairs)


async def plain_app_figures(url: str, rows: Sequence[asyncpg.Record]) -> dict[str, float]:
    """The plain app's ingestion of the same chunks, its model loaded before."""
    encoder = load_encoder()
    encoder.encode(["warm up"])
    pairs = [(row["title"], row["text"]) for row in rows]
    async with asyncpg.create_pool(url, init=register_vector, min_size=1, max_size=2) as pool:
        began, cpu_began = perf_counter(), process_time() + server_cpu_seconds(url)
        await ingest(encoder, pool, pairs)
        return {
            "chunks": len(pairs),
            "seconds": round(perf_counter() - began, 3),
            "cpu_seconds": round(process_time() + server_cpu_seconds(url) - cpu_began, 3),
        }


def framework_figures(url: str, asked: Material) -> Iterator[tuple[str, dict[str, float] | str]]:
    """Each framework's ingestion of the same documents, its model loaded before.

    It cuts them its own way. Where it is not installed, its figures are how to do so.
    """
    python = Path(os.environ.get("BENCHMARK_BASELINES_PYTHON") or CHECKOUT / BASELINES_PYTHON)
    for name, module in FRAMEWORKS.items():
        if not python.exists():
            yield name, NOT_INSTALLED
            continue
        server_began = server_cpu_seconds(url)
        answer = run([str(python), "-m", module, url, str(asked.passages_file)], {})
        figures = orjson.loads(answer.splitlines()[-1])
        server_seconds = server_cpu_seconds(url) - server_began
        figures["cpu_seconds"] = round(figures["cpu_seconds"] + server_seconds, 3)
        yield name, figures


def compare(here: Installation, asked: Material) -> bool:
    """Measures all of them on the same chunks; whether P6 and P7 are kept."""
    settings = Settings()
    here.prepare_encoder()
    ours = service_figures(here, asked)
    rows = asyncio.run(stored_chunks(here.urls.database_url))
    url = asyncio.run(make_plain_database(here))
    pipelines: dict[str, dict[str, float] | str] = {
        "plain_app": asyncio.run(plain_app_figures(url, rows)),
        **dict(framework_figures(url, asked)),
    }
    changed = changed_figures(here, asked, ours["seconds"])
    rounds = rounds_with_encoders(here, asked, rows, settings.encoder_threads or 2)
    shares = {
        name: round(median(one[name] / one["service"] for one in rounds), 3)
        for name in ("bare_encoder", "own_encoder")
    }
    over = dict(_comparisons(ours, pipelines))
    return write_report(
        "ingestion",
        {
            "material": asked.name,
            "service": ours,
            "changed_in_part": changed,
            "seconds_in_turn": rounds,
            "pipelines": pipelines,
            "speed_over": shares,
            "over_pipelines": over,
        },
        {
            f"P6: at least {ENCODER_SHARE} of the bare encoder": shares["bare_encoder"]
            >= ENCODER_SHARE,
            **dict(_pipeline_promises(over)),
            f"P6: 5 % changed {CHANGED_RATIO} times as fast as the first time": changed[
                "times_as_fast"
            ]
            >= CHANGED_RATIO,
            f"P7: unchanged in at most {UNCHANGED_SHARE} of the first time": ours["unchanged_share"]
            <= UNCHANGED_SHARE,
        },
    )


def _comparisons(
    ours: Mapping[str, float], pipelines: Mapping[str, dict[str, float] | str]
) -> Iterator[tuple[str, dict[str, float]]]:
    """How many times as fast as each pipeline that ran, and at which share of its CPU."""
    for name, theirs in pipelines.items():
        if not isinstance(theirs, str):
            yield (
                name,
                {
                    "speed": round(theirs["seconds"] / ours["seconds"], 2),
                    "cpu_share": round(ours["cpu_seconds"] / theirs["cpu_seconds"], 2),
                },
            )


def _pipeline_promises(over: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, bool]]:
    for name, ratio in over.items():
        speed, cpu = ratio["speed"], ratio["cpu_share"]
        yield f"P6: at least {PIPELINE_RATIO} times as fast as {name}", speed >= PIPELINE_RATIO
        yield f"P6: at most {CPU_SHARE} of the CPU of {name}", cpu <= CPU_SHARE


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    argparse.ArgumentParser(description=__doc__).parse_args(arguments)
    with material() as asked, installation() as here:
        is_kept = compare(here, asked)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
