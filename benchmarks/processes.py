"""Processes that a benchmark starts: the upstream, the service, the plain app."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import psutil

CHECKOUT = Path(__file__).parents[1]
START_TIMEOUT_SECONDS = 600.0
"""Generous: a first start on a slow, busy machine prepares the encoder too."""
UPSTREAM_FIRST_TOKEN_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Started:
    """A process that answers, and how long it took to."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    @property
    def tree(self) -> list[psutil.Process]:
        """The process and its children."""
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


@contextmanager
def upstream(
    *,
    tokens: int = 100,
    tokens_per_second: float = 100.0,
    first_token_seconds: float = UPSTREAM_FIRST_TOKEN_SECONDS,
    text: Path | None = None,
) -> Iterator[str]:
    """The base URL of a local OpenAI-compatible server, which tells `text` if one is given."""
    arguments = [
        f"--tokens={tokens}",
        f"--tokens-per-second={tokens_per_second}",
        f"--first-token-seconds={first_token_seconds}",
        *([] if text is None else [f"--text={text}"]),
    ]
    command = [sys.executable, "-m", "tests.support.openai_server", *arguments]
    with _running(command, {}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()


@contextmanager
def service(environment: Mapping[str, str]) -> Iterator[Started]:
    """The API of this checkout, one process, ready to answer."""
    with started_by(neuroshiksha("serve"), environment, "/health/ready") as started:
        yield started


@contextmanager
def worker(environment: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A worker that does one job at a time; it is ready when its first job is done."""
    with _running(neuroshiksha("worker", "--concurrency", "1"), environment) as process:
        yield psutil.Process(process.pid)


@contextmanager
def plain_app(database_url: str, upstream_url: str) -> Iterator[Started]:
    """The plain app, under uvicorn as it comes."""
    app = "benchmarks.baselines.plain_app:app"
    command = [sys.executable, "-m", "uvicorn", app, "--log-level", "warning"]
    environment = {
        "PLAIN_DATABASE_URL": database_url,
        "OPENAI_BASE_URL": upstream_url,
        "OPENAI_API_KEY": "none",
    }
    with started_by(command, environment, "/openapi.json") as started:
        yield started


@contextmanager
def started_by(
    command: list[str], environment: Mapping[str, str], health_path: str
) -> Iterator[Started]:
    """A web process on a free port, once it answers at its health path.

    Raises:
        RuntimeError: When it ends, or does not answer in time.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}{health_path}"
    began = perf_counter()
    with _running([*command, "--port", str(port)], environment) as process:
        while not _answers(address):
            if process.poll() is not None or perf_counter() - began > START_TIMEOUT_SECONDS:
                message = f"{' '.join(command)} did not start"
                raise RuntimeError(message)
            sleep(0.02)
        yield Started(process, port, perf_counter() - began)


def neuroshiksha(*arguments: str) -> list[str]:
    """The command line of this checkout."""
    return [str(Path(sys.executable).with_name("neuroshiksha")), *arguments]


def service_environment(home: Path, urls: Mapping[str, str], upstream_url: str) -> dict[str, str]:
    """What the service and its command line need to know."""
    return {
        **urls,
        "NEUROSHIKSHA_HOME": str(home),
        "NEUROSHIKSHA_ENV": "embedded",
        "NEUROSHIKSHA_SECRET_KEY": secrets.token_hex(32),
        "OPENAI_BASE_URL": upstream_url,
        "OPENAI_API_KEY": "none",
        "NEUROSHIKSHA_ANSWER_CACHE": "false",  # what is measured is answering, not repeating
        "NEUROSHIKSHA_CONVERSATION_TITLES": "false",  # nor a second call that the plain app lacks
    }


def run(command: list[str], environment: Mapping[str, str], **options: object) -> str:
    """Runs a command to its end and gives what it printed.

    Raises:
        subprocess.CalledProcessError: When it fails.
    """
    result = subprocess.run(
        command,
        env=os.environ | dict(environment),
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    return str(result.stdout)


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """Processor time that these processes have used so far."""
    times = [process.cpu_times() for process in processes]
    return sum(time.user + time.system for time in times)


def resident_mib(processes: list[psutil.Process]) -> float:
    """Resident memory; pages that processes share are counted once for each."""
    return sum(process.memory_info().rss for process in processes) / 2**20


def server_cpu_seconds(*urls: str) -> float:
    """Processor time that servers on this machine have used so far, ended children included."""
    return sum(_tree_cpu_seconds(server_process(url)) for url in urls)


def server_process(url: str) -> psutil.Process:
    """The process that listens at the port of an address.

    Raises:
        LookupError: When none does.
    """
    port = urlsplit(url).port
    for connection in psutil.net_connections("tcp"):
        if connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
            return psutil.Process(connection.pid)
    message = f"nothing listens at port {port}"
    raise LookupError(message)


def _tree_cpu_seconds(parent: psutil.Process) -> float:
    times = parent.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in parent.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += cpu_seconds([child])
    return float(total)


def free_port() -> int:
    """A TCP port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], stdout: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command, env=os.environ | dict(environment), cwd=CHECKOUT, stdout=stdout
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=1):
            return True
    except (URLError, OSError):
        return False
