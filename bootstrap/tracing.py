"""Opens traces where a collector is named, and what makes spans of calls; loads nothing without."""

from collections.abc import Callable
from importlib.metadata import version

from redis.asyncio import Redis

from ai.routing.deployment import Deployment
from ai.routing.metering import AttemptListener
from bootstrap.settings import Settings
from connectors.telemetry.traces import TraceOptions, Traces
from storage.statement_watch import StatementListener


def open_traces(settings: Settings, process: str) -> Traces | None:
    """Where the spans of this process go; None without a collector."""
    if not settings.otlp_endpoint:
        return None
    headers = settings.otlp_headers.get_secret_value()
    pairs = [pair.partition("=") for pair in headers.split(",") if "=" in pair]
    return Traces(
        TraceOptions(
            endpoint=settings.otlp_endpoint,
            process=process,
            version=version("neuroshiksha"),
            share=settings.trace_share,
            has_text=settings.trace_text,
            headers={name.strip(): value.strip() for name, _, value in pairs},
        )
    )


def statement_spans(traces: Traces | None) -> StatementListener | None:
    """What makes spans of statements."""
    if traces is None:
        return None
    from connectors.telemetry import client_spans

    return client_spans.statement_spans(traces)


def redis_client(traces: Traces | None) -> type[Redis]:
    """The client, or one that makes spans of its commands."""
    if traces is None:
        return Redis
    from connectors.telemetry.client_spans import TracedRedis

    return type("TracedRedis", (TracedRedis,), {"traces": traces})


def model_spans(traces: Traces | None) -> Callable[[Deployment], AttemptListener] | None:
    """What makes spans of calls to the chat model of a deployment."""
    if traces is None:
        return None
    from connectors.telemetry.model_spans import ModelSpans

    return lambda definition: ModelSpans(traces, definition.provider)
