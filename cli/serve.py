"""`neuroshiksha serve`: the API and the page, for production or started by `up`."""

import os
import resource
from contextlib import ExitStack, suppress
from typing import Annotated, Any

import connectors.telemetry.lean_redis  # noqa: F401 - before whatever else loads redis

# isort: split
import typer
import uvicorn
from pydantic import ValidationError
from pydantic_settings import SettingsError

from ai.routing.errors import ModelsFileError
from bootstrap.adapters import ConfigurationError, require_configured
from bootstrap.chat_models import require_usable_models_file
from bootstrap.metrics_folder import own_metrics_folder
from bootstrap.settings import Settings
from connectors.telemetry.logs import log_configuration
from services.retry_pace import LONGEST_SECONDS

ENVIRONMENT_VARIABLE = "NEUROSHIKSHA_ENV"
SHUTDOWN_SECONDS = 10
KEEP_ALIVE_SECONDS = LONGEST_SECONDS + 5
"""Longer than anyone is told to wait, so that nobody comes again on a connection just closed."""
OPEN_FILES = 65_536
START_SECONDS = 60
"""How long one of several processes may take to answer the one that started it: on a busy machine
its imports alone take longer than the usual five seconds, and it would be killed for ever."""


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
        str | None,
        typer.Option(
            help="Proxies whose X-Forwarded headers are believed, instead of those of"
            " NEUROSHIKSHA_TRUSTED_PROXIES."
        ),
    ] = None,
) -> None:
    """Serve the API and the page, with DATABASE_URL and REDIS_URL given."""
    os.environ.setdefault(ENVIRONMENT_VARIABLE, "production")
    try:
        settings = Settings()
        require_configured(settings)
        require_usable_models_file(settings)
    except (ConfigurationError, ModelsFileError, SettingsError, ValidationError) as error:
        typer.echo(explanation(error), err=True)
        raise typer.Exit(2) from error
    allow_many_connections()
    with ExitStack() as stack:
        if workers > 1:
            stack.enter_context(own_metrics_folder(settings.home, "serve"))
        run(settings, host, port, workers, forwarded_allow_ips or settings.trusted_proxies)


def run(settings: Settings, host: str, port: int, workers: int, trusted_proxies: str) -> None:
    """Serves until a signal ends it."""
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
        forwarded_allow_ips=trusted_proxies,
        timeout_worker_healthcheck=START_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        log_config=log_configuration(settings.logs_as, settings.log_level),
        **WEBSOCKET_OPTIONS,
    )


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
