"""A server that is asked to end says that it is not ready, serves on for a while, and ends."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import monotonic

import httpx2
import pytest

from bootstrap.home import CHECKOUT
from tests.support.processes import wait_until

DRAIN_SECONDS = 2.0
"""Long enough to be seen to drain on a busy machine."""
SERVER = """
import sys
import uvicorn
from contextlib import asynccontextmanager
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from api.draining import Draining

draining = Draining(float(sys.argv[1]))

async def ready(request):
    return PlainTextResponse("", 503 if draining.has_begun else 200)

@asynccontextmanager
async def lifespan(app):
    with draining.on_sigterm():
        yield

config = uvicorn.Config(Starlette(routes=[Route("/", ready)], lifespan=lifespan), port=0)
server = uvicorn.Server(config)
started = server._log_started_message

def tell(listeners):
    started(listeners)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)

server._log_started_message = tell
server.run()
"""

Serving = Callable[[float], tuple[subprocess.Popen[str], str]]


@pytest.fixture
def serving() -> Iterator[Serving]:
    """Starts a server that drains for so long; gives its process and address."""
    started: list[subprocess.Popen[str]] = []

    def start(drain_seconds: float) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(drain_seconds)],
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        return process, f"http://127.0.0.1:{process.stdout.readline().strip()}/"

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_server_asked_to_end_is_not_ready_serves_on_for_a_while_and_ends(
    serving: Serving,
) -> None:
    process, address = serving(DRAIN_SECONDS)
    before = httpx2.get(address).status_code

    asked_at = monotonic()
    process.terminate()
    wait_until(lambda: httpx2.get(address).status_code == 503)
    process.wait(30)

    assert before == 200
    assert DRAIN_SECONDS <= monotonic() - asked_at < DRAIN_SECONDS + 30
    assert process.returncode == -signal.SIGTERM  # as uvicorn ends itself


def test_a_second_wish_ends_it_at_once(serving: Serving) -> None:
    process, address = serving(60)
    process.terminate()
    wait_until(lambda: httpx2.get(address).status_code == 503)

    process.terminate()

    process.wait(30)
