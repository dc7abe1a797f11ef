"""The command line as a whole."""

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

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


def _broken_models_file(tmp_path: Path) -> str:
    path = tmp_path / "models.toml"
    path.write_text('[deployments.big]\nprovider = "nobody"\n')
    return str(path)


def test_serve_refuses_a_broken_models_file_with_line_and_field(tmp_path: Path) -> None:
    refused = run(
        "serve",
        DATABASE_URL="postgresql://x@127.0.0.1:1/x",
        NEUROSHIKSHA_SECRET_KEY="x" * 40,
        NEUROSHIKSHA_MODELS_FILE=_broken_models_file(tmp_path),
    )

    assert refused.returncode == 2
    assert "models.toml, line 2, deployments.big.provider" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("module", [("bootstrap.preparation",), ("workers", "worker")])
def test_what_up_starts_refuses_a_broken_models_file_too(
    tmp_path: Path, module: tuple[str, ...]
) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", *module],
        env={
            **os.environ,
            "DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
            "NEUROSHIKSHA_SECRET_KEY": "x" * 40,
            "NEUROSHIKSHA_MODELS_FILE": _broken_models_file(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert "models.toml, line 2, deployments.big.provider" in refused.stderr
    assert "Traceback" not in refused.stderr
