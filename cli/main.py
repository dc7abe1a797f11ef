"""The `neuroshiksha` command; imports only the module of the command that is asked for."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of commands, that is imported once it is asked for.

    Attributes:
        place: Its module and name there: a function, or a Typer application.
        summary: What the list of commands says of it; its own help says the same.
    """

    place: str
    summary: str

    def load(self) -> Any:  # noqa: ANN401 - any function that Typer takes, or a group
        """What stands at its place."""
        module, _, name = self.place.partition(":")
        return getattr(import_module(module), name)


COMMANDS = {
    "up": Command(
        "cli.up:up_command",
        "Start PostgreSQL, Redis, the API and the workers; Ctrl-C stops all of it.",
    ),
    "worker": Command(
        "cli.worker:worker_command", "Work off jobs: ingestion, and whatever else takes long."
    ),
    "beat": Command(
        "cli.worker:beat_command", "Start periodic tasks: the sweep that takes up jobs left lying."
    ),
    "ingest": Command(
        "cli.ingest:ingest_command",
        "Bring material into a course; what is in already and unchanged costs nothing.",
    ),
    "jobs": Command("cli.jobs:job_commands", "Jobs of the workers."),
    "generate": Command(
        "cli.generate:generate_command",
        "Write a lesson, quiz, cards, guide, slides or video from a course, into a file.",
    ),
    "search": Command(
        "cli.search:search_command", "Search a course's material by meaning and by words."
    ),
    "eval": Command("cli.evaluation:evaluation_commands", "Measure quality."),
    "demo": Command("cli.demo:demo_commands", "The demo course."),
    "serve": Command(
        "cli.serve:serve_command",
        "Serve the API and the page, with DATABASE_URL and REDIS_URL given.",
    ),
    "user": Command("cli.users:user_commands", "People's accounts."),
    "db": Command(
        "cli.database:database_commands", "The schema of the database, its vectors and indexes."
    ),
    "backup": Command(
        "cli.backup:backup_command",
        "Save the database, the uploaded files and the secret key of `up` in one file.",
    ),
    "restore": Command(
        "cli.backup:restore_command",
        "Make the installation what it was when FILE was made. The service must not run.",
    ),
    "events": Command(
        "cli.events:event_commands", "The log of learning, and the read models made of it."
    ),
    "doctor": Command(
        "cli.doctor:doctor_command",
        "Check this installation, and say what to do about what is missing.",
    ),
    "ask": Command(
        "cli.ask:ask_command", "Ask the tutor of a course; the answer cites where it stands."
    ),
    "speak": Command(
        "cli.speak:speak_command", "Have a text read aloud by the speech service of the settings."
    ),
    "openapi": Command(
        "cli.openapi:openapi_command",
        "Print the OpenAPI document of this version; needs no server.",
    ),
}
"""In the order in which they are listed."""


def main() -> None:
    """Runs the command line of this process."""
    wanted = next((word for word in sys.argv[1:] if not word.startswith("-")), None)
    with collector_at_rest():
        run = command_line(wanted)
    run(prog_name="neuroshiksha")


def command_line(wanted: str | None) -> typer.Typer:
    """A command line that knows the command that is wanted, or else lists all, and imports none."""
    application = typer.Typer(
        help="Self-hosted AI tutor: answers grounded in a course and cited to the page.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    application.callback()(lambda: None)
    if wanted not in COMMANDS:
        for name, listed in COMMANDS.items():
            application.command(name, help=listed.summary)(lambda: None)
        return application
    command = COMMANDS[wanted].load()
    if isinstance(command, typer.Typer):
        application.add_typer(command, name=wanted)
    else:
        application.command(wanted)(command)
    return application


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Looks for no garbage within the context, and never among what is there at its end.

    Importing makes next to none, and searching what was imported took a fifth of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    main()
