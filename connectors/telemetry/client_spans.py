"""Spans of calls to PostgreSQL and Redis, as OpenTelemetry names them.

Source: OpenTelemetry semantic conventions 1.44, "Database client spans".
"""

import re
from collections.abc import Callable
from time import perf_counter
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

from connectors.telemetry.traces import Traces

OPERATION = re.compile(r"\s*([a-zA-Z]+)")
SCOPED_BEGIN = "BEGIN; SELECT set_config"
LONGEST_TEXT = 2_000
"""Of a statement, which holds no values: these are bound."""


def statement_spans(traces: Traces) -> Callable[[str, float, str | None], None]:
    """What tells of a statement, given its text, seconds and error."""

    def tell(text: str, seconds: float, error: str | None) -> None:
        found = OPERATION.match(text)
        operation = found[1].upper() if found else "STATEMENT"
        attributes = {"db.system.name": "postgresql", "db.operation.name": operation}
        if not text.startswith(SCOPED_BEGIN):  # its scope is written into it
            attributes["db.query.text"] = text[:LONGEST_TEXT]
        traces.tell(operation, seconds, attributes, error=error)

    return tell


class TracedRedis(Redis):
    """A client whose commands are told as spans; keys and values are not."""

    traces: Traces

    async def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - its base's
        """Runs a command."""
        running = super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        return await _told(self.traces, str(args[0]), running)

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """A pipeline that is told as one span."""
        made = TracedPipeline(
            self.connection_pool, self.response_callbacks, transaction, shard_hint
        )
        made.traces = self.traces
        return made


class TracedPipeline(Pipeline):
    """Several commands at once, told as one span."""

    traces: Traces

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Runs them."""
        answered: list[Any] = await _told(self.traces, "PIPELINE", super().execute(raise_on_error))
        return answered


async def _told(traces: Traces, name: str, running: Any) -> Any:  # noqa: ANN401 - the client's
    began_at, error = perf_counter(), None
    try:
        return await running
    except (RedisError, OSError, TimeoutError) as failure:
        error = type(failure).__qualname__
        raise
    finally:
        attributes = {"db.system.name": "redis", "db.operation.name": name}
        traces.tell(name, perf_counter() - began_at, attributes, error=error)
