"""`neuroshiksha backup` and `restore`: an installation in one file, and back."""

import os
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from bootstrap.asset_stores import open_asset_store
from bootstrap.backup import BackupError, Manifest, make_backup, restore_backup
from bootstrap.embedded import EmbeddedServerError, ServerUrls, servers_for
from bootstrap.file_lock import LockTimeoutError, exclusive_lock
from bootstrap.home import Home, HomeNotWritableError
from bootstrap.settings import Settings
from cli.context import FAILED
from services.authoring.asset_store import AssetStore
from storage.files import FileStore

SECRET_KEY = "secret-key"  # noqa: S105 - the name of a file
FAILURES = (BackupError, EmbeddedServerError, HomeNotWritableError, OSError, SQLAlchemyError)


def backup_command(
    file: Annotated[Path, typer.Argument(help="Where to; an older one is replaced.")],
) -> None:
    """Save the database, the uploaded files and the secret key of `up` in one file.

    The service may go on running. Keep the file safe: it holds everything.
    """
    home = Home.from_environment()
    try:
        with servers_for(home, ServerUrls.from_environment(os.environ)) as urls:
            key = home.secrets / SECRET_KEY
            manifest = make_backup(
                urls.database_url, saved_stores(), key, file.absolute(), typer.echo
            )
    except FAILURES as error:
        typer.echo(f"No backup was made: {error}", err=True)
        raise typer.Exit(FAILED) from error
    typer.echo(f"{file}: {told(manifest)}.")
    if not manifest.has_secret_key:
        typer.echo("NEUROSHIKSHA_SECRET_KEY is not in it: keep it yourself.")
    if bucket := Settings().asset_store:
        typer.echo(f"The files in {bucket} are not in it: keep versions of the bucket.")


def restore_command(
    file: Annotated[Path, typer.Argument(help="From `neuroshiksha backup`.", exists=True)],
    replaces: Annotated[
        bool, typer.Option("--replace", help="Give up what the database holds.")
    ] = False,
) -> None:
    """Make the installation what it was when FILE was made. The service must not run.

    All of the file is checked before anything changes.
    """
    home = Home.from_environment()
    home.create()
    try:
        with (
            exclusive_lock(home.run / "up.lock"),
            servers_for(home, ServerUrls.from_environment(os.environ)) as urls,
        ):
            manifest = restore_backup(
                file,
                urls.database_url,
                restored_stores(),
                home.secrets / SECRET_KEY,
                typer.echo,
                replaces=replaces,
            )
    except LockTimeoutError as error:
        typer.echo(f"`neuroshiksha up` runs in {home.root}. Stop it first.", err=True)
        raise typer.Exit(FAILED) from error
    except FAILURES as error:
        typer.echo(f"Nothing was restored: {error}", err=True)
        raise typer.Exit(FAILED) from error
    typer.echo(f"Restored {told(manifest)}, made {manifest.made_at:%Y-%m-%d %H:%M} UTC.")


def saved_stores() -> dict[str, FileStore]:
    """Where files of this installation are kept on this machine; a bucket is not saved."""
    settings = Settings()
    return {
        "files": FileStore(settings.files_folder),
        "assets": FileStore(settings.assets_folder),
    }


def restored_stores() -> dict[str, AssetStore]:
    """Where files of this installation are to be kept."""
    settings = Settings()
    return {
        "files": FileStore(settings.files_folder),
        "assets": open_asset_store(settings),
    }


def told(manifest: Manifest) -> str:
    """What a backup holds, in a line."""
    megabytes = (manifest.database_bytes + manifest.file_bytes) / 1e6
    return f"the database and {manifest.file_count:,} files, {megabytes:,.1f} MB"
