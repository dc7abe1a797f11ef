"""A client that costs next to nothing: times the tokens of a streamed HTTP response."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter

import orjson

_RETRY_AFTER = re.compile(rb"\r\nretry-after: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """An app that streams.

    Attributes:
        question_field: Name of the body's field that holds the question.
        token_mark: Bytes that stand once in the stream for each piece of the answer.
    """

    name: str
    port: int
    path: str
    token_mark: bytes
    question_field: str = "message"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StreamTiming:
    """One answer: its HTTP status, and the seconds since the request at which pieces arrived."""

    status: int
    arrivals: tuple[float, ...]
    total_seconds: float
    retry_after_seconds: float = 0.0

    @property
    def is_answered(self) -> bool:
        """Whether an answer came, and not a refusal."""
        return self.status == HTTPStatus.OK and bool(self.arrivals)

    @property
    def first_token_seconds(self) -> float:
        """When the first piece arrived.

        Raises:
            IndexError: When none did.
        """
        return self.arrivals[0]

    @property
    def gaps_seconds(self) -> list[float]:
        """Times between pieces that arrived one after the other."""
        return [b - a for a, b in zip(self.arrivals, self.arrivals[1:], strict=False)]


async def ask(target: Target, question: str) -> StreamTiming:
    """Asks over a new connection and reads to the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    started = perf_counter()
    writer.write(_request(target, question))
    arrivals: list[float] = []
    head = await reader.readuntil(b"\r\n\r\n")
    while received := await reader.read(1 << 16):
        pieces = received.count(target.token_mark)
        arrivals += [perf_counter() - started] * pieces
    writer.close()
    retry_after = _RETRY_AFTER.search(head)
    return StreamTiming(
        int(head.split()[1]),
        tuple(arrivals),
        perf_counter() - started,
        float(retry_after.group(1)) if retry_after else 0.0,
    )


async def read_whole(target: Target, question: str) -> bytes:
    """Asks over a new connection; all that came back, head and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    writer.write(_request(target, question))
    whole = await reader.read(-1)
    writer.close()
    return whole


async def ask_together(
    target: Target, questions: Sequence[str], *, concurrency: int
) -> list[StreamTiming]:
    """Asks every question, `concurrency` at a time."""
    waiting = iter(questions)
    timings: list[StreamTiming] = []

    async def keep_asking() -> None:
        while (question := next(waiting, None)) is not None:
            timings.append(await ask(target, question))

    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(keep_asking())
    return timings


async def ask_steadily(
    target: Target,
    questions: Iterator[str],
    *,
    clients: int,
    spread_seconds: float,
    seconds: float,
) -> list[list[StreamTiming]]:
    """Each client asks one question after the other for so many seconds; a list for each.

    Their starts are spread over `spread_seconds`. One that is refused waits as long as it is told.
    """
    ends = perf_counter() + spread_seconds + seconds

    async def keep_asking(number: int) -> list[StreamTiming]:
        await asyncio.sleep(spread_seconds * number / clients)
        timings: list[StreamTiming] = []
        while perf_counter() < ends:
            timings.append(await ask(target, next(questions)))
            await asyncio.sleep(timings[-1].retry_after_seconds)
        return timings

    return await asyncio.gather(*(keep_asking(number) for number in range(clients)))


def _request(target: Target, question: str) -> bytes:
    body = orjson.dumps({target.question_field: question})
    lines = [
        f"POST {target.path} HTTP/1.1",
        "host: 127.0.0.1",
        "content-type: application/json",
        f"content-length: {len(body)}",
        "connection: close",
        *(f"{name}: {value}" for name, value in target.headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
