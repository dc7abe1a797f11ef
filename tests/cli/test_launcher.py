"""The executable `neuroshiksha` of the checkout."""

import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

ECHO = """#!/bin/sh
for argument in "$@"; do echo "$argument"; done
"""


@pytest.fixture
def checkout(tmp_path):
    """A checkout with spaces in its path, whose Python prints its arguments."""
    checkout = tmp_path / "a checkout with spaces"
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(ECHO)
    python.chmod(0o755)
    shutil.copy(CHECKOUT / "neuroshiksha", checkout)
    return checkout


def launch(program, *arguments):
    return subprocess.run(
        [program, *arguments], cwd="/", capture_output=True, text=True, check=False
    )


def test_arguments_arrive_as_they_were_given(checkout):
    completed = launch(checkout / "neuroshiksha", "ask", "why so?", "--course", "")

    expected = ["-P", "-m", "cli.main", "ask", "why so?", "--course", ""]
    assert completed.stdout.split("\n")[:-1] == expected


def test_symbolic_link_finds_the_checkout(checkout, tmp_path):
    link = tmp_path / "bin" / "neuroshiksha"
    link.parent.mkdir()
    link.symlink_to("../a checkout with spaces/neuroshiksha")

    assert "cli.main" in launch(link).stdout


def test_checkout_without_venv_says_what_to_type_first(checkout):
    shutil.rmtree(checkout / ".venv")

    completed = launch(checkout / "neuroshiksha")

    assert (completed.returncode, "`make run`" in completed.stderr) == (1, True)


def test_copied_checkout_does_not_run_the_code_of_the_original(checkout):
    (checkout / ".venv" / ".checkout").write_text("/somewhere/else\n")

    completed = launch(checkout / "neuroshiksha")

    assert (completed.returncode, "moved or copied" in completed.stderr) == (1, True)


def test_what_is_compiled_is_kept_where_an_image_says_not_to(checkout, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (checkout / ".venv" / "bin" / "python").write_text(
        '#!/bin/sh\necho "set: $PYTHONDONTWRITEBYTECODE"\n'
    )

    assert launch(checkout / "neuroshiksha").stdout == "set: \n"


def test_exit_code_is_that_of_the_command(checkout):
    (checkout / ".venv" / "bin" / "python").write_text("#!/bin/sh\nexit 2\n")

    assert launch(checkout / "neuroshiksha").returncode == 2
