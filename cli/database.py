"""`neuroshiksha db`: the schema of the database, its vectors and their indexes."""

import asyncio
import os
import time
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bootstrap.embedded import EmbeddedServerError, ServerUrls, embedded_servers
from bootstrap.home import Home
from bootstrap.settings import Settings
from cli.context import FAILED, cli_services, run_command
from cli.reembedding_display import reembedding_display
from storage.migrations import upgrade_to_head
from storage.repositories.retrieval import APPROXIMATE_FROM_CHUNKS
from storage.schema_revision import current_revision, head_revision, serves

LOOK_EVERY_SECONDS = 1.0
NONE_MISSING = "No index is missing for courses of {from_chunks:,} chunks or more."

database_commands = typer.Typer(
    help="The schema of the database, its vectors and indexes.", no_args_is_help=True
)


@database_commands.callback()
def database_group() -> None:
    """The schema of the database, its vectors and their indexes."""


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


@database_commands.command("wait")
def wait_command(
    seconds: Annotated[float, typer.Option(min=0, help="How long at most.")] = 600,
) -> None:
    """Wait until the database of DATABASE_URL has a schema that this release works with."""
    url = ServerUrls.from_environment(os.environ).database_url
    deadline = time.monotonic() + seconds
    while not _is_served(url):
        if time.monotonic() > deadline:
            typer.echo(f"The database was not at {head_revision()} in {seconds:g} s.", err=True)
            raise typer.Exit(1)
        time.sleep(LOOK_EVERY_SECONDS)


def _is_served(url: str) -> bool:
    """Whether its schema will do; one that does not answer will not."""
    try:
        return serves(asyncio.run(current_revision(url)))
    except (SQLAlchemyError, OSError):
        return False


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


@database_commands.command("reembed")
def reembed_command(
    course: Annotated[
        str | None, typer.Option(help="Fill in this course only, by its slug; the others later.")
    ] = None,
    drops_old: Annotated[
        bool, typer.Option("--drop-old", help="Then remove the vectors of all other encoders.")
    ] = False,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell which encoders have how many vectors.")
    ] = False,
) -> None:
    """Bring the vectors of this installation's encoder to all passages, then switch to it.

    Searches go on meanwhile. A run that was stopped goes on where it was, and so does a worker.
    """
    run_command(lambda: _encoders() if is_dry_run else _reembed(course, drops_old=drops_old))


async def _reembed(course: str | None, *, drops_old: bool) -> int:
    async with cli_services() as context:
        reembedding = context.services.reembedding
        with reembedding_display() as display:
            result = await reembedding.run(display, course=course)
        for index, reason in result.failed_indexes:
            typer.echo(f"{index.name} was not built: {reason}", err=True)
        if result.failed_indexes:
            return FAILED
        if not result.is_active:
            typer.echo("Other courses are not filled in yet; run it without --course, or wait.")
            return 0
        typer.echo("Every passage has this encoder's vectors, and it is the active one.")
        if drops_old:
            typer.echo(f"Removed {await reembedding.drop_old():,} vectors of other encoders.")
    return 0


async def _encoders() -> int:
    async with cli_services() as context:
        for state in await context.services.reembedding.states():
            role = "active" if state.is_active else "wanted" if state.is_wanted else "old"
            typer.echo(f"{state.name}: {role}, vectors of {state.vectors:,} passages")
    return 0


async def _missing_indexes(from_chunks: int) -> int:
    async with cli_services() as context:
        missing = await context.services.vector_indexes.missing(from_chunks)
    for index in missing:
        typer.echo(f"{index.name} is missing.")
    if not missing:
        typer.echo(NONE_MISSING.format(from_chunks=from_chunks))
    return 0
