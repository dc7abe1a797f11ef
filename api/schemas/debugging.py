"""Schemas of debugging; each answer names the process that it is about."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.answer_cache import CacheStatisticsRead
from api.schemas.common import Input, Output, PlainText
from api.schemas.read_cache import ReadCacheStatisticsRead


class ProcessNameRead(Output):
    """Which of several API processes answered."""

    host: str = Field(examples=["tutor-1"])
    pid: int = Field(examples=[4711])
    started_at: datetime


class OfProcess(Output):
    """Base of what is told of one process."""

    process: ProcessNameRead = Field(
        description="The process that answered; each keeps its own figures."
    )


class ProcessFiguresRead(Output):
    """How a process is."""

    version: str = Field(examples=["0.1.0"])
    python: str = Field(examples=["3.11.7"])
    resident_bytes: int = Field(examples=[190_000_000])
    peak_bytes: int
    cpu_seconds: float
    threads: int
    open_files: int
    tasks: int


class LoopLagRead(Output):
    """How late the event loop ran what was due, over the last five minutes."""

    beats: int = Field(description="Measured each 50 ms.")
    mean_seconds: float
    p99_seconds: float
    max_seconds: float


class PoolStateRead(Output):
    """Connections of the process to PostgreSQL."""

    in_use: int = Field(description="By a transaction just now.")
    idle: int = Field(description="Open and free.")
    limit: int = Field(description="Open at a peak.")


class ServerConnectionsRead(Output):
    """Connections of all processes in one state, as PostgreSQL names it."""

    state: str = Field(examples=["idle"])
    connections: int
    longest_seconds: float = Field(description="Of the oldest transaction among them.")


class ProcessOverviewRead(OfProcess):
    """A process at a glance."""

    figures: ProcessFiguresRead
    lag: LoopLagRead
    pool: PoolStateRead
    connections: list[ServerConnectionsRead] | None = Field(
        description="Null where PostgreSQL does not answer."
    )
    requests: int = Field(description="Recorded since the process began.")


class StatementPatternRead(Output):
    """Statements that differ in their values alone."""

    pattern: str = Field(examples=["SELECT slug FROM courses WHERE id = $1"])
    count: int
    total_seconds: float
    mean_seconds: float
    max_seconds: float
    failed: int
    most_in_one_request: int = Field(
        description="The most often that one request sent it; many are a sign of a statement per"
        " row that could be one for all."
    )


class SlowStatementRead(Output):
    """A statement that took a tenth of a second or longer."""

    at: datetime
    seconds: float
    pattern: str
    request_id: str = Field(description="Empty outside of a request.")


class StatementsRead(OfProcess):
    """What the process has sent to PostgreSQL; never a value."""

    since: datetime
    left_out: int = Field(description="Patterns that gave way to others, as the table is bounded.")
    patterns: list[StatementPatternRead]
    slow: list[SlowStatementRead] = Field(description="The newest first.")


class RecordedBodyRead(Output):
    """The beginning of a body."""

    byte_size: int = Field(description="Of all of it.")
    text: str | None = Field(description="Its first 4 KiB, secrets hidden.")
    left_out: str | None = Field(description="Why it is not shown.")


class RepeatedStatementRead(Output):
    """A statement that one request sent suspiciously often."""

    pattern: str
    count: int


class RecordedRequestRead(Output):
    """A request and its response, secrets hidden."""

    at: datetime
    request_id: str
    method: str = Field(examples=["GET"])
    path: str
    query: str
    route: str = Field(description="The path by its parameters; empty where no route took it.")
    status: int = Field(examples=[200])
    seconds: float
    first_byte_seconds: float
    statements: int = Field(description="Sent to PostgreSQL.")
    statement_seconds: float
    repeated: RepeatedStatementRead | None
    request_headers: Mapping[str, str]
    response_headers: Mapping[str, str]
    request_body: RecordedBodyRead | None
    response_body: RecordedBodyRead | None


class RecordedRequestsRead(OfProcess):
    """The last requests, the newest first."""

    items: list[RecordedRequestRead]


class WaitingTasksRead(Output):
    """Tasks that run the same coroutine and wait at the same place."""

    coroutine: str
    count: int
    names: list[str] = Field(description="Of some of them.")
    stack: list[str] = Field(description="Outermost frame first.")


class TasksRead(OfProcess):
    """All asyncio tasks."""

    items: list[WaitingTasksRead]


class BlockRead(Output):
    """A time for which the loop ran nothing else."""

    at: datetime
    seconds: float
    stack: list[str] = Field(description="Where its thread was, outermost frame first.")


class LoopRead(OfProcess):
    """The event loop."""

    lag: LoopLagRead
    blocks: list[BlockRead] = Field(description="Of a tenth of a second or more, the newest first.")


class TypeCountRead(Output):
    """Objects of one type."""

    type: str = Field(examples=["dict"])
    count: int
    difference: int = Field(description="Against the snapshot before; 0 in a first one.")


class TracedLineRead(Output):
    """What was allocated at a place and is still held."""

    place: str
    size_bytes: int
    difference_bytes: int
    count: int


class MemoryRead(OfProcess):
    """A snapshot of memory."""

    at: datetime
    since: datetime | None = Field(description="When the snapshot before was taken.")
    resident_bytes: int
    objects: int = Field(description="Known to the collector, without those of the start.")
    collections: list[int] = Field(description="Collections so far, by generation.")
    is_traced: bool
    types: list[TypeCountRead]
    lines: list[TracedLineRead] = Field(description="Only while allocations are traced.")


class MemoryTracing(Input):
    """Whether allocations are traced."""

    is_wanted: bool = Field(description="Slows everything down while it lasts.", examples=[True])


class MemoryTracingRead(OfProcess):
    """Whether allocations are traced."""

    is_traced: bool


class LogLineRead(Output):
    """A line of the log, secrets hidden."""

    at: datetime
    level: str = Field(examples=["WARNING"])
    logger: str = Field(examples=["services.answer_cache"])
    text: str


class LogRead(OfProcess):
    """The last lines, the newest first."""

    items: list[LogLineRead]


class RedisFiguresRead(Output):
    """What a Redis tells of itself."""

    name: str = Field(examples=["cache"])
    is_available: bool
    keys: int
    figures: Mapping[str, int | float | str] = Field(description="By Redis's own names.")


class CachesRead(OfProcess):
    """The caches, of all processes together."""

    answers: CacheStatisticsRead
    reads: ReadCacheStatisticsRead
    redis: list[RedisFiguresRead]


class JobFiguresRead(Output):
    """Jobs of a kind in one status; those that ended, of the last day."""

    kind: str = Field(examples=["ingest"])
    status: str = Field(examples=["queued"])
    jobs: int
    oldest_seconds: float | None = Field(description="How long the oldest that waits has waited.")
    mean_seconds: float | None = Field(description="At work, of those that ended.")
    max_seconds: float | None
    most_attempts: int


class JobsRead(OfProcess):
    """Jobs, of all workers together."""

    items: list[JobFiguresRead]


class TokenToInspect(Input):
    """A token to look at; it is neither kept nor used."""

    token: PlainText = Field(
        min_length=1,
        max_length=8192,
        description="A JWT or an API key.",
        examples=["eyJhbGciOi..."],
    )


class TokenReportRead(OfProcess):
    """What a token claims, and why it opens nothing."""

    kind: Literal["access", "refresh", "api_key", "unknown"]
    is_valid: bool
    reasons: list[str] = Field(description="Empty for a good one.")
    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    known: Mapping[str, Any] = Field(description="Of its session, or of the key and its user.")
