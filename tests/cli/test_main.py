"""The command line as a whole."""

import json
import os
import subprocess
import sys
from importlib import import_module

import pytest

from cli.main import COMMANDS

FIXED = frozenset(
    ("up", "serve", "worker", "beat", "ingest", "search", "ask", "eval", "user", "db", "openapi")
)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env={**os.environ, "COLUMNS": "100", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_something_that_is_there(name: str) -> None:
    module, _, attribute = COMMANDS[name].partition(":")

    assert callable(getattr(import_module(module), attribute))


def test_every_promised_command_is_there() -> None:
    assert set(COMMANDS) >= FIXED


def test_help_names_every_command() -> None:
    shown = run("--help").stdout

    assert [name for name in COMMANDS if name not in shown] == []


def test_an_unknown_command_is_a_usage_error() -> None:
    asked = run("conjure")

    assert asked.returncode == 2
    assert "conjure" in asked.stderr


def test_openapi_needs_no_setting_at_all() -> None:
    printed = run("openapi", DATABASE_URL="", NEUROSHIKSHA_SECRET_KEY="")

    assert printed.returncode == 0, printed.stderr
    assert "/api/v1/courses" in json.loads(printed.stdout)["paths"]


def test_serve_refuses_a_weak_secret_without_showing_it() -> None:
    refused = run(
        "serve", DATABASE_URL="postgresql://x@127.0.0.1:1/x", NEUROSHIKSHA_SECRET_KEY="hunter2"
    )

    assert refused.returncode == 2
    assert "NEUROSHIKSHA_SECRET_KEY" in refused.stderr
    assert "hunter2" not in refused.stderr


def test_serve_without_a_database_says_what_to_set() -> None:
    refused = run("serve", DATABASE_URL="", NEUROSHIKSHA_SECRET_KEY="x" * 40)

    assert refused.returncode == 2
    assert "DATABASE_URL" in refused.stderr
