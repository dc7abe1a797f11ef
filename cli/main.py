"""The `neuroshiksha` command; imports only the module of the command that is asked for."""

import sys
from collections.abc import Iterable
from importlib import import_module

import typer

COMMANDS = {
    "up": "cli.up:up_command",
    "worker": "cli.worker:worker_command",
    "beat": "cli.worker:beat_command",
    "ingest": "cli.ingest:ingest_command",
    "jobs": "cli.jobs:job_commands",
    "generate": "cli.generate:generate_command",
    "search": "cli.search:search_command",
    "eval": "cli.evaluation:evaluation_commands",
    "demo": "cli.demo:demo_commands",
    "serve": "cli.serve:serve_command",
    "user": "cli.users:user_commands",
    "db": "cli.database:database_commands",
    "backup": "cli.backup:backup_command",
    "restore": "cli.backup:restore_command",
    "events": "cli.events:event_commands",
    "doctor": "cli.doctor:doctor_command",
    "ask": "cli.ask:ask_command",
    "speak": "cli.speak:speak_command",
    "openapi": "cli.openapi:openapi_command",
}
"""Where each command lives, one line each: a function, or a group of its own."""


def main() -> None:
    """Runs the command line of this process."""
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    names = [wanted] if wanted in COMMANDS else COMMANDS
    command_line(names)(prog_name="neuroshiksha")


def command_line(names: Iterable[str]) -> typer.Typer:
    """A command line that knows these commands; `serve` need not load what `ingest` needs."""
    application = typer.Typer(
        help="Self-hosted AI tutor: answers grounded in a course and cited to the page.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    application.callback()(lambda: None)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            application.add_typer(command, name=name)
        else:
            application.command(name)(command)
    return application


if __name__ == "__main__":
    main()
