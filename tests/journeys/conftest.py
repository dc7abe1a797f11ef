"""The whole product, started as a person starts it, shared by the journeys of one session."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

CHECKOUT = Path(__file__).parents[2]
COMMAND = CHECKOUT / "neuroshiksha"
START_TIMEOUT_SECONDS = 400
DEMO_PASSWORD = "learn-by-asking"


@dataclass(frozen=True)
class Stack:
    """A running product: its address, its home, and what it has printed so far."""

    address: str
    home: Path
    environment: dict[str, str]
    output: Path

    def run(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Runs the `neuroshiksha` command beside the running product."""
        return subprocess.run(
            [COMMAND, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def get(self, path: str, token: str | None = None) -> dict:
        """GETs a JSON document."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with urlopen(Request(self.address + path, headers=headers), timeout=60) as response:
            return json.load(response)

    def token(self, email: str = "student@demo.local") -> str:
        """An access token of a demo account."""
        form = f"grant_type=password&username={email}&password={DEMO_PASSWORD}"
        request = Request(self.address + "/api/v1/auth/token", data=form.encode())
        with urlopen(request, timeout=60) as response:
            return json.load(response)["access_token"]


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`neuroshiksha up` with a fresh home whose path has a space, on a free port."""
    folder = tmp_path_factory.mktemp("a journey")
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")},
        "NEUROSHIKSHA_HOME": str(folder / "home"),
        "NO_COLOR": "1",
    }
    for name in ("DATABASE_URL", "REDIS_URL", "REDIS_CACHE_URL"):
        environment.pop(name, None)
    output = folder / "output.txt"
    with output.open("w") as sink:
        process = subprocess.Popen(
            [COMMAND, "up", "--port", str(port)],
            env=environment,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    stack = Stack(f"http://127.0.0.1:{port}", folder / "home", environment, output)
    try:
        wait_until_welcomed(stack, process)
        yield stack
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=90)
        finally:
            process.kill()
            process.wait()


def wait_until_welcomed(stack: Stack, process: subprocess.Popen) -> None:
    """Waits for the welcome, which `up` prints once the demo course can be asked."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if f"ready: {stack.address}" in stack.output.read_text():
            return
        time.sleep(0.2)
    pytest.fail(f"the product did not come up:\n{stack.output.read_text()}")


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
