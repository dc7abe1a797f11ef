"""`neuroshiksha db reembed` as an operator runs it: two servers answer before, during and after."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest

from bootstrap.embedded import ServerUrls
from bootstrap.home import CHECKOUT
from bootstrap.processes import python_command
from services.reembedding import BATCH_CHUNKS
from tests.support.encoder import exported_encoder
from tests.support.processes import wait_until
from tests.support.programs import Program, Programs
from tests.support.remote_services import DIMENSION, RemoteServices, remote_services
from tests.support.servers import TEMPLATE, in_database, run_sql

pytestmark = pytest.mark.server

PATIENCE_SECONDS = 300.0
"""Long enough for a slow machine; nothing here waits where things go well."""
EMAIL, PASSWORD = "operator@school.edu", "only for this very test"
NOTES = 2 * BATCH_CHUNKS
FRICTION = "Friction opposes the motion of a sliding box and turns its energy into heat."
QUESTION = "What opposes the motion of a sliding box?"


@dataclass(frozen=True, slots=True)
class Encoding:
    """`neuroshiksha` of an installation with one encoder."""

    programs: Programs
    environment: dict[str, str]

    def started(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            python_command("cli.main", *map(str, arguments)),
            env=self.environment,
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object, typed: str = "") -> str:
        ended = self.programs.run(*arguments, environment=self.environment, typed=typed)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    @contextmanager
    def serving(self) -> Iterator["Server"]:
        """A server of its own process, ready to answer."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        process = self.programs.start(
            "cli.main", "serve", "--port", port, environment=self.environment
        )
        address = f"http://127.0.0.1:{port}"
        try:
            with httpx2.Client(base_url=address, timeout=PATIENCE_SECONDS) as http:
                server = Server(http)
                wait_until(lambda: server.is_ready(process), PATIENCE_SECONDS)
                server.sign_in()
                yield server
        finally:
            process.kill()
            process.wait()


@dataclass(slots=True)
class Server:
    """A running server, asked over HTTP."""

    http: httpx2.Client

    def is_ready(self, process: Program) -> bool:
        assert process.poll() is None, "the server ended at its start"
        try:
            return self.http.get("/health/ready").status_code == 200
        except httpx2.TransportError:
            return False

    def sign_in(self) -> None:
        form = {"username": EMAIL, "password": PASSWORD}
        token = self.http.post("/api/v1/auth/token", data=form).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def cited(self, course: str) -> list[str]:
        """The quotes of an answer, which it must give."""
        answer = self.http.post(
            f"/api/v1/courses/{course}/chat",
            json={"message": QUESTION},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 200, answer.text
        return [citation["quote"] for citation in answer.json()["citations"]]


@pytest.fixture
def remote() -> Iterator[RemoteServices]:
    with remote_services() as server:
        yield server


@pytest.fixture
def old(
    programs: Programs,
    server_urls: ServerUrls,
    database_url: str,
    redis_url: str,
    redis_cache_url: str,
    tmp_path: Path,
) -> Encoding:
    """The built-in encoder, in a database of its own: all courses change their encoder together."""
    name = f"reembedding_{uuid4().hex}"
    run_sql(server_urls.database_url, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    (models / "all-MiniLM-L6-v2").symlink_to(exported_encoder().graph.parent)
    return Encoding(
        programs,
        {
            **os.environ,
            "NEUROSHIKSHA_HOME": str(tmp_path / "home"),
            "NEUROSHIKSHA_ENV": "embedded",
            "NEUROSHIKSHA_SECRET_KEY": "a secret key for this test, long enough",
            "NEUROSHIKSHA_ANSWER_CACHE": "false",
            "NEUROSHIKSHA_ENCODER_THREADS": "1",
            "DATABASE_URL": in_database(server_urls.database_url, name),
            "REDIS_URL": redis_url,
            "REDIS_CACHE_URL": redis_cache_url,
        },
    )


@pytest.fixture
def new(old: Encoding, remote: RemoteServices) -> Encoding:
    """The same installation with the vectors of an embeddings API."""
    return Encoding(
        old.programs,
        {
            **old.environment,
            "NEUROSHIKSHA_EMBEDDINGS_URL": remote.base_url,
            "NEUROSHIKSHA_EMBEDDINGS_MODEL": "words",
            "NEUROSHIKSHA_EMBEDDINGS_DIMENSION": str(DIMENSION),
        },
    )


@pytest.fixture
def course(old: Encoding, tmp_path: Path) -> str:
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(NOTES):
        (folder / f"note-{number:03}.md").write_text(f"# Note {number}\n\nIts number is {number}.")
    (folder / "friction.md").write_text(f"# Friction\n\n{FRICTION}")
    old.run("ingest", folder, "--course", "physics", "--create")
    old.run(
        "user", "create", "--email", EMAIL, "--role", "admin", "--password-stdin", typed=PASSWORD
    )
    return "physics"


def test_questions_are_answered_while_the_command_changes_the_encoder_and_drops_the_old_one(
    old: Encoding, new: Encoding, remote: RemoteServices, course: str
):
    with old.serving() as before, new.serving() as after:
        assert before.cited(course) == after.cited(course) == [FRICTION]
        states = new.run("db", "reembed", "--dry-run")
        remote.requests.clear()
        remote.held = True
        changing = new.started("db", "reembed")
        wait_until(lambda: bool(remote.requests), PATIENCE_SECONDS)
        assert before.cited(course) == [FRICTION]
        remote.held = False
        remote.let_go.set()
        answers = asked_until(changing, lambda: before.cited(course) + after.cited(course))
        output, errors = changing.communicate(timeout=PATIENCE_SECONDS)
        afterwards = after.cited(course)
        dropped = new.run("db", "reembed", "--drop-old")
        ended = new.run("db", "reembed", "--dry-run")
        assert before.cited(course) == after.cited(course) == [FRICTION]

    assert f": active, vectors of {NOTES + 1} passages" in states
    assert ": wanted, vectors of 0 passages" in states
    assert changing.returncode == 0, errors
    assert f"{NOTES + 1} passages to encode." in output
    assert "Every passage has this encoder's vectors, and it is the active one." in output
    assert answers == [FRICTION] * len(answers)
    assert len(answers) >= 2
    assert afterwards == [FRICTION]
    assert f"Removed {NOTES + 1} vectors of other encoders." in dropped
    assert f": active, vectors of {NOTES + 1} passages" in ended
    assert ": old, vectors of 0 passages" in ended


def asked_until(process: subprocess.Popen[str], ask: Callable[[], list[str]]) -> list[str]:
    """The answers of one question after the other, at least one, while a process runs."""
    answers = ask()
    while process.poll() is None:
        answers += ask()
    return answers
