"""`neuroshiksha up`: the whole installation in one terminal."""

import os
from typing import Annotated

import typer
from dotenv import dotenv_values

from bootstrap.embedded import EmbeddedServerError
from bootstrap.home import Home, HomeNotWritableError
from bootstrap.processes import python_command
from bootstrap.supervision.errors import UpError
from bootstrap.up import FIRST_PORT, Up, UpCommands, UpOptions

LOAD_DEMO = ("demo", "load")

WELCOME = """
NeuroShiksha is ready: {address}

  Sign in as            student@demo.local, teacher@demo.local or admin@demo.local
  with the password     learn-by-asking

  Ask in a terminal     ./neuroshiksha ask "Why does a pendulum keep time?" --course how-things-move
  Search                ./neuroshiksha search "conservation of momentum" --course how-things-move
  Your own material     ./neuroshiksha ingest ~/material/physics --course physics --create
  Try the HTTP API      {address}/docs
  If something is odd   ./neuroshiksha doctor

Ctrl-C stops everything.
"""

WELCOME_WITHOUT_DEMO = """
NeuroShiksha is ready: {address}

  Make an account       ./neuroshiksha user create --email you@school.edu --role admin
  Load your material    ./neuroshiksha ingest ~/material/physics --course physics --create
  Ask in a terminal     ./neuroshiksha ask "What is momentum?" --course physics
  Try the HTTP API      {address}/docs

Ctrl-C stops everything.
"""


def up_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = FIRST_PORT,
    api_workers: Annotated[int, typer.Option(help="API processes.", min=1, max=64)] = 1,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Start neither worker nor beat.")
    ] = False,
    no_demo: Annotated[
        bool, typer.Option("--no-demo", help="Load no demo course and accounts.")
    ] = False,
) -> None:
    """Start PostgreSQL, Redis, the API and the workers; Ctrl-C stops all of it."""
    options = UpOptions(host=host, port=port, api_workers=api_workers, worker=not no_worker)
    demo = () if no_demo else (python_command("cli.main", *LOAD_DEMO),)
    text = WELCOME_WITHOUT_DEMO if no_demo else WELCOME
    up = Up(
        Home.from_environment(environment()), options, UpCommands(for_new_database=demo), _announce
    )
    try:
        up.run(environment(), lambda address: text.format(address=address))
    except (UpError, EmbeddedServerError, HomeNotWritableError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def environment() -> dict[str, str]:
    """The variables of `.env` in the current folder, under those this process was given."""
    written = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return written | dict(os.environ)


def _announce(line: str) -> None:
    typer.echo(line)
