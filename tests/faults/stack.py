"""`neuroshiksha up` with all its real processes, which a test kills in turn."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Literal

import httpx2
import psutil

from bootstrap.embedded.ports import find_free_port
from bootstrap.embedded.state import read_state
from bootstrap.home import CHECKOUT
from tests.support.encoder import exported_encoder

START_SECONDS = 240.0
EMAIL = "chaos@localhost.localdomain"
PASSWORD = "only-for-these-tests"
COURSE = "chaos"
Server = Literal["postgres", "redis", "redis-cache"]


@dataclass
class Stack:
    """A running installation with a course and an admin, who may ask in it."""

    process: subprocess.Popen[bytes]
    home: Path
    port: int
    environment: dict[str, str]
    token: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, connections: int = 200) -> httpx2.AsyncClient:
        """A client of the API, signed in."""
        limits = httpx2.Limits(max_connections=connections)
        return httpx2.AsyncClient(
            base_url=f"{self.address}/api/v1",
            headers=self.headers,
            timeout=30,
            limits=limits,
            verify=False,
        )

    def child(self, name: str) -> psutil.Process:
        """The process of the API, worker or beat that `up` watches."""
        word = {"api": "serve"}.get(name, name)
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if word in child.cmdline())

    def server(self, name: Server) -> psutil.Process:
        """The process of an embedded server."""
        state = read_state(self.home / "run")
        assert state is not None
        process = state.servers[name].find()
        assert process is not None, f"{name} does not run"
        return process

    def url(self, name: Literal["database", "redis", "redis_cache"]) -> str:
        """The address of an embedded server."""
        state = read_state(self.home / "run")
        assert state is not None
        return str(getattr(state.urls, f"{name}_url"))

    def memory_mib(self) -> float:
        """What the processes of the API hold."""
        api = self.child("api")
        tree = [api, *api.children(recursive=True)]
        return float(sum(process.memory_info().rss for process in tree) / 2**20)

    def is_ready(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/health/ready", timeout=5).status_code == 200
        except httpx2.HTTPError:
            return False

    def await_ready(self) -> float:
        """Waits for readiness; the seconds it took."""
        began = monotonic()
        while not self.is_ready():
            assert self.process.poll() is None, self.output
            assert monotonic() - began < START_SECONDS, self.output
            sleep(0.05)
        return monotonic() - began

    @property
    def output(self) -> str:
        return (self.home / "up.txt").read_text()

    def post(self, path: str, **options: Any) -> dict[str, Any]:
        response = httpx2.post(f"{self.address}/api/v1{path}", timeout=60, **options)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def prepare(self) -> None:
        """Makes the account, the course, and material that can be asked about."""
        create = [sys.executable, "-m", "cli.main", "user", "create", "--password-stdin"]
        subprocess.run(
            [*create, "--email", EMAIL, "--role", "admin"],
            env=self.environment,
            cwd=CHECKOUT,
            input=PASSWORD.encode(),
            check=True,
            capture_output=True,
        )
        form = {"username": EMAIL, "password": PASSWORD}
        self.token = self.post("/auth/token", data=form)["access_token"]
        body = {"title": "Chaos", "slug": COURSE}
        self.post("/courses", json=body, headers=self.headers)
        text = "Work is the product of force and displacement. Its unit is the joule."
        line = json.dumps({"doc_id": "work", "title": "Work", "text": text})
        upload = {"files": ("work.jsonl", line.encode())}
        job = self.post(f"/courses/{COURSE}/documents", files=upload, headers=self.headers)
        self.await_job(job["job"]["id"])

    def await_job(self, job_id: str, timeout_seconds: float = 240) -> dict[str, Any]:
        """The job, once it has ended."""
        deadline = monotonic() + timeout_seconds
        while True:
            try:
                url = f"{self.address}/api/v1/jobs/{job_id}"
                job: dict[str, Any] = httpx2.get(url, headers=self.headers, timeout=10).json()
                if job.get("status") in {"succeeded", "failed", "cancelled"}:
                    return job
            except httpx2.HTTPError:
                pass
            assert monotonic() < deadline, f"the job does not end: {self.output}"
            sleep(0.1)


@contextmanager
def running_stack(
    home: Path, upstream_url: str, environment: Mapping[str, str] = {}
) -> Iterator[Stack]:
    """A whole installation on a free port; all of it ends with the context."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "models").mkdir(exist_ok=True)
    encoder = home / "models" / "all-MiniLM-L6-v2"
    if not encoder.exists():
        encoder.symlink_to(exported_encoder().folder)
    port = find_free_port()
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")},
        "PYTHONPATH": str(CHECKOUT),
        "NEUROSHIKSHA_HOME": str(home),
        "NEUROSHIKSHA_SECRET_KEY": secrets.token_hex(32),
        "NEUROSHIKSHA_ANSWER_CACHE": "false",
        "NEUROSHIKSHA_CONVERSATION_TITLES": "false",
        "NEUROSHIKSHA_ANSWER_LEASE_SECONDS": "3",
        "NEUROSHIKSHA_ENCODER_THREADS": "1",
        "OPENAI_API_KEY": "none",
        "OPENAI_BASE_URL": upstream_url,
        **environment,
    }
    for name in ("DATABASE_URL", "REDIS_URL", "REDIS_CACHE_URL"):
        variables.pop(name, None)
    with (home / "up.txt").open("ab") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--no-demo", "--port", str(port)],
            env=variables,
            cwd=CHECKOUT,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    stack = Stack(process, home, port, variables)
    try:
        stack.await_ready()
        stack.prepare()
        yield stack
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        finally:
            process.kill()
            process.wait()
