"""What every command that works on the installation needs: servers, schema, encoder, services."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import typer
from pydantic import SecretStr

from ai.embedding.errors import EmbeddingError
from ai.routing.errors import ModelsFileError
from bootstrap.adapters import Adapters, ConfigurationError, open_adapters
from bootstrap.embedded import EmbeddedServerError, ServerUrls, servers_for
from bootstrap.home import Home, HomeNotWritableError
from bootstrap.preparation import STEPS, prepare
from bootstrap.services import Services, open_services
from bootstrap.settings import Settings
from services.actors import Actor
from services.errors import OverloadedError, ServiceError
from storage.errors import StorageError, StorageUnavailableError

FAILED, USAGE, INTERRUPTED = 1, 2, 130
UNUSABLE = (
    ConfigurationError,
    EmbeddedServerError,
    EmbeddingError,
    HomeNotWritableError,
    ModelsFileError,
)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """The services, and the local operator on whose behalf a command acts."""

    services: Services
    actor: Actor
    settings: Settings
    adapters: Adapters


@asynccontextmanager
async def cli_services() -> AsyncIterator[CommandContext]:
    """The services over the installation of NEUROSHIKSHA_HOME, or of the servers given by URL.

    Embedded servers that run are joined; otherwise they run for as long as the context is open.

    Raises:
        EmbeddedServerError: when they do not start.
        EncoderExportError: when the encoder cannot be made.
        ModelsFileError: when the models file cannot be used.
        StorageUnavailableError: when a given PostgreSQL does not answer.
    """
    # One thread throughout: children end with the thread that has started them.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="servers") as thread:
        loop = asyncio.get_running_loop()
        stack = ExitStack()
        try:
            settings = await loop.run_in_executor(thread, _prepared_settings, stack)
            async with open_adapters(settings) as adapters, open_services(adapters) as services:
                actor = await services.identity.operator()
                yield CommandContext(services, actor, settings, adapters)
        finally:
            await loop.run_in_executor(thread, stack.close)


def run_command(work: Callable[[], Coroutine[Any, Any, int]]) -> None:
    """Runs a command to its exit code; errors become one clear line.

    Raises:
        typer.Exit: always, with the code: 1 for what failed, 2 for what was asked wrongly.
    """
    try:
        code = asyncio.run(work())
    except KeyboardInterrupt:
        typer.echo("Stopped. What is done stays done; run the command again to go on.", err=True)
        code = INTERRUPTED
    except (StorageUnavailableError, OverloadedError, *UNUSABLE) as error:
        typer.echo(str(error), err=True)
        code = FAILED
    except (ServiceError, StorageError) as error:
        typer.echo(str(error), err=True)
        code = USAGE
    raise typer.Exit(code)


def _prepared_settings(stack: ExitStack) -> Settings:
    """Settings that name running servers, with schema and encoder in place. Blocks."""
    home = Home.from_environment()
    home.create()
    servers: AbstractContextManager[ServerUrls] = servers_for(
        home, ServerUrls.from_environment(os.environ)
    )
    urls = stack.enter_context(servers)
    settings = Settings().model_copy(
        update={
            "home": home.root,
            "database_url": SecretStr(urls.database_url),
            "redis_url": SecretStr(urls.redis_url),
            "redis_cache_url": SecretStr(urls.redis_cache_url),
        }
    )
    prepare(settings, STEPS, lambda title: typer.echo(title, err=True))
    return settings
