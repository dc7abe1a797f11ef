"""The commands on material, run as a person runs them: exit codes, report, JSON."""

import json
import os
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.encoder import exported_encoder
from tests.support.programs import Programs
from tests.support.scans import half_scanned_pdf, without_tesseract

__all__ = ["without_tesseract"]

pytestmark = pytest.mark.server

OHM = "# Ohm\n\nVoltage is current times resistance."
NEWTON = "# Newton\n\nForce is mass times acceleration."
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(
    programs: Programs, tmp_path: Path, database_url: str, redis_url: str, redis_cache_url: str
) -> Command:
    """`neuroshiksha` with a home of its own, over the servers of the test run."""
    home = tmp_path / "home"
    (home / "models").mkdir(parents=True)
    (home / "models" / "all-MiniLM-L6-v2").symlink_to(exported_encoder().graph.parent)
    environment = {
        **os.environ,
        "NEUROSHIKSHA_HOME": str(home),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "REDIS_CACHE_URL": redis_cache_url,
        "COLUMNS": "200",
    }
    return partial(programs.run, environment=environment)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    (folder / "physics").mkdir(parents=True)
    (folder / "physics" / "ohm.md").write_text(OHM)
    (folder / "newton.md").write_text(NEWTON)
    return folder


def test_material_is_ingested_found_and_measured(command: Command, library: Path, tmp_path: Path):
    course = f"course-{uuid4().hex}"
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": "1", "question": "What is voltage?", "doc_id": "ohm.md"}')

    ingested = command("ingest", library, "--course", course, "--create")
    found = command("search", "What is voltage?", "--course", course, "--json")
    measuring = ("eval", "retrieval", "--course", course, "--questions", questions)
    measured = command(*measuring, "--json")
    earlier = tmp_path / "earlier.json"
    earlier.write_text(measured.stdout)
    compared = command(*measuring, "--against", earlier)

    assert ingested.returncode == 0, ingested.stderr
    assert "ok        physics/ohm.md (1 passages" in ingested.stdout
    assert found.returncode == 0, found.stderr
    hit = json.loads(found.stdout)["hits"][0]
    assert (hit["text"], hit["locator"]["heading"]) == (OHM.splitlines()[-1], ["Ohm"])
    assert measured.returncode == 0, measured.stderr
    metrics = json.loads(measured.stdout)
    assert (metrics["questions"], metrics["recall@1"], metrics["ndcg@10"]) == (1, 1, 1)
    assert set(metrics["ci95"]) == {"recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"}
    assert set(metrics["latency_ms"]) == {"p50", "p95"}
    assert compared.returncode == 0, compared.stderr
    assert "do not differ significantly" in compared.stdout


def test_a_file_that_fails_is_named_in_output_and_report_and_gives_exit_code_1(
    command: Command, library: Path, tmp_path: Path
):
    course, report = f"course-{uuid4().hex}", tmp_path / "report.json"
    (library / "empty.md").touch()
    (library / "photo.xyz").touch()

    ingested = command("ingest", library, "--course", course, "--create", "--report", report)

    assert ingested.returncode == 1
    assert "failed: empty.md: " in ingested.stdout
    written = json.loads(report.read_text())
    assert {file["path"]: file["status"] for file in written["files"]} == {
        "empty.md": "failed",
        "newton.md": "ok",
        "photo.xyz": "skipped",
        "physics/ohm.md": "ok",
    }
    keys = {"path", "status", "reason", "document_id", "documents", "chunks", "seconds"}
    assert all(set(file) - {"reason_code"} == keys for file in written["files"])
    codes = {
        file["path"]: file["reason_code"] for file in written["files"] if "reason_code" in file
    }
    assert codes == {"empty.md": "empty_document", "photo.xyz": "kind_unread"}
    assert (written["totals"]["ok"], written["totals"]["failed"]) == (2, 1)


@pytest.mark.usefixtures("without_tesseract")
def test_pages_that_cannot_be_read_are_named_while_the_rest_of_their_file_is_in(
    command: Command, library: Path, tmp_path: Path
):
    course = f"course-{uuid4().hex}"
    (library / "book.pdf").write_bytes(half_scanned_pdf(tmp_path))

    ingested = command("ingest", library, "--course", course, "--create")

    assert ingested.returncode == 0, ingested.stderr
    assert "warning: book.pdf: page 2 is a picture and left out; install T" in ingested.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere",), "There is no file or folder 'nowhere'"),
        (("{empty}",), "There is nothing to ingest"),
        (("{library}",), "Add --create to make it"),
        (("{library}", "--create", "--course", "Not A Slug"), "cannot be a course's slug"),
    ],
    ids=["no such path", "an empty folder", "an unknown course", "an impossible slug"],
)
def test_what_is_asked_wrongly_gives_exit_code_2_and_says_what_to_do(
    command: Command, library: Path, tmp_path: Path, arguments: tuple[str, ...], message: str
):
    empty = tmp_path / "empty"
    empty.mkdir()
    filled = [word.format(empty=empty, library=library) for word in arguments]

    refused = command("ingest", "--course", f"course-{uuid4().hex}", *filled)

    assert refused.returncode == 2
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr
