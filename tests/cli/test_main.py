"""The command line as a whole."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import COMMANDS, command_line
from tests.support.programs import Programs

FIXED = frozenset(
    ("up", "serve", "worker", "beat", "ingest", "search", "ask", "eval", "user", "db", "openapi")
)

STRONG_KEY = "0f8e1c5b9a7d4e3f2c6b8a9d1e0f7c5b"


@pytest.fixture
def refused(programs: Programs) -> Callable[..., str]:
    """What a command writes that is asked wrongly."""

    def run_refused(*arguments: str, **variables: str) -> str:
        ended = programs.run(*arguments, environment={**os.environ, "COLUMNS": "100", **variables})
        assert ended.returncode == 2
        return ended.stderr

    return run_refused


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """From nothing, imports and all."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        env={**os.environ, "COLUMNS": "100", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_names_something_that_is_there(name: str) -> None:
    assert callable(COMMANDS[name].load())


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_every_command_what_its_own_help_says(name: str) -> None:
    help_of_its_own = " ".join(
        CliRunner().invoke(command_line(name), [name, "--help"]).output.split()
    )

    assert COMMANDS[name].summary in help_of_its_own


def test_every_promised_command_is_there() -> None:
    assert set(COMMANDS) >= FIXED


def test_help_names_every_command() -> None:
    shown = run("--help").stdout

    assert [name for name in COMMANDS if f" {name} " not in shown] == []


def test_help_imports_no_command() -> None:
    program = (
        "import sys; from cli.main import command_line; command_line(None); print(*sys.modules)"
    )

    imported = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    assert [name for name in imported if name.startswith(("cli.", "bootstrap"))] == ["cli.main"]


def test_an_unknown_command_is_a_usage_error(refused: Callable[..., str]) -> None:
    assert "conjure" in refused("conjure")


def test_openapi_needs_no_setting_at_all() -> None:
    printed = run("openapi", DATABASE_URL="", NEUROSHIKSHA_SECRET_KEY="")

    assert printed.returncode == 0, printed.stderr
    assert "/api/v1/courses" in json.loads(printed.stdout)["paths"]


def test_serve_refuses_a_weak_secret_without_showing_it(refused: Callable[..., str]) -> None:
    told = refused(
        "serve", DATABASE_URL="postgresql://x@127.0.0.1:1/x", NEUROSHIKSHA_SECRET_KEY="hunter2"
    )

    assert "NEUROSHIKSHA_SECRET_KEY" in told
    assert "hunter2" not in told


def test_serve_without_a_database_says_what_to_set(refused: Callable[..., str]) -> None:
    told = refused("serve", DATABASE_URL="", NEUROSHIKSHA_SECRET_KEY=STRONG_KEY)

    assert "DATABASE_URL" in told


def _broken_models_file(tmp_path: Path) -> str:
    path = tmp_path / "models.toml"
    path.write_text('[deployments.big]\nprovider = "nobody"\n')
    return str(path)


def test_serve_refuses_a_broken_models_file_with_line_and_field(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    told = refused(
        "serve",
        DATABASE_URL="postgresql://x@127.0.0.1:1/x",
        NEUROSHIKSHA_SECRET_KEY=STRONG_KEY,
        NEUROSHIKSHA_MODELS_FILE=_broken_models_file(tmp_path),
    )

    assert "models.toml, line 2, deployments.big.provider" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("module", [("bootstrap.preparation",), ("workers", "worker")])
def test_what_up_starts_refuses_a_broken_models_file_too(
    tmp_path: Path, module: tuple[str, ...]
) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", *module],
        env={
            **os.environ,
            "DATABASE_URL": "postgresql://x@127.0.0.1:1/x",
            "NEUROSHIKSHA_SECRET_KEY": STRONG_KEY,
            "NEUROSHIKSHA_MODELS_FILE": _broken_models_file(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 1
    assert "models.toml, line 2, deployments.big.provider" in refused.stderr
    assert "Traceback" not in refused.stderr
