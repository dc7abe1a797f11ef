"""Settings of what operators read: logs, metrics, traces."""

from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from bootstrap.remote_settings import named


class TelemetrySettings(BaseSettings):
    """How a process tells what it does."""

    log_format: Literal["auto", "json", "plain"] = Field(
        default="auto",
        validation_alias=named("NEUROSHIKSHA_LOG_FORMAT"),
        description="json: one JSON object a line; plain: for people; auto: json in production,"
        " plain in embedded.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO",
        validation_alias=named("NEUROSHIKSHA_LOG_LEVEL"),
        description="From which level lines are logged. Requests are told at INFO.",
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_METRICS_TOKEN"),
        description="What Prometheus has to send as bearer token to read /metrics. Empty: open in"
        " embedded, closed in production.",
    )
    otlp_endpoint: str = Field(
        default="",
        pattern=r"^(https?://[^\s/]+.*)?$",
        validation_alias=named("OTEL_EXPORTER_OTLP_ENDPOINT"),
        description="Base address of an OpenTelemetry collector (OTLP over HTTP), such as"
        " http://127.0.0.1:4318. Empty: no traces.",
    )
    otlp_headers: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("OTEL_EXPORTER_OTLP_HEADERS"),
        description="Headers that the collector wants, as `name=value,name=value`.",
    )
    trace_share: float = Field(
        default=1.0,
        ge=0,
        le=1,
        validation_alias=named("NEUROSHIKSHA_TRACE_SHARE"),
        description="Share of the traces beginning here that are sent.",
    )
    trace_text: bool = Field(
        default=False,
        validation_alias=named("NEUROSHIKSHA_TRACE_TEXT"),
        description="Whether traces carry prompts and answers: what learners ask, and what the"
        " course says.",
    )
    worker_metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        validation_alias=named("NEUROSHIKSHA_WORKER_METRICS_PORT"),
        description="Port at which a worker shows /metrics of its own, guarded as the API's. 0:"
        " none; under `up` the API shows the worker's too.",
    )
    worker_metrics_host: str = Field(
        default="127.0.0.1",
        validation_alias=named("NEUROSHIKSHA_WORKER_METRICS_HOST"),
        description="Address at which it does.",
    )
