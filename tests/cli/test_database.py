"""`neuroshiksha db wait`: what a container of a new release does before it begins."""

import pytest
from typer.testing import CliRunner

from cli.database import database_commands
from storage.schema_revision import head_revision
from tests.support.servers import in_database, run_sql

pytestmark = pytest.mark.server


def test_a_migrated_database_is_not_waited_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)

    result = CliRunner().invoke(database_commands, ["wait", "--seconds", "0"])

    assert (result.exit_code, result.output) == (0, "")


def test_one_that_lacks_the_schema_or_does_not_answer_is_waited_for_in_vain(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = f"{database_url.rpartition('/')[2]}_unmigrated"
    run_sql(database_url, f'DROP DATABASE IF EXISTS "{empty}"')
    run_sql(database_url, f'CREATE DATABASE "{empty}"')
    for url in (in_database(database_url, empty), "postgresql://nobody@127.0.0.1:1/nothing"):
        monkeypatch.setenv("DATABASE_URL", url)

        result = CliRunner().invoke(database_commands, ["wait", "--seconds", "0"])

        assert result.exit_code == 1
        assert head_revision() in result.output
