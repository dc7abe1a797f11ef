"""Memory of one API process that holds idle WebSockets while answers stream."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import orjson
import psutil
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.installation import Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import Started, resident_mib, service, upstream
from benchmarks.report import write_report
from benchmarks.streaming_client import StreamTiming, Target, ask_together, read_whole

MEMORY_LIMIT_MB = 600.0
SOCKETS = 1_000
STREAMS = 200
TICKET_PATH = "/api/v1/auth/ws-ticket"
OPENED_TOGETHER = 20
MIB_IN_MB = 2**20 / 1e6
LOOK_SECONDS = 0.05


async def new_ticket(target: Target) -> str:
    """A ticket of who is signed in."""
    tickets = Target("tickets", target.port, TICKET_PATH, b"", headers=target.headers)
    whole = await read_whole(tickets, "")
    ticket: str = orjson.loads(whole.partition(b"\r\n\r\n")[2])["ticket"]
    return ticket


async def opened(target: Target, count: int) -> list[ClientConnection]:
    """WebSockets of one person, opened a few at a time."""
    places = asyncio.Semaphore(OPENED_TOGETHER)

    async def open_one() -> ClientConnection:
        async with places:
            ticket = await new_ticket(target)
            return await connect(
                f"ws://127.0.0.1:{target.port}/api/v1/ws?ticket={ticket}", compression=None
            )

    return list(await asyncio.gather(*(open_one() for _ in range(count))))


@asynccontextmanager
async def peak_mb(processes: Sequence[psutil.Process]) -> AsyncIterator[list[float]]:
    """Resident memory in MB, looked at again and again; the first of the list is the largest."""
    largest = [0.0]

    async def look() -> None:
        while True:
            largest[0] = max(largest[0], resident_mib(list(processes)) * MIB_IN_MB)
            await asyncio.sleep(LOOK_SECONDS)

    looking = asyncio.create_task(look())
    try:
        yield largest
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def alive(sockets: Sequence[ClientConnection]) -> int:
    """How many of the sockets still answer."""
    for socket in sockets:
        await socket.send('{"type": "ping", "id": "p"}')
    pongs = [orjson.loads(await socket.recv()) for socket in sockets]
    return sum(pong["event"] == "pong" for pong in pongs)


async def measure(
    target: Target, started: Started, questions: Sequence[str], sockets: int, streams: int
) -> dict[str, float]:
    """Memory fresh, with the idle sockets, and at its peak while answers stream beside them."""

    def resident_mb() -> float:
        return resident_mib(started.tree) * MIB_IN_MB

    await ask_together(target, questions[:8], concurrency=4)
    warm = resident_mb()
    idle = await opened(target, sockets)
    with_idle = resident_mb()
    asked = [questions[i % len(questions)] for i in range(streams)]
    async with peak_mb(started.tree) as largest:
        timings: list[StreamTiming] = await ask_together(target, asked, concurrency=streams)
    answering = await alive(idle)
    for socket in idle:
        await socket.close()
    return {
        "sockets": sockets,
        "streams": streams,
        "warm_mb": round(warm, 1),
        "with_idle_sockets_mb": round(with_idle, 1),
        "kb_per_idle_socket": round((with_idle - warm) * 1000 / sockets, 1),
        "peak_with_streams_mb": round(largest[0], 1),
        "streams_answered": sum(t.status == 200 and bool(t.arrivals) for t in timings),
        "sockets_alive_afterwards": answering,
    }


def run(here: Installation, asked: Material, options: argparse.Namespace) -> dict[str, float]:
    """Starts the service and measures it."""
    here.ingest(asked)
    with service(here.environment) as started:
        target = here.target(started)
        return asyncio.run(
            measure(target, started, asked.questions, options.sockets, options.streams)
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=SOCKETS)
    parser.add_argument("--streams", type=int, default=STREAMS)
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        figures = run(here, asked, options)
    is_whole = (figures["streams_answered"], figures["sockets_alive_afterwards"]) == (
        options.streams,
        options.sockets,
    )
    promise = (
        f"{options.sockets:,} idle WebSockets and {options.streams} streams in one process:"
        f" under {MEMORY_LIMIT_MB:g} MB, every one served"
    )
    is_kept = write_report(
        "idle_websockets",
        figures,
        {promise: is_whole and figures["peak_with_streams_mb"] < MEMORY_LIMIT_MB},
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
