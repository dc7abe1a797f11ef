"""Traces of what happens, sent to an OpenTelemetry collector over HTTP.

What it takes is loaded only where a collector is named: an installation without one pays nothing.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from connectors.tracing import TRACEPARENT

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Span

Kind = Literal["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Attributes = Mapping[str, str | bool | int | float | tuple[str, ...]]
SERVICE = "neuroshiksha"
NANOSECONDS = 1_000_000_000
EXPORT_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """Where traces go, and how many.

    Attributes:
        endpoint: Base address of the collector; `/v1/traces` comes after it.
        process: What kind of process this is.
        share: Of the traces that begin here; those that come from elsewhere decide for themselves.
        has_text: Whether prompts and answers may be sent along.
    """

    endpoint: str
    process: str
    version: str
    share: float = 1.0
    has_text: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Traces:
    """Makes spans, and sends them in the background; what cannot be sent is given up.

    Attributes:
        has_text: Whether prompts and answers may be sent along.
    """

    def __init__(self, options: TraceOptions) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

        self.has_text = options.has_text
        resource = Resource.create(
            {
                "service.name": f"{SERVICE}-{options.process}",
                "service.namespace": SERVICE,
                "service.version": options.version,
            }
        )
        self._provider = TracerProvider(
            resource=resource, sampler=ParentBased(TraceIdRatioBased(options.share))
        )
        exporter = OTLPSpanExporter(
            endpoint=f"{options.endpoint.rstrip('/')}/v1/traces",
            headers=dict(options.headers),
            timeout=EXPORT_TIMEOUT_SECONDS,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer(SERVICE, options.version)

    @contextmanager
    def span(
        self,
        name: str,
        kind: Kind = "INTERNAL",
        attributes: Attributes | None = None,
        *,
        parent: str | None = None,
    ) -> Iterator["Span"]:
        """A span around what the context does; it is the parent of those that begin within.

        `parent` is a traceparent; without one it is the span around it, if there is one.
        """
        from opentelemetry.trace import SpanKind

        context = None if parent is None else _context_of(parent)
        with self._tracer.start_as_current_span(
            name, context=context, kind=SpanKind[kind], attributes=dict(attributes or {})
        ) as span:
            token = TRACEPARENT.set(_traceparent_of(span))
            try:
                yield span
            finally:
                TRACEPARENT.reset(token)

    def tell(
        self,
        name: str,
        seconds: float,
        attributes: Attributes,
        *,
        kind: Kind = "CLIENT",
        error: str | None = None,
    ) -> None:
        """A span that has just ended, after so long, within the one around it.

        Where there is none, nothing is told: what a process does on its own account is no trace.
        """
        from opentelemetry import trace
        from opentelemetry.trace import SpanKind, Status, StatusCode

        if not trace.get_current_span().is_recording():
            return
        ended_at = time.time_ns()
        span = self._tracer.start_span(
            name,
            kind=SpanKind[kind],
            attributes=dict(attributes),
            start_time=ended_at - int(seconds * NANOSECONDS),
        )
        if error is not None:
            span.set_attribute("error.type", error)
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended_at)

    def flush(self) -> None:
        """Sends what waits; blocks until that is done."""
        self._provider.force_flush()

    def close(self) -> None:
        """Sends what waits, and ends; blocks for a few seconds at most."""
        self._provider.shutdown()


def _context_of(traceparent: str) -> "Context":
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent})


def _traceparent_of(span: "Span") -> str:
    context: Any = span.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
