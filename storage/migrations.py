"""Brings a database to the newest schema, or back."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from tenacity import (
    RetryCallState,
    retry,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

import migrations
from storage.database import normalise_database_url

logger = logging.getLogger(__name__)

LOCK_NOT_TO_BE_HAD = frozenset({"55P03", "40P01"})
"""A time-out, or a deadlock that PostgreSQL ended.

Source: PostgreSQL manual, appendix A, error codes.
"""
ATTEMPTS = 60
"""Some two minutes; between two attempts those who wait behind a migration's lock go on."""


def is_locked_out(error: BaseException) -> bool:
    """Whether a migration gave way to those at work, and may try again."""
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, DBAPIError) and sqlstate in LOCK_NOT_TO_BE_HAD


def _say_that_it_waits(state: RetryCallState) -> None:
    logger.warning("a table is in use; migrating again (%s)", state.attempt_number)


@retry(
    retry=retry_if_exception(is_locked_out),
    stop=stop_after_attempt(ATTEMPTS),
    wait=wait_random_exponential(multiplier=0.5, max=5.0),
    before_sleep=_say_that_it_waits,
    reraise=True,
)
def upgrade_to_head(database_url: str, revision: str = "head") -> None:
    """Runs every migration the database has not had yet; a no-op at the head.

    One that others keep from its lock gives up after some seconds and is tried again; those
    before it stay. Call it outside an event loop (or in a thread).

    Raises:
        sqlalchemy.exc.DBAPIError: when the server refuses a statement, or always the lock.
    """
    command.upgrade(_config(database_url), revision)


def downgrade_to(database_url: str, revision: str) -> None:
    """Takes the schema back to `revision` ("base": to nothing)."""
    command.downgrade(_config(database_url), revision)


def knows_revision(revision: str) -> bool:
    """Whether a database at that revision can be brought to the newest schema."""
    scripts = ScriptDirectory.from_config(_config(""))
    return any(script.revision == revision for script in scripts.walk_revisions())


def _config(database_url: str) -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(migrations.__file__).parent).replace("%", "%%")
    )
    config.attributes["database_url"] = normalise_database_url(database_url)
    return config
