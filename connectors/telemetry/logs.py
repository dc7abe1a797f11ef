"""How processes log: one JSON object a line, or in a form for people; without secrets.

Everything is logged through the standard library, so that libraries' lines look the same.
"""

import logging
import logging.config
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Literal

import orjson

from connectors.telemetry.hidden_imports import hidden
from connectors.telemetry.redaction import redacted_fields
from connectors.tracing import REQUEST_ID, TRACEPARENT, USER_ID

LogFormat = Literal["json", "plain"]
HOUSE = (
    *("ai", "api", "bootstrap", "cli", "connectors", "ingestion", "jobs", "pedagogy"),
    *("publishing", "services", "storage", "workers"),
)
"""Packages whose lines count from the level that is set; those of libraries from `WARNING`."""
FIELDS = "fields"
"""The attribute of a record that holds what it says besides its text."""


def fields(**values: object) -> dict[str, Mapping[str, object]]:
    """For `extra` of a logger's call: values that stand beside the text as fields of their own."""
    return {FIELDS: values}


def log_configuration(log_format: LogFormat, level: str = "INFO") -> dict[str, Any]:
    """For `logging.config.dictConfig`, in each process that logs."""
    house = {name: {"level": level} for name in HOUSE}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"omit_websockets": {"()": f"{__name__}.OmitWebSockets"}},
        "formatters": {"house": {"()": f"{__name__}.formatter", "log_format": log_format}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "house",
                "filters": ["omit_websockets"],
            }
        },
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {**house, "uvicorn": {"level": "INFO"}, "celery": {"level": "WARNING"}},
    }


def configure_logging(log_format: LogFormat, level: str = "INFO") -> None:
    """Logs of this process go to standard error from now on."""
    logging.config.dictConfig(log_configuration(log_format, level))


class OmitWebSockets(logging.Filter):
    """Leaves out the server's lines on each WebSocket, which name its ticket.

    Source: uvicorn 0.54, `websockets_sansio_impl.py`; websockets 17, `protocol.py`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line stays."""
        is_of_socket = isinstance(record.msg, str) and '"WebSocket %s"' in record.msg
        return not is_of_socket and record.msg not in {"connection open", "connection closed"}


def formatter(log_format: LogFormat) -> logging.Formatter:
    """Writes records as JSON, or for people."""
    structlog = _structlog()
    is_json = log_format == "json"
    renderer = (
        structlog.processors.JSONRenderer(serializer=_json)
        if is_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, sort_keys=False)
    )
    written: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            _add_fields,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _redact,
            renderer,
        ],
        use_get_message=True,
    )
    return written


def _add_fields(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Whose request a line belongs to, and the fields it was given."""
    for name, variable in (("request_id", REQUEST_ID), ("user_id", USER_ID)):
        value = variable.get()
        if value is not None:
            line[name] = value
    traceparent = TRACEPARENT.get()
    if traceparent is not None:
        line["trace_id"] = traceparent.split("-")[1]
    # uvicorn calls the logger of all its lines "error", which readers take for one.
    line["logger"] = line["logger"].removesuffix(".error")
    line.update(getattr(line["_record"], FIELDS, {}))
    return line


def _redact(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    return redacted_fields(line)


def _json(line: Mapping[str, Any], **_options: object) -> str:
    return orjson.dumps(line, default=str).decode()


def _structlog() -> ModuleType:
    """Structlog without rich, which it imports where that is installed and logs here do not need.

    It takes 3 MB of each API process. Source: structlog 26.1, dev.py.
    """
    with hidden("rich"):
        import structlog
    return structlog
