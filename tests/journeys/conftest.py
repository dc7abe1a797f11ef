"""The whole product, started as a person starts it, shared by the journeys of one session."""

import json
import os
import re
import shutil
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
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SLOW_MACHINE_MS = 90_000
REFUSED = re.compile(r"status of (401|503)|net::ERR_FAILED")


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

    def send(self, method: str, path: str, token: str, body: dict) -> dict:
        """Sends a JSON document and gives the one that is answered."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = Request(self.address + path, json.dumps(body).encode(), headers, method=method)
        with urlopen(request, timeout=60) as response:
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


@pytest.fixture(scope="module")
def browser() -> Iterator:
    playwright_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no `chromium` on this machine; on Debian: apt-get install chromium")
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser, stack: Stack) -> Iterator:
    """A page of a browser of its own, in which nothing may be complained of but a refusal.

    Or a request that the test itself has cut off.
    """
    context = browser.new_context(base_url=stack.address, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(SLOW_MACHINE_MS)
    complaints: list[str] = []
    page.on(
        "console",
        lambda message: complaints.append(told(message)) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    unexpected = [text for text in complaints if not REFUSED.search(text)]
    assert unexpected == []


def told(message) -> str:
    """A message of the console, with the address that it is about."""
    return f"{message.text} {message.location['url']}"


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
