"""Every metric there is: its name, what it counts, and how processes add up.

Labels are bounded: templates of routes, names of deployments, closed sets; never an id, an address
or anything a person typed. docs/observability.md lists the same.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "histogram"]
Merging = Literal["livesum", "livemax", "liveall"]

HTTP_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
FIRST_TOKEN_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
BETWEEN_TOKENS_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
ANSWER_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0)
JOB_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
LAG_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
SHARES = (0.1, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric.

    Attributes:
        name: As Prometheus reads it, in base units; a counter's ends in `_total`.
        labels: What its series are told apart by.
        buckets: Upper bounds of a histogram.
        merging: What several processes of one machine make of a gauge.
        is_read_at_scrape: It is asked of PostgreSQL whenever metrics are read, and so is the same
            at every replica.
    """

    name: str
    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    merging: Merging = "livesum"
    is_read_at_scrape: bool = False


HTTP_REQUESTS = MetricSpec(
    "neuroshiksha_http_requests_total",
    "counter",
    "Requests that were answered, streams at their end.",
    ("method", "route", "status"),
)
HTTP_DURATION = MetricSpec(
    "neuroshiksha_http_request_duration_seconds",
    "histogram",
    "From a request to the end of its response; streams are left out.",
    ("method", "route"),
    HTTP_SECONDS,
)
HTTP_IN_PROGRESS = MetricSpec(
    "neuroshiksha_http_requests_in_progress", "gauge", "Requests under way, streams among them."
)
STREAMS_OPEN = MetricSpec(
    "neuroshiksha_streams_open",
    "gauge",
    "Answers that are being sent to readers.",
    ("transport",),
)
WEBSOCKETS_OPEN = MetricSpec("neuroshiksha_websockets_open", "gauge", "WebSockets that are open.")

ANSWERS = MetricSpec(
    "neuroshiksha_answers_total",
    "counter",
    "Answers by how they ended: stop, length, stopped, refused, failed, elsewhere.",
    ("outcome", "cached"),
)
ANSWERS_IN_PROGRESS = MetricSpec(
    "neuroshiksha_answers_in_progress", "gauge", "Answers that are being told."
)
ANSWER_FIRST_TOKEN = MetricSpec(
    "neuroshiksha_answer_first_token_seconds",
    "histogram",
    "From the question to the first words of its answer, retrieval included.",
    ("cached",),
    FIRST_TOKEN_SECONDS,
)
ANSWER_BETWEEN_TOKENS = MetricSpec(
    "neuroshiksha_answer_between_tokens_seconds",
    "histogram",
    "Between one piece of an answer and the next.",
    (),
    BETWEEN_TOKENS_SECONDS,
)
ANSWER_DURATION = MetricSpec(
    "neuroshiksha_answer_duration_seconds",
    "histogram",
    "From the question to the end of its answer.",
    ("cached",),
    ANSWER_SECONDS,
)
ANSWER_GROUNDEDNESS = MetricSpec(
    "neuroshiksha_answer_groundedness_ratio",
    "histogram",
    "How far complete answers are borne out by their sources, 0 to 1.",
    (),
    SHARES,
)
ANSWER_LOG_WRITES = MetricSpec(
    "neuroshiksha_answer_log_writes_total",
    "counter",
    "Writes of answers under way to Redis; failed ones are told from memory.",
    ("result",),
)
CACHE_LOOKUPS = MetricSpec(
    "neuroshiksha_answer_cache_lookups_total",
    "counter",
    "Questions looked up in the answer cache: exact, semantic or miss.",
    ("result",),
)

MODEL_CALLS = MetricSpec(
    "neuroshiksha_model_calls_total",
    "counter",
    "Attempts at a chat model by what became of them: ok, abandoned or the code of the error.",
    ("deployment", "purpose", "outcome"),
)
MODEL_TOKENS = MetricSpec(
    "neuroshiksha_model_tokens_total",
    "counter",
    "Tokens: prompt (those read from the upstream's cache as cached_prompt) and completion.",
    ("deployment", "purpose", "kind"),
)
MODEL_COST = MetricSpec(
    "neuroshiksha_model_cost_usd_total",
    "counter",
    "What chat models cost, in US dollars, by the prices of the registry.",
    ("deployment", "purpose"),
)
MODEL_FIRST_TOKEN = MetricSpec(
    "neuroshiksha_model_first_token_seconds",
    "histogram",
    "From an attempt at a chat model to its first text.",
    ("deployment",),
    FIRST_TOKEN_SECONDS,
)
MODEL_DURATION = MetricSpec(
    "neuroshiksha_model_call_duration_seconds",
    "histogram",
    "From an attempt at a chat model to its end.",
    ("deployment",),
    ANSWER_SECONDS,
)
MODEL_BREAKER = MetricSpec(
    "neuroshiksha_model_breaker_state",
    "gauge",
    "1 for the state of a deployment's breaker, 0 for the others: closed, open, half_open.",
    ("deployment", "state"),
    merging="livemax",
)

JOBS_WAITING = MetricSpec(
    "neuroshiksha_jobs_waiting",
    "gauge",
    "Jobs that no worker has taken, by kind.",
    ("kind",),
    is_read_at_scrape=True,
)
JOBS_RUNNING = MetricSpec(
    "neuroshiksha_jobs_running",
    "gauge",
    "Jobs that a worker holds, by kind.",
    ("kind",),
    is_read_at_scrape=True,
)
JOBS_OLDEST_WAITING = MetricSpec(
    "neuroshiksha_jobs_oldest_waiting_seconds",
    "gauge",
    "Age of the job that has waited longest, by kind; 0 where none waits.",
    ("kind",),
    is_read_at_scrape=True,
)
JOB_DURATION = MetricSpec(
    "neuroshiksha_job_duration_seconds",
    "histogram",
    "From a worker's claim of a job to its end.",
    ("kind", "outcome"),
    JOB_SECONDS,
)
JOB_WAIT = MetricSpec(
    "neuroshiksha_job_wait_seconds",
    "histogram",
    "From the request of a job to its first claim by a worker.",
    ("kind",),
    JOB_SECONDS,
)
INGESTED_FILES = MetricSpec(
    "neuroshiksha_ingested_files_total",
    "counter",
    "Files taken in: ok, unchanged, skipped or failed.",
    ("status",),
)
INGESTED_CHUNKS = MetricSpec(
    "neuroshiksha_ingested_chunks_total", "counter", "Chunks that were encoded and stored."
)

DATABASE_CONNECTIONS = MetricSpec(
    "neuroshiksha_database_connections",
    "gauge",
    "Connections of the pool to PostgreSQL: idle or in_use.",
    ("process", "state"),
)
DATABASE_CONNECTIONS_LIMIT = MetricSpec(
    "neuroshiksha_database_connections_limit",
    "gauge",
    "Connections that the pool may open.",
    ("process",),
)
EVENT_LOOP_LAG = MetricSpec(
    "neuroshiksha_event_loop_lag_seconds",
    "histogram",
    "How much later than asked an API process's event loop woke up, four times a second.",
    (),
    LAG_SECONDS,
)
RESIDENT_MEMORY = MetricSpec(
    "neuroshiksha_process_resident_memory_bytes",
    "gauge",
    "Memory of the processes.",
    ("process",),
)
CPU = MetricSpec(
    "neuroshiksha_process_cpu_seconds_total",
    "counter",
    "Processor time that the processes used.",
    ("process",),
)
OPEN_FILES = MetricSpec(
    "neuroshiksha_process_open_files", "gauge", "Open files and sockets.", ("process",)
)
BUILD = MetricSpec(
    "neuroshiksha_build_info",
    "gauge",
    "1; its label tells the version.",
    ("version",),
    is_read_at_scrape=True,
)

CATALOGUE: tuple[MetricSpec, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, MetricSpec)
)
"""All of them, in the order of this page."""
