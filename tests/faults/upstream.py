"""A chat model's server in a thread of its own, whose behaviour a test changes as it goes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.openai_server import Behaviour, Fault, OpenAIServer, ReceivedRequest

WORDS = ("Listen:", *(f" word{n}" for n in range(30)))
ANSWER = "".join(WORDS)


@dataclass
class Upstream:
    """What the server does from now on.

    Attributes:
        tokens_per_second: How fast it speaks.
        faults: What it does to one request after the other, round and round.
    """

    base_url: str = ""
    tokens_per_second: float | None = 10.0
    faults: tuple[Fault, ...] = ("none",)
    asked: int = 0

    def behaviour(self, request: ReceivedRequest) -> Behaviour:
        """The words; who was given some of them goes on where they end."""
        fault = self.faults[self.asked % len(self.faults)]
        self.asked += 1
        turns = [turn for turn in request.body["messages"] if turn["role"] == "assistant"]
        said = turns[-1]["content"].split() if turns else []
        rest = WORDS[len(said) :] or (" The end.",)
        return Behaviour(answer=rest, tokens_per_second=self.tokens_per_second, fault=fault)


@contextmanager
def running_upstream() -> Iterator[Upstream]:
    """The server, until the context ends."""
    upstream, is_serving, is_over = Upstream(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with OpenAIServer(upstream.behaviour, keep_requests=False) as server:
            upstream.base_url = server.base_url
            is_serving.set()
            await is_over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    is_serving.wait(10)
    try:
        yield upstream
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join(10)
        loop.close()
