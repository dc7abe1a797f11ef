"""`neuroshiksha serve`: the API and the page, for production or started by `up`."""

import logging
import os
import resource
from contextlib import suppress
from copy import deepcopy
from typing import Annotated, Any

import typer
import uvicorn
from pydantic import ValidationError
from uvicorn.config import LOGGING_CONFIG

from ai.routing.errors import ModelsFileError
from bootstrap.adapters import ConfigurationError, require_configured
from bootstrap.chat_models import require_usable_models_file
from bootstrap.settings import Settings

ENVIRONMENT_VARIABLE = "NEUROSHIKSHA_ENV"
SHUTDOWN_SECONDS = 10
OPEN_FILES = 65_536


def websocket_protocol(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - uvicorn's to know
    """The protocol of one WebSocket; what speaks it is loaded for the first, not at the start."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    return WebSocketsSansIOProtocol(*arguments, **options)


WEBSOCKET_OPTIONS: dict[str, Any] = {
    "ws": websocket_protocol,
    "ws_max_size": 64 * 1024,
    "ws_ping_interval": 20.0,
    "ws_ping_timeout": 60.0,
    "ws_per_message_deflate": False,
}
"""A client that takes in nothing for a minute is gone. Compression would hold memory for each."""


def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes.", min=1, max=64)] = 1,
    forwarded_allow_ips: Annotated[
        str, typer.Option(help="Proxies whose X-Forwarded headers are believed.")
    ] = "127.0.0.1",
) -> None:
    """Serve the API and the page, with DATABASE_URL and REDIS_URL given."""
    os.environ.setdefault(ENVIRONMENT_VARIABLE, "production")
    try:
        settings = Settings()
        require_configured(settings)
        require_usable_models_file(settings)
    except (ConfigurationError, ModelsFileError, ValidationError) as error:
        typer.echo(explanation(error), err=True)
        raise typer.Exit(2) from error
    allow_many_connections()
    uvicorn.run(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        forwarded_allow_ips=forwarded_allow_ips,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        log_config=log_configuration(),
        **WEBSOCKET_OPTIONS,
    )


class OmitWebSockets(logging.Filter):
    """Leaves out the lines on each WebSocket, as those on each request are; they name its ticket.

    Source: uvicorn 0.54, `websockets_sansio_impl.py`; websockets 17, `protocol.py`.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line stays."""
        is_of_socket = isinstance(record.msg, str) and '"WebSocket %s"' in record.msg
        return not is_of_socket and record.msg not in {"connection open", "connection closed"}


def log_configuration() -> dict[str, Any]:
    """How uvicorn logs, in each of its processes."""
    configuration = deepcopy(LOGGING_CONFIG)
    configuration["filters"] = {"omit_websockets": {"()": "cli.serve.OmitWebSockets"}}
    configuration["loggers"]["uvicorn.error"]["filters"] = ["omit_websockets"]
    return configuration


def allow_many_connections() -> None:
    """Raises this process's limit of open files, which sockets are, as far as it may."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    if now < wanted:
        with suppress(ValueError, OSError):  # some systems know a lower limit still
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def explanation(error: Exception) -> str:
    """What is wrong with the settings, without the values: one may be a secret."""
    if not isinstance(error, ValidationError):
        return str(error)
    lines = [
        f"{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    ]
    return "\n".join(lines)
