"""A real nginx with the very files of deploy/nginx, filled in for ports of this machine."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bootstrap.processes import launch
from tests.support.processes import wait_until

CHECKOUT = Path(__file__).parents[2]
NGINX_FILES = CHECKOUT / "deploy" / "nginx"
PLACES = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def nginx_program() -> str:
    """Where nginx is; the test is skipped, loudly, where it is not."""
    program = shutil.which("nginx", path=PLACES)
    if program is None:
        pytest.skip("nginx is not installed (Debian, Ubuntu: apt install nginx-light)")
    return program


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Edge:
    """An nginx that runs, or one that could."""

    program: str
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it says: a line of JSON for each request, and what is wrong in plain ones."""
        return self.folder / "log"

    def requests(self) -> list[dict[str, Any]]:
        """What its access log says, a request each, in the order of their ends."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def replicas_asked(self, count: int, **members: str) -> set[str]:
        """The replicas that requests with these members in the log went to; waits for so many."""
        found: list[str] = []

        def are_logged() -> bool:
            found[:] = [
                request["replica"]
                for request in self.requests()
                if members.items() <= request.items()
            ]
            return len(found) >= count

        wait_until(are_logged)
        return {place for places in found for place in places.split(", ")}

    def command(self, *arguments: str) -> list[str]:
        """How it is run: all it writes goes below the folder, as in the container."""
        account = "user root; " if os.geteuid() == 0 else ""
        configuration = str(self.folder / "etc" / "nginx.conf")
        return [
            *(self.program, "-p", f"{self.folder}/", "-c", configuration),
            *("-g", f"{account}daemon off;", *arguments),
        ]

    def checked(self) -> subprocess.CompletedProcess[str]:
        """What nginx itself says of its files."""
        return subprocess.run(self.command("-t"), capture_output=True, text=True, check=False)


def laid_out(folder: Path, replica_ports: Sequence[int], **values: str) -> Edge:
    """The files of deploy/nginx in a folder, filled in as the container's start fills them in."""
    edge = Edge(nginx_program(), folder, free_port())
    upstream = " ".join(f"server 127.0.0.1:{port} max_fails=0;" for port in replica_ports)
    filled = {
        "EDGE_LISTEN": f"127.0.0.1:{edge.port}",
        "EDGE_UPSTREAM": upstream,
        "EDGE_RESOLVER": "",
        "EDGE_SCHEME": "$scheme",
        "EDGE_REAL_ADDRESS": "",
        "EDGE_UPLOAD_LIMIT": "257m",
        **values,
    }
    (folder / "etc" / "conf.d").mkdir(parents=True)
    shutil.copy(NGINX_FILES / "nginx.conf", folder / "etc")
    for template in (NGINX_FILES / "templates").glob("*.template"):
        written = folder / "etc" / "conf.d" / template.stem
        written.write_text(filled_in(template.read_text(), filled))
    return edge


def filled_in(template: str, values: dict[str, str]) -> str:
    """What envsubst makes of it: `${NAME}` of the names that are set, and nothing else."""
    return re.sub(r"\$\{(\w+)\}", lambda name: values[name[1]], template)


@contextmanager
def running_edge(edge: Edge) -> Iterator[subprocess.Popen[bytes]]:
    """Runs it until the context ends."""
    process = launch(
        edge.command(),
        log_file=edge.log,
        folder=edge.folder,
        death_signal=signal.SIGTERM,
    )
    try:
        wait_until(lambda: process.poll() is not None or _listens(edge.port))
        assert process.poll() is None, edge.log.read_text()
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
