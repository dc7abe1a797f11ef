"""`neuroshiksha events`: the log of learning and what is made of it."""

import typer

from cli.context import cli_services, run_command

event_commands = typer.Typer(
    help="The log of learning, and the read models made of it.", no_args_is_help=True
)


@event_commands.callback()
def event_group() -> None:
    """The log of learning, and the read models made of it."""


@event_commands.command("project")
def project_command() -> None:
    """Bring the read models up to date; a worker does so every few seconds by itself."""
    run_command(_project)


@event_commands.command("rebuild")
def rebuild_command() -> None:
    """Make the read models anew from the first event; readers see the former ones meanwhile."""
    run_command(_rebuild)


@event_commands.command("status")
def status_command() -> None:
    """Tell how far the log has been read, and what could not be."""
    run_command(_status)


async def _project() -> int:
    async with cli_services() as context:
        count = await context.services.learning.projector.project()
    typer.echo(f"{count:,} events read.")
    return 0


async def _rebuild() -> int:
    async with cli_services() as context:
        count = await context.services.learning.projector.rebuild()
    typer.echo(f"The read models were made anew from {count:,} events.")
    return 0


async def _status() -> int:
    async with cli_services() as context:
        status = await context.services.learning.projector.status()
    if status.checkpoint is None:
        typer.echo(f"The log was never read; {status.waiting:,} events wait.")
        return 0
    at = status.checkpoint.projected_at
    moment = "never" if at is None else f"{at:%Y-%m-%d %H:%M:%S %Z}"
    typer.echo(f"{status.checkpoint.event_count:,} events read, last at {moment}.")
    typer.echo(f"{status.waiting:,} events wait.")
    for kind, version, count in status.unreadable:
        typer.echo(f"{count:,} of {kind}@{version} cannot be read by this version.", err=True)
    return 0
