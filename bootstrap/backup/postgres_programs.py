"""Whole databases through PostgreSQL's own programs: dumped, looked at, replaced."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from bootstrap.backup.errors import DatabaseProgramError
from bootstrap.embedded.binaries import postgres_program
from bootstrap.embedded.errors import ServerBinaryMissingError
from storage.repositories.learning_events import FORGET_TRANSACTIONS

_COMPLAINT_LINES = 5
_QUIETLY = "SET client_min_messages = warning"
_LOCK_TIMEOUT = "SET lock_timeout = '10s'"
_MAINTENANCE_ROLE = "neuroshiksha_maintenance"
_BYPASSES_ROW_SECURITY = (
    "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
)
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_REVISION = "SELECT version_num FROM alembic_version"
_EXTENSION = "CREATE EXTENSION IF NOT EXISTS vector"
_DROP_ALL = """
DO $$
DECLARE
    droppings text[] := ARRAY(
        SELECT format('DROP TABLE IF EXISTS public.%I CASCADE', relname)
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        UNION ALL
        SELECT format('DROP SEQUENCE IF EXISTS public.%I CASCADE', relname)
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
        UNION ALL
        SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
        FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'
        )
    );
    dropping text;
BEGIN
    FOREACH dropping IN ARRAY droppings LOOP
        EXECUTE dropping;
    END LOOP;
END
$$
"""
"""Extensions stay: their owner may be the server's administrator."""
_ROLES = """
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['neuroshiksha_app', 'neuroshiksha_maintenance'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        END IF;
        EXECUTE format('GRANT %I TO CURRENT_USER', role);
    END LOOP;
END
$$
"""


class DatabasePrograms:
    """Runs pg_dump, pg_restore and psql on one database. Everything blocks."""

    def __init__(self, database_url: str) -> None:
        url = make_url(database_url)
        given = {
            "PGHOST": url.host,
            "PGPORT": url.port and str(url.port),
            "PGUSER": url.username,
            "PGPASSWORD": url.password,  # not an argument, which others could read in `ps`
            "PGDATABASE": url.database,
            "PGSSLMODE": url.query.get("sslmode"),
        }
        self._environment = {
            **os.environ,
            **{name: str(value) for name, value in given.items() if value},
        }

    def dump(self, target: Path) -> None:
        """Writes all of the database into `target`, as of one moment; others go on meanwhile.

        Raises:
            DatabaseProgramError: pg_dump is missing or failed, as one older than the server does.
        """
        row_security = (
            ()
            if self._value(_BYPASSES_ROW_SECURITY) == "t"
            else (f"--role={_MAINTENANCE_ROLE}", "--enable-row-security")
        )
        options = ("--format=custom", "--no-owner", *row_security)
        self._run("pg_dump", *options, f"--file={target}")

    def table_count(self) -> int:
        """How many tables the database has."""
        return int(self._value(_TABLES))

    def other_connections(self) -> int:
        """How many connections but this one use the database."""
        return int(self._value(_OTHERS))

    def revision(self) -> str:
        """The revision of the schema.

        Raises:
            DatabaseProgramError: there is no schema of ours.
        """
        return self._value(_REVISION)

    def replace_by(self, dump: Path, scratch: Path) -> None:
        """Gives up what the database holds for what is in `dump`, all of it or nothing.

        Raises:
            DatabaseProgramError: a program is missing or failed; the database is as it was.
        """
        wanted, script = scratch / "wanted.list", scratch / "restore.sql"
        listed = self._run("pg_restore", "--list", str(dump)).splitlines()
        wanted.write_text("\n".join(line for line in listed if " EXTENSION " not in line))
        chosen = ("--no-owner", f"--use-list={wanted}")
        self._run("pg_restore", *chosen, f"--file={script}", str(dump))
        before = (_QUIETLY, _LOCK_TIMEOUT, _EXTENSION, _DROP_ALL, _ROLES)
        self._psql("--single-transaction", *before, file=script)

    def forget_transactions(self) -> None:
        """Puts restored events of learning before those to come, and has them read anew.

        The numbers of their transactions are another server's, or of another time.

        Raises:
            DatabaseProgramError: psql is missing or failed.
        """
        self._psql("--single-transaction", f"SET ROLE {_MAINTENANCE_ROLE}", *FORGET_TRANSACTIONS)

    def _value(self, statement: str) -> str:
        return self._psql(statement).strip()

    def _psql(self, *arguments: str, file: Path | None = None) -> str:
        options = [argument for argument in arguments if argument.startswith("--")]
        for statement in (argument for argument in arguments if not argument.startswith("--")):
            options += ["--command", statement]
        if file is not None:
            options.append(f"--file={file}")
        quiet = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align")
        return self._run("psql", *quiet, "--set=ON_ERROR_STOP=1", *options)

    def _run(self, program: str, *arguments: str) -> str:
        command: Sequence[str] = (str(_program(program)), *arguments)
        finished = subprocess.run(  # noqa: S603 - no shell, arguments of our making
            command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if finished.returncode != 0:
            complaint = " ".join(finished.stderr.strip().splitlines()[:_COMPLAINT_LINES])
            raise DatabaseProgramError(f"{program} failed: {complaint or 'no reason given'}")
        return finished.stdout


def _program(name: str) -> Path:
    """The one of the embedded server where it is installed, else the system's."""
    try:
        return postgres_program(name)
    except ServerBinaryMissingError as error:
        found = shutil.which(name)
        if found is None:
            message = f"{name} is missing; install PostgreSQL's client programs"
            raise DatabaseProgramError(message) from error
        return Path(found)
