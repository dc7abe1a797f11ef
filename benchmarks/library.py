"""A library through a worker: once undisturbed, once cancelled half-way, resumed and finished.

`BENCHMARK_LIBRARY` names a folder of real course files, which are repeated and varied; the demo
course stands in for it. `python -m benchmarks.library --documents 5000` takes an hour or two.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Any

import asyncpg
import orjson

from benchmarks.installation import Installation, installation
from benchmarks.memory import PeakMemory
from benchmarks.processes import CHECKOUT, neuroshiksha, worker
from benchmarks.report import write_report
from ingestion.errors import NoTextError
from ingestion.formats import supported_extensions
from ingestion.reading import read_documents

DOCUMENTS = 600
"""About ten minutes for the demo course on two slow cores; both runs together."""
LEAST_DOCUMENTS = 160
"""Ten parts of sixteen files, so that there is something to cancel and go on with."""
WORKER_MIB = 600
GROWTH = 1.5
UNDISTURBED, DISTURBED = "undisturbed", "disturbed"
VARIED_EXTENSIONS = frozenset({".md", ".txt", ".rst", ".org"})
HANDED_OVER = re.compile(r"Handed to the workers as job (\S+)\.")
LOOK_EVERY_SECONDS = 0.5

READY = """
SELECT count(*) FROM documents
WHERE course_id = (SELECT id FROM courses WHERE slug = $1) AND status = 'ready'
"""
PARTS = """
SELECT result -> 'assets' AS files FROM jobs
WHERE course_id = (SELECT id FROM courses WHERE slug = $1) AND parent_id IS NOT NULL
ORDER BY updated_at
"""
ROWS = """
SELECT count(*) AS chunks, count(DISTINCT chunks.document_id) AS documents,
       (SELECT count(*) FROM chunk_vectors AS v WHERE v.course_id = course.id) AS vectors,
       (SELECT count(*) FROM lexical_postings AS p WHERE p.course_id = course.id) AS postings,
       (SELECT count(*) FROM document_versions AS d WHERE d.course_id = course.id) AS versions,
       md5(string_agg(documents.key || chunks.ordinal || chunks.char_start || chunks.content_hash,
                      ',' ORDER BY documents.key, chunks.ordinal)) AS digest
FROM courses AS course
JOIN chunks ON chunks.course_id = course.id
JOIN documents ON documents.id = chunks.document_id
WHERE course.slug = $1 GROUP BY course.id
"""
UNFINISHED_PARTS = """
SELECT count(*) FROM jobs
WHERE (id = $1::uuid OR parent_id = $1::uuid) AND status IN ('queued', 'running')
"""


def library_root() -> Path:
    """The folder that the library is made of."""
    given = os.environ.get("BENCHMARK_LIBRARY")
    return Path(given) if given else CHECKOUT / "demo" / "course"


def sources(root: Path) -> list[Path]:
    """The files below a folder that can be read and hold text."""
    readable = supported_extensions()
    files = [file for file in sorted(root.rglob("*")) if file.suffix.lower() in readable]
    return [file for file in files if _holds_text(file)]


def make_library(folder: Path, files: Sequence[Path], documents: int) -> None:
    """Fills a folder with so many files, made of those given, which come again in their order.

    A text is varied by turning its paragraphs around and by a last line of its own; a file of
    another kind is repeated as it is.
    """
    for number, source in enumerate(islice(cycle(files), documents)):
        target = folder / f"{number // 100:03}" / f"{number:05}-{source.name}"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(_varied(source, number // len(files)))


def _holds_text(file: Path) -> bool:
    """Whether a text holds more than front matter; other kinds of files are taken to."""
    if file.suffix.lower() not in VARIED_EXTENSIONS:
        return True
    with suppress(NoTextError):
        return any(True for _ in read_documents(file, key=file.name))
    return False


def _varied(source: Path, copy: int) -> bytes:
    if source.suffix.lower() not in VARIED_EXTENSIONS or not copy:
        return source.read_bytes()
    first, *others = source.read_text(encoding="utf-8").split("\n\n")
    turn = copy % max(len(others), 1)
    paragraphs = [first, *others[turn:], *others[:turn], f"This is copy {copy} of this text."]
    return "\n\n".join(paragraphs).encode()


def growth(parts: Sequence[Sequence[Mapping[str, Any]]], files: int) -> float:
    """Time of the files that came again, at the last time over the first.

    A whole book as PDF takes several times as long for each passage as a note, so only the same
    material tells. The first part, in which the worker warms up, is left out. A file's time is
    what was spent on it; no waiting.

    Args:
        parts: the reports of their files, in the order in which they were done.
        files: how many the library was made of.
    """
    times: dict[int, list[float]] = {}
    for part in parts[1:]:
        for file in part:
            number = int(Path(file["path"]).name.partition("-")[0])
            times.setdefault(number % files, []).append(file["seconds"])
    again = [seconds for seconds in times.values() if len(seconds) > 1]
    return sum(seconds[-1] for seconds in again) / sum(seconds[0] for seconds in again)


def compare(here: Installation, files: Sequence[Path], documents: int) -> bool:
    """Brings the library in twice; whether the promises are kept."""
    here.prepare_encoder()
    with (
        TemporaryDirectory(prefix="neuroshiksha-library-") as folder,
        worker(here.environment) as process,
        PeakMemory(process) as memory,
    ):
        make_library(Path(folder), files, documents)
        began = perf_counter()
        here.command("ingest", folder, "--course", UNDISTURBED, "--create", "--via-workers")
        seconds = perf_counter() - began
        interruption = _disturbed_run(here, Path(folder), documents)
    database_url = here.urls.database_url
    grown = round(growth(asyncio.run(_parts(database_url)), len(files)), 2)
    rows = asyncio.run(_rows(database_url, UNDISTURBED))
    others = asyncio.run(_rows(database_url, DISTURBED))
    return write_report(
        "library",
        {
            "material": f"{len(files)} files of {library_root().name}, repeated and varied",
            "seconds": round(seconds, 1),
            "documents_per_second": round(documents / seconds, 2),
            "chunks_per_second": round(rows["chunks"] / seconds, 1),
            "growth_of_time": grown,
            "worker_peak_mib": round(memory.peak_mib),
            "worker_peak_resident_mib": round(memory.peak_resident_mib),
            "interruption": interruption,
            "rows": rows,
        },
        {
            "every document is in": rows["documents"] == documents,
            "rows equal those of the undisturbed run": rows == others,
            f"worker's memory at most {WORKER_MIB} MiB": memory.peak_mib <= WORKER_MIB,
            f"P12: the same files take at most {GROWTH} times as long": grown <= GROWTH,
        },
    )


def _disturbed_run(here: Installation, folder: Path, documents: int) -> dict[str, Any]:
    """Cancels the job once half of the documents are in, queues it again, and sees it through."""
    job_id = _handed_over(here, folder)
    url = here.urls.database_url
    while asyncio.run(_count(url)) < documents // 2:
        sleep(LOOK_EVERY_SECONDS)
    began = perf_counter()
    here.command("jobs", "cancel", job_id)
    while asyncio.run(_unfinished_parts(url, job_id)):
        sleep(LOOK_EVERY_SECONDS)
    seconds_to_stop = perf_counter() - began
    at_cancel = asyncio.run(_count(url))
    here.command("jobs", "retry", job_id)
    began = perf_counter()
    here.command("jobs", "show", job_id, "--follow")
    return {
        "documents_when_cancelled": at_cancel,
        "seconds_until_it_had_stopped": round(seconds_to_stop, 1),
        "seconds_to_finish_once_resumed": round(perf_counter() - began, 1),
    }


def _handed_over(here: Installation, folder: Path) -> str:
    """The job of an `ingest --via-workers` whose terminal is closed at once."""
    command = neuroshiksha(
        "ingest", str(folder), "--course", DISTURBED, "--create", "--via-workers"
    )
    process = subprocess.Popen(
        command,
        env=os.environ | here.environment,
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    told = next(filter(None, map(HANDED_OVER.search, process.stderr)))
    process.terminate()
    process.communicate()
    return told.group(1)


async def _parts(database_url: str) -> list[list[dict[str, Any]]]:
    rows = await _fetch(database_url, PARTS, UNDISTURBED)
    return [orjson.loads(row["files"]) for row in rows]


async def _rows(database_url: str, course: str) -> dict[str, Any]:
    (row,) = await _fetch(database_url, ROWS, course)
    return dict(row)


async def _count(database_url: str) -> int:
    (row,) = await _fetch(database_url, READY, DISTURBED)
    return int(row["count"])


async def _unfinished_parts(database_url: str, job_id: str) -> int:
    (row,) = await _fetch(database_url, UNFINISHED_PARTS, job_id)
    return int(row["count"])


async def _fetch(database_url: str, statement: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database_url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
        return rows
    finally:
        await connection.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS)
    chosen = parser.parse_args(arguments)
    files = sources(library_root())
    least = max(LEAST_DOCUMENTS, 2 * len(files))
    if chosen.documents < least:
        parser.error(
            f"--documents must be at least {least}: {LEAST_DOCUMENTS}, and twice the files"
        )
    with installation() as here:
        is_kept = compare(here, files, chosen.documents)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
