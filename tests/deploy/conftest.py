"""The whole topology, started once for the module that travels through it."""

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis

from tests.deploy.topology import Topology, running_topology
from tests.support.encoder import exported_encoder
from tests.support.openai_server import Behaviour, OpenAIServer, ReceivedRequest

WORDS = ["Listen:", *(f" word{n}" for n in range(30))]
NEVER_ENDING = "Think about momentum until I stop you"


def slow_answer(request: ReceivedRequest) -> Behaviour:
    """The words one by one; who was given some of them goes on where they end."""
    if NEVER_ENDING in str(request.body["messages"]):
        return Behaviour(answer=("Momentum is", " never said"), fault="hang_in_mid_stream")
    turns = [turn for turn in request.body["messages"] if turn["role"] == "assistant"]
    said = turns[-1]["content"].split() if turns else []
    return Behaviour(answer=WORDS[len(said) :] or [" The end."], tokens_per_second=15)


@contextmanager
def upstream() -> Iterator[str]:
    """The address of a chat model's server, in a thread with a loop of its own."""
    started, loop, stopping = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    server = OpenAIServer(slow_answer)

    async def serve() -> None:
        async with server:
            started.set()
            await stopping.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    started.wait()
    try:
        yield server.base_url
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def topology(
    own_database_url: str,
    redis_url: str,
    redis_cache_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Topology]:
    folder = tmp_path_factory.mktemp("topology")
    with Redis.from_url(redis_url) as redis:
        redis.delete("ingestion", "content", "video", "maintenance")
    with upstream() as model_address:
        environment = {
            "NEUROSHIKSHA_ENV": "production",
            "NEUROSHIKSHA_HOME": str(folder / "home"),
            "NEUROSHIKSHA_ENCODER_FOLDER": str(exported_encoder().folder),
            "NEUROSHIKSHA_ENCODER_THREADS": "1",
            "NEUROSHIKSHA_SECRET_KEY": secrets.token_hex(32),
            "NEUROSHIKSHA_TRUSTED_PROXIES": "127.0.0.1",
            "NEUROSHIKSHA_ANSWER_CACHE": "false",
            "NEUROSHIKSHA_CONVERSATION_TITLES": "false",
            "NEUROSHIKSHA_ANSWER_LEASE_SECONDS": "3",
            "DATABASE_URL": own_database_url,
            "REDIS_URL": redis_url,
            "REDIS_CACHE_URL": redis_cache_url,
            "OPENAI_API_KEY": "none",
            "OPENAI_BASE_URL": model_address,
        }
        with running_topology(folder, environment) as topology:
            yield topology
