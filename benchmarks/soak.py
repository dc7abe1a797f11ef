"""A long run at 70 % of what the installation can carry: what grows, and how quickly.

Learners ask at a steady pace whatever comes back, a teacher uploads a document now and then, and
every few seconds it is counted what the processes hold. The growth of each count is the slope of
a straight line through its samples; what is left once nobody asks any more says it more strictly.
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle
from time import perf_counter
from urllib.request import Request, urlopen

import numpy as np
import orjson
import psutil
from redis import Redis

from benchmarks.installation import COURSE, Installation, installation
from benchmarks.material import Material, material
from benchmarks.processes import Started, server_process, service, upstream, worker
from benchmarks.report import milliseconds, percentile, write_report
from benchmarks.streaming_client import StreamTiming, Target, ask, ask_steadily

ANSWER_SECONDS = 1.1
WARM_UP = 30
CAPACITY_CLIENTS = 150
CAPACITY_SECONDS = 30.0
LOAD = 0.7
SAMPLE_EVERY_SECONDS = 5.0
UPLOAD_EVERY_SECONDS = 20.0
SHARE_LEFT_OUT = 0.2
"""Of the samples, from the beginning: what grows once, such as pools and caches, has grown then."""
REST_SECONDS = 70.0
"""Longer than the logs of ended answers are kept."""
STREAM_KEYS = "neuroshiksha:answer:*"
MEMORY_MIB_PER_HOUR = 32.0
LEFT_AT_REST = 5
"""Files, connections, tasks or threads more than before that count as none."""
STANDARD_ERRORS = 1.96

Sample = dict[str, float]


@dataclass
class Watched:
    """The processes and servers of an installation, and what they hold just now."""

    here: Installation
    started: Started
    target: Target
    worker: psutil.Process
    samples: list[tuple[float, Sample]] = field(default_factory=list)

    def sample(self) -> Sample:
        """What is held: memory in MiB, the rest in numbers."""
        api = psutil.Process(self.started.process.pid)
        urls = self.here.urls
        with Redis.from_url(urls.redis_url) as redis:
            streams = sum(1 for _ in redis.scan_iter(STREAM_KEYS, count=1000))
            redis_clients = len(redis.client_list())
        held: Sample = {
            "api_memory_mib": _memory_mib([api]),
            "api_files": api.num_fds(),
            "api_threads": api.num_threads(),
            "api_connections": len(api.net_connections()),
            "worker_memory_mib": _memory_mib([self.worker, *self.worker.children(recursive=True)]),
            "postgres_sessions": len(server_process(urls.database_url).children()),
            "redis_memory_mib": _memory_mib([server_process(urls.redis_url)]),
            "redis_clients": redis_clients,
            "answer_streams": streams,
        }
        tasks = _tasks(self.target)
        return held if tasks is None else held | {"api_tasks": tasks}

    async def keep_sampling(self, began: float) -> None:
        """Takes a sample every few seconds until it is cancelled."""
        while True:
            self.samples.append((perf_counter() - began, await asyncio.to_thread(self.sample)))
            await asyncio.sleep(SAMPLE_EVERY_SECONDS)


def _memory_mib(processes: Sequence[psutil.Process]) -> float:
    return float(sum(process.memory_info().rss for process in processes) / 2**20)


def _tasks(target: Target) -> int | None:
    """Tasks of the API's loop, where its debugging tells them."""
    request = Request(
        f"http://127.0.0.1:{target.port}/api/v1/admin/debug/tasks", headers=dict(target.headers)
    )
    try:
        with urlopen(request, timeout=10) as response:
            told = orjson.loads(response.read())
    except OSError:  # refused, or too busy to answer
        return None
    return sum(together["count"] for together in told["items"])


async def capacity(target: Target, questions: Sequence[str]) -> float:
    """Answers per second when more is asked than can be answered, uploads beside it."""
    for question in questions[:WARM_UP]:
        await ask(target, question)
    uploading = asyncio.create_task(_keep_uploading(target))
    began = perf_counter()
    of_clients = await ask_steadily(
        target,
        cycle(questions),
        clients=CAPACITY_CLIENTS,
        spread_seconds=ANSWER_SECONDS,
        seconds=CAPACITY_SECONDS,
    )
    seconds = perf_counter() - began
    await _ended(uploading)
    return sum(timing.is_answered for timings in of_clients for timing in timings) / seconds


async def steady(
    watched: Watched, questions: Sequence[str], per_second: float, seconds: float, most: int
) -> list[StreamTiming]:
    """Asks at that pace for so long, or so many questions, while samples are taken."""
    began = perf_counter()
    sampling = asyncio.create_task(watched.keep_sampling(began))
    uploading = asyncio.create_task(_keep_uploading(watched.target))
    asking: list[asyncio.Task[StreamTiming]] = []
    for number, question in zip(range(most), cycle(questions), strict=False):
        due = began + number / per_second
        if due > began + seconds:
            break
        await asyncio.sleep(max(due - perf_counter(), 0))
        asking.append(asyncio.create_task(ask(watched.target, question)))
    timings = await asyncio.gather(*asking)
    await _ended(sampling, uploading)
    return timings


async def _ended(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_uploading(target: Target) -> None:
    for number in count():
        await asyncio.to_thread(_upload, target, number)
        await asyncio.sleep(UPLOAD_EVERY_SECONDS)


def _upload(target: Target, number: int) -> None:
    boundary = "soak"
    text = f"# Note {number}\n\nWork number {number} is a product of force and displacement."
    body = (
        f'--{boundary}\r\ncontent-disposition: form-data; name="files"; filename="n{number}.md"\r\n'
        f"content-type: text/markdown\r\n\r\n{text}\r\n--{boundary}--\r\n"
    ).encode()
    headers = dict(target.headers) | {
        "content-type": f"multipart/form-data; boundary={boundary}",
        "accept": "application/json",
    }
    address = f"http://127.0.0.1:{target.port}/api/v1/courses/{COURSE}/documents"
    with urlopen(Request(address, body, headers), timeout=60):
        pass


@dataclass(frozen=True, slots=True)
class Growth:
    """A straight line through the samples of one figure.

    Attributes:
        per_hour: Its slope.
        uncertainty: Half the width of the slope's 95 % interval.
    """

    mean: float
    per_hour: float
    uncertainty: float

    @property
    def is_shown(self) -> bool:
        """Whether it grows, more likely than by chance."""
        return self.per_hour > self.uncertainty

    def told(self) -> dict[str, float]:
        """Its figures for a report."""
        return {
            "mean": round(self.mean, 1),
            "growth_per_hour": round(self.per_hour, 1),
            "plus_or_minus": round(self.uncertainty, 1),
        }


def growth(samples: Sequence[tuple[float, float]]) -> Growth:
    """The line of least squares through `(seconds, value)`.

    Source: the standard error of a slope in simple linear regression; neighbouring samples hang
    together, so the true uncertainty is larger.
    """
    seconds, values = np.array(samples, dtype=float).T
    hours = seconds / 3600
    slope, start = np.polyfit(hours, values, 1)
    residuals = values - (slope * hours + start)
    spread = float(((hours - hours.mean()) ** 2).sum())
    error = float(np.sqrt((residuals**2).sum() / max(len(values) - 2, 1) / spread))
    return Growth(float(values.mean()), float(slope), STANDARD_ERRORS * error)


def growths(samples: Sequence[tuple[float, Sample]]) -> dict[str, Growth]:
    """The growth of every figure, the beginning left out."""
    later = samples[int(len(samples) * SHARE_LEFT_OUT) :]
    return {name: growth([(at, each[name]) for at, each in later]) for name in later[0][1]}


async def soaked(
    watched: Watched, questions: Sequence[str], options: argparse.Namespace
) -> tuple[Mapping[str, object], dict[str, bool]]:
    """Runs all of it; figures and promises."""
    found = await capacity(watched.target, questions)
    await asyncio.sleep(REST_SECONDS)
    before = watched.sample()
    seconds = options.minutes * 60
    timings = await steady(watched, questions, found * LOAD, seconds, options.answers)
    await asyncio.sleep(REST_SECONDS)
    after = watched.sample()
    answered = [timing for timing in timings if timing.is_answered]
    grown = growths(watched.samples)
    more = {name: round(after[name] - before[name], 1) for name in before}
    figures = {
        "minutes": options.minutes,
        "capacity_answers_per_second": round(found, 1),
        "asked_per_second": round(found * LOAD, 1),
        "answered": len(answered),
        "refused": sum(timing.status == 503 for timing in timings),
        "broken": sum(timing.status not in {200, 503} for timing in timings),
        "first_token_p95_ms": milliseconds(
            percentile([timing.first_token_seconds for timing in answered], 0.95)
        ),
        "samples": len(watched.samples),
        "under_load": {name: line.told() for name, line in grown.items()},
        "more_at_rest_than_before": more,
    }
    return figures, promises(grown, more, answered, timings)


def promises(
    grown: Mapping[str, Growth],
    more: Mapping[str, float],
    answered: Sequence[StreamTiming],
    timings: Sequence[StreamTiming],
) -> dict[str, bool]:
    """Which are kept."""
    memory = grown["api_memory_mib"]
    counts = [name for name in more if not name.endswith("_mib")]
    limit: Callable[[str], float] = lambda name: 0 if name == "answer_streams" else LEFT_AT_REST  # noqa: E731
    return {
        f"the API's memory grows by at most {MEMORY_MIB_PER_HOUR:g} MiB an hour": (
            memory.per_hour - memory.uncertainty <= MEMORY_MIB_PER_HOUR
        ),
        "no connections, tasks, files, threads or streams are left": all(
            more[name] <= limit(name) for name in counts
        ),
        "every question is answered at 70 % of capacity": len(answered) == len(timings),
    }


def run(here: Installation, asked: Material, options: argparse.Namespace) -> bool:
    """Measures the service; whether the promises are kept."""
    here.ingest(asked)
    with service(here.environment) as started, worker(here.environment) as working:
        target = here.target(started)
        watched = Watched(here, started, target, working)
        figures, kept = asyncio.run(soaked(watched, asked.questions, options))
    return write_report("soak", {"material": asked.name, **figures}, kept)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs it; exit status 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0, help="how long learners ask")
    parser.add_argument("--answers", type=int, default=200_000, help="questions at most")
    options = parser.parse_args(arguments)
    with material() as asked, upstream() as upstream_url, installation(upstream_url) as here:
        is_kept = run(here, asked, options)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
