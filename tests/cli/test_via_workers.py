"""`ingest --via-workers` and `neuroshiksha jobs` over a real worker, as a person runs them."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from bootstrap.home import CHECKOUT
from bootstrap.processes import python_command
from bootstrap.settings import Settings
from cli.jobs import NONE_YET
from services.ingestion.submission import BATCH_FILES
from tests.support.encoder import exported_encoder
from tests.support.programs import Programs

pytestmark = pytest.mark.worker

PATIENCE_SECONDS = 300
"""Long enough for a slow machine; nothing here waits where things go well."""
Start = Callable[..., subprocess.Popen[str]]
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """An installation over the servers of the test run."""
    settings.encoder_folder.parent.mkdir(parents=True)
    settings.encoder_folder.symlink_to(exported_encoder().graph.parent)
    return {
        **os.environ,
        "NEUROSHIKSHA_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "REDIS_CACHE_URL": settings.redis_cache_url.get_secret_value(),
        "NEUROSHIKSHA_SECRET_KEY": settings.secret_key.get_secret_value(),
        "NEUROSHIKSHA_ENCODER_THREADS": "1",
        "NEUROSHIKSHA_JOB_POLL_SECONDS": "1",
        "COLUMNS": "200",
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Start:
    """Starts `neuroshiksha` as a terminal does."""

    def started(*command: object) -> subprocess.Popen[str]:
        # Tests run in the background of a script ignore Ctrl-C, and so would what they start.
        of_tests = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return subprocess.Popen(
                python_command("cli.main", *map(str, command)),
                env=environment,
                cwd=CHECKOUT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        finally:
            signal.signal(signal.SIGINT, of_tests)

    return started


@pytest.fixture
def command(programs: Programs, environment: dict[str, str]) -> Command:
    """`neuroshiksha`, run to its end."""
    return partial(programs.run, environment=environment)


@pytest.fixture
def worker(
    programs: Programs, environment: dict[str, str]
) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def running() -> Iterator[None]:
        process = programs.start("workers", "worker", "--concurrency", "1", environment=environment)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    return running


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Files for two parts of a job, one of which is broken."""
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(BATCH_FILES):
        (folder / f"note-{number:02}.md").write_text(f"# Note {number}\n\nIts number is {number}.")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    return folder


def test_the_workers_bring_a_library_in_while_the_terminal_tells_of_each_file(
    command: Command,
    worker: Callable[[], AbstractContextManager[None]],
    library: Path,
    tmp_path: Path,
):
    course, report = f"course-{uuid4().hex}", tmp_path / "report.json"

    with worker():
        ingested = command(
            "ingest", library, "--course", course, "--create", "--via-workers", "--report", report
        )

    assert ingested.returncode == 1, ingested.stderr
    assert "ok        note-07.md (1 passages" in ingested.stdout
    assert "failed: broken.pdf: " in ingested.stdout
    totals = json.loads(report.read_text())["totals"]
    assert (totals["ok"], totals["failed"]) == (BATCH_FILES, 1)


def test_a_new_installation_says_that_it_has_no_jobs(
    programs: Programs, environment: dict[str, str], own_database_url: str
):
    of_a_new_one = environment | {"DATABASE_URL": own_database_url}

    listed = programs.run("jobs", "list", environment=of_a_new_one)

    assert (listed.returncode, listed.stdout.strip()) == (0, NONE_YET)


def test_ctrl_c_leaves_a_job_to_the_workers_and_jobs_cancels_and_retries_it(
    start: Start,
    command: Command,
    worker: Callable[[], AbstractContextManager[None]],
    library: Path,
):
    course = f"course-{uuid4().hex}"
    following = start("ingest", library, "--course", course, "--create", "--via-workers")
    told = next(line for line in following.stderr if line.startswith("Handed to the workers"))
    job_id = re.search(r"job (\S+)\.", told).group(1)

    following.send_signal(signal.SIGINT)
    _, errors = following.communicate(timeout=PATIENCE_SECONDS)
    listed = command("jobs", "list", "--course", course, "--status", "queued")
    none = command("jobs", "list", "--course", course, "--status", "succeeded")
    cancelled = command("jobs", "cancel", job_id)
    shown = command("jobs", "show", job_id)
    retried = command("jobs", "retry", job_id)
    with worker():
        followed = command("jobs", "show", job_id, "--follow")
    again = command("jobs", "retry", job_id)

    assert following.returncode == 130
    assert f"neuroshiksha jobs cancel {job_id}" in errors
    assert job_id in listed.stdout
    assert (none.returncode, none.stdout) == (0, "No such jobs.\n")
    assert (cancelled.returncode, cancelled.stdout) == (0, "Cancelled.\n")
    assert shown.returncode == 1
    assert "cancelled" in shown.stdout
    assert (retried.returncode, retried.stdout) == (0, "Queued once more.\n")
    assert followed.returncode == 0, followed.stdout
    assert "succeeded" in followed.stdout
    assert again.returncode == 2
    assert "is succeeded" in again.stderr
