"""`neuroshiksha db`: the schema of the database."""

import os
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bootstrap.embedded import EmbeddedServerError, ServerUrls, embedded_servers
from bootstrap.home import Home
from bootstrap.settings import Settings
from cli.context import FAILED, cli_services, run_command
from storage.migrations import upgrade_to_head
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.schema_revision import head_revision

NONE_MISSING = "No index is missing for courses of {from_chunks:,} chunks or more."

database_commands = typer.Typer(help="The schema of the database.", no_args_is_help=True)


@database_commands.callback()
def database_group() -> None:
    """The schema of the database."""


@database_commands.command("upgrade")
def upgrade_command() -> None:
    """Bring the database of DATABASE_URL, or the embedded one, to the newest schema."""
    given = Settings().database_url.get_secret_value()
    try:
        if given:
            upgrade_to_head(given)
        else:
            with embedded_servers(
                Home.from_environment(), ServerUrls.from_environment(os.environ)
            ) as servers:
                upgrade_to_head(servers.urls.database_url)
    except (EmbeddedServerError, SQLAlchemyError, OSError) as error:
        typer.echo(f"The database was not upgraded: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"The database is at {head_revision()}.")


@database_commands.command("index")
def index_command(
    from_chunks: Annotated[
        int, typer.Option(min=1, help="Smallest course that is searched by an index.")
    ] = APPROXIMATE_FROM_CHUNKS,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only name the indexes that are missing.")
    ] = False,
) -> None:
    """Build the vector indexes that large courses need; readers and writers go on meanwhile.

    A worker does so by itself once a course has grown; this is for not waiting for it.
    """
    run_command(lambda: _missing_indexes(from_chunks) if is_dry_run else _index(from_chunks))


async def _index(from_chunks: int) -> int:
    async with cli_services() as context:
        build = await context.services.vector_indexes.build_missing(from_chunks)
    for index in build.built:
        typer.echo(f"Built {index.name}.")
    for index, reason in build.failed:
        typer.echo(f"{index.name} was not built: {reason}", err=True)
    if not build.built and not build.failed:
        typer.echo(NONE_MISSING.format(from_chunks=from_chunks))
    return FAILED if build.failed else 0


async def _missing_indexes(from_chunks: int) -> int:
    async with cli_services() as context:
        missing = await context.services.vector_indexes.missing(from_chunks)
    for index in missing:
        typer.echo(f"{index.name} is missing.")
    if not missing:
        typer.echo(NONE_MISSING.format(from_chunks=from_chunks))
    return 0
