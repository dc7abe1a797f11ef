"""CPU of an answer through the router, over reading the same bytes without looking at them."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from statistics import median

import httpx2
import orjson
import uvloop

from ai.chat.chat_model import ChatModel, ChatRequest, TextDelta
from ai.chat.openai_compatible import TimeLimits
from ai.chat.providers import Endpoint, provide
from ai.prompts.rendered_prompt import RenderedPrompt
from ai.routing.breaker import Opening, ProbeClaim
from ai.routing.deployment import Alias, Deployment
from ai.routing.registry import TUTOR, Registry
from ai.routing.routed_deployment import OpenedChatModel, RoutingTools
from ai.routing.router import ModelRouter
from benchmarks.processes import upstream
from benchmarks.report import write_report

TOKENS = 100
RATIO_LIMIT = 1.5
REQUEST = ChatRequest(RenderedPrompt("p@1", "You are a tutor.", "What is work?"), "q", None, ())

Reading = Callable[[], Awaitable[None]]


class Alone:
    """Shares no breaker with anyone."""

    def opened(self, deployment: str, opening: Opening) -> None:
        """Says nothing."""

    def closed(self, deployment: str) -> None:
        """Says nothing."""

    def abandoned(self, deployment: str) -> None:
        """Says nothing."""

    async def claim_probe(self, deployment: str, seconds: float) -> ProbeClaim:  # noqa: ARG002
        """Grants every probe."""
        return ProbeClaim(is_granted=True)


def _open(name: str, definition: Deployment) -> OpenedChatModel:
    endpoint = Endpoint(definition.provider, definition.base_url, definition.wire_model)
    return provide(name, endpoint, TimeLimits())


def router_to(base_url: str) -> ModelRouter:
    """A router with one deployment, in all its wrappers."""
    tools = RoutingTools(_open, Alone(), time.monotonic, lambda: datetime.now(UTC), asyncio.sleep)
    deployment = Deployment(provider="openai_compatible", base_url=base_url, wire_model="m")
    registry = Registry({"m": deployment}, {TUTOR: Alias(deployments=("m",))})
    return ModelRouter(tools, registry, instruction="Go on.")


async def read_answer(model: ChatModel) -> None:
    """Reads one answer to its end."""
    count = 0
    async with aclosing(model.stream(REQUEST)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextDelta):
                count += chunk.text.count("word")
    assert count == TOKENS, count


async def read_bytes(client: httpx2.AsyncClient) -> None:
    """Reads the bytes of one answer, and nothing more."""
    body = orjson.dumps({"model": "m", "stream": True, "messages": []})
    headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
    async with client.stream("POST", "/chat/completions", content=body, headers=headers) as stream:
        async for _ in stream.aiter_raw():
            pass


async def cpu_milliseconds(reading: Reading, answers: int, at_once: int) -> float:
    """CPU of this process for an answer, over `answers` of them, `at_once` at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one() -> None:
        async with gate:
            await reading()

    started = time.process_time()
    await asyncio.gather(*(one() for _ in range(answers)))
    return (time.process_time() - started) * 1000 / answers


async def measure(base_url: str, options: argparse.Namespace) -> dict[str, float]:
    """Both ways in turn, so that what else the machine does falls on both."""
    router = router_to(base_url)
    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)
    ours: list[float] = []
    bare: list[float] = []
    async with httpx2.AsyncClient(base_url=base_url, limits=limits, timeout=60) as client:
        ways: tuple[tuple[list[float], Reading], ...] = (
            (bare, lambda: read_bytes(client)),
            (ours, lambda: read_answer(router.choose().chat_model)),
        )
        for round_number in range(options.rounds + 1):
            for figures, reading in ways:
                figure = await cpu_milliseconds(reading, options.answers, options.at_once)
                if round_number:  # the first one warms up
                    figures.append(figure)
    await router.close()
    return {
        "bare_cpu_ms_per_answer": round(median(bare), 3),
        "router_cpu_ms_per_answer": round(median(ours), 3),
        "ratio": round(median(o / b for o, b in zip(ours, bare, strict=True)), 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when the promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens-per-second", type=float, default=100.0)
    options = parser.parse_args(arguments)
    with upstream(tokens=TOKENS, tokens_per_second=options.tokens_per_second) as base_url:
        figures = uvloop.run(measure(base_url, options))
    promise = f"CPU of an answer at most {RATIO_LIMIT} times that of reading its bytes"
    is_kept = write_report("chat_relay", figures, {promise: figures["ratio"] <= RATIO_LIMIT})
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
