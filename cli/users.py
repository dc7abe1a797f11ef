"""`neuroshiksha user`: accounts, made by the operator of the installation."""

import sys
from datetime import timedelta
from typing import Annotated, Literal

import typer
from email_validator import EmailNotValidError, validate_email

from cli.context import USAGE, cli_services, run_command
from services.users import NewUser

user_commands = typer.Typer(help="People's accounts.", no_args_is_help=True)


@user_commands.callback()
def user_group() -> None:
    """People's accounts."""


@user_commands.command("create")
def create_command(
    email: Annotated[str, typer.Option(help="Address to sign in with.")],
    role: Annotated[
        Literal["admin", "teacher", "student"], typer.Option(help="What they may do.")
    ] = "student",
    name: Annotated[str | None, typer.Option(help="Name to be shown.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Make an account; asks for the password, or reads it from standard input."""
    try:
        address = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        typer.echo(f"{email}: {error}", err=True)
        raise typer.Exit(USAGE) from error
    new = NewUser(address, read_password(password_stdin), name, role)
    run_command(lambda: create_user(new))


@user_commands.command("api-key")
def api_key_command(
    email: Annotated[str, typer.Option(help="Address of the account it acts as.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="Ends after so many days; left out: never.")
    ] = None,
) -> None:
    """Make an API key for an account, and print it; it is not shown again."""
    run_command(lambda: create_api_key(email, name, days))


async def create_api_key(email: str, name: str, days: int | None) -> int:
    """Makes the key as the operator; the exit code."""
    lifetime = None if days is None else timedelta(days=days)
    async with cli_services() as context:
        made = await context.services.api_keys.create_for(context.actor, email, name, lifetime)
    typer.echo(made.key)
    return 0


async def create_user(new: NewUser) -> int:
    """Makes the account as the operator; the exit code."""
    async with cli_services() as context:
        user = await context.services.users.create(context.actor, new)
    typer.echo(f"Made {user.role} {user.email} ({user.id}).")
    return 0


def read_password(from_standard_input: bool) -> str:
    """The password, from the first line of standard input or typed twice without being shown."""
    if from_standard_input:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
