"""`neuroshiksha demo load`: the demo course and accounts; `up` runs it at each start."""

import typer

from cli.context import FAILED, cli_services, run_command
from cli.ingest_display import line_of

demo_commands = typer.Typer(help="The demo course.", no_args_is_help=True)


@demo_commands.callback()
def demo_group() -> None:
    """The demo course."""


@demo_commands.command("load")
def load_command() -> None:
    """Load the demo course and its accounts, as far as they are missing."""
    run_command(_load)


async def _load() -> int:
    async with cli_services() as context:
        if context.settings.environment == "production":
            typer.echo("Demo accounts have a public password; production has none.", err=True)
            return FAILED
        report = await context.services.demo.load(context.actor)
    if report is None:
        return 0
    for file in report.of("failed"):
        typer.echo(line_of(file), err=True)
    return FAILED if report.count("failed") else 0
