"""The processes of docker-compose.yml without containers: nginx, replicas, workers by queue, beat.

They run with what the image holds: packages that it leaves out cannot be imported.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from bootstrap.processes import kill_group, launch, python_command
from deploy.image_requirements import LEFT_OUT, module_names
from tests.deploy.edge import CHECKOUT, Edge, free_port, laid_out, running_edge
from tests.support.processes import wait_until

START_SECONDS = 240.0
STOP_SECONDS = 60.0
COMPANY = {"transformers", "sklearn", "safetensors"}
"""Modules that come only with what the image leaves out."""
WORKERS = {"ingestion": "ingestion", "others": "content,video,maintenance"}
"""Names of workers, and the queues that each works off."""


@dataclass(slots=True)
class Service:
    """One process of the service, which may be ended and started again."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = launch(
            self.command,
            log_file=self.log,
            folder=self.log.parent,
            death_signal=signal.SIGKILL,
            environment=self.environment,
        )

    def kill(self) -> None:
        """kill -9, its children included."""
        assert self.process is not None
        kill_group(self.process.pid)
        self.process.wait()

    def stop(self) -> None:
        """What a container's end begins with."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(STOP_SECONDS)

    def require_running(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()

    def owns(self, pid: int) -> bool:
        """Whether that process is this one, or was started by it."""
        assert self.process is not None
        return self.process.pid in {pid, *(p.pid for p in psutil.Process(pid).parents())}


@dataclass(slots=True)
class Replica(Service):
    """An API process."""

    port: int = 0

    @property
    def place(self) -> str:
        """As nginx names it."""
        return f"127.0.0.1:{self.port}"

    def is_ready(self) -> bool:
        self.require_running()
        try:
            with urlopen(f"http://{self.place}/health/ready", timeout=5) as response:
                return bool(response.status == 200)
        except (URLError, OSError):
            return False


@dataclass(slots=True)
class Topology:
    """All of them."""

    edge: Edge
    replicas: tuple[Replica, Replica]
    workers: Mapping[str, Service]
    beat: Service

    @property
    def address(self) -> str:
        return self.edge.address

    def replica_at(self, place: str) -> Replica:
        return next(replica for replica in self.replicas if replica.place == place)


@contextmanager
def running_topology(folder: Path, environment: Mapping[str, str]) -> Iterator[Topology]:
    """Starts all of it and waits until the edge's replicas are ready."""
    ports = (free_port(), free_port())
    (folder / "edge").mkdir()
    edge = laid_out(folder / "edge", ports)
    variables = {**os.environ, **image_environment(folder), **environment}

    def service(name: str, *arguments: str) -> tuple[tuple[str, ...], dict[str, str], Path]:
        return tuple(python_command("cli.main", *arguments)), variables, folder / f"{name}.log"

    replicas = tuple(
        Replica(*service(f"api-{port}", "serve", "--port", str(port)), port=port) for port in ports
    )
    workers = {
        name: Service(*service(name, "worker", "--queues", queues, "--concurrency", "1"))
        for name, queues in WORKERS.items()
    }
    topology = Topology(edge, replicas, workers, Service(*service("beat", "beat")))
    with ExitStack() as stack:
        stack.enter_context(running_edge(edge))
        for started in (*replicas, *workers.values(), topology.beat):
            started.start()
            stack.callback(started.kill)
        for replica in replicas:
            wait_until(replica.is_ready, START_SECONDS)
        yield topology
        for running in (*replicas, *workers.values(), topology.beat):
            running.require_running()


def image_environment(folder: Path) -> dict[str, str]:
    """Makes Python refuse what the image does not hold, and find the checkout's code."""
    hooks = folder / "hooks"
    hooks.mkdir()
    names = sorted(module_names(LEFT_OUT) | COMPANY)
    (hooks / "sitecustomize.py").write_text(
        f"import sys\nsys.modules.update(dict.fromkeys({names!r}))\n"
    )
    return {"PYTHONPATH": f"{hooks}{os.pathsep}{CHECKOUT}"}
