"""`neuroshiksha user`: accounts, made by the operator of the installation."""

import sys
from collections.abc import Collection
from datetime import timedelta
from typing import Annotated, Literal

import typer
from email_validator import EmailNotValidError, validate_email

from cli.context import USAGE, cli_services, run_command
from services.api_keys import USUAL_SCOPES, KeyScope
from services.devices import THIS_MACHINE
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
    scopes: Annotated[
        list[KeyScope] | None,
        typer.Option(
            "--scope", help="What it is good for; may be repeated. Left out: all but admin."
        ),
    ] = None,
) -> None:
    """Make an API key for an account, and print it; it is not shown again."""
    run_command(lambda: create_api_key(email, name, days, scopes or USUAL_SCOPES))


@user_commands.command("remove-second-factor")
def remove_second_factor_command(
    email: Annotated[str, typer.Option(help="Address of the account.")],
) -> None:
    """Take the second factor of someone away who lost it, such as the only admin."""
    run_command(lambda: remove_second_factor(email))


async def remove_second_factor(email: str) -> int:
    """Takes it away as the operator; the exit code."""
    async with cli_services() as context:
        second_factor = context.services.second_factor
        await second_factor.remove_for_address(context.actor, email, THIS_MACHINE)
    typer.echo(f"{email} signs in with the password alone again.")
    return 0


async def create_api_key(
    email: str, name: str, days: int | None, scopes: Collection[KeyScope]
) -> int:
    """Makes the key as the operator; the exit code."""
    lifetime = None if days is None else timedelta(days=days)
    async with cli_services() as context:
        made = await context.services.api_keys.create_for(
            context.actor, email, name, lifetime, scopes
        )
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
