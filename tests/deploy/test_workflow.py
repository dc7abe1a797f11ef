"""The workflow for a public forge: valid, and the same as what `.ci/run` installs and runs."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.edge import CHECKOUT

FILE = CHECKOUT / ".github" / "workflows" / "ci.yml"


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())["jobs"]
    return found


@pytest.mark.parametrize(
    "schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"]
)
def test_the_workflow_fits_its_schema(schema: str) -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [program, "--builtin-schema", schema, FILE]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_it_lints_tests_with_servers_and_builds_the_image(jobs: dict[str, Any]) -> None:
    runs = {name: [step.get("run", "") for step in job["steps"]] for name, job in jobs.items()}

    assert any(run.startswith("make check") for run in runs["check"])
    assert any(run.startswith("make test") for run in runs["test"])
    assert jobs["test"]["services"].keys() == {"postgres", "redis", "redis-cache"}
    assert any(
        step.get("with", {}).get("file") == "deploy/Dockerfile" for step in jobs["image"]["steps"]
    )


def test_it_installs_of_debian_what_our_own_runs_install(jobs: dict[str, Any]) -> None:
    needed = re.findall(r"^need \S+ (.+)$", (CHECKOUT / ".ci" / "run").read_text(), re.MULTILINE)
    installing = next(s["run"] for s in jobs["test"]["steps"] if "apt-get" in s.get("run", ""))

    installed = set(installing.partition("--no-install-recommends")[2].split())

    assert installed == {package for packages in needed for package in packages.split()}


def test_it_may_do_no_more_than_read() -> None:
    workflow = yaml.safe_load(FILE.read_text())

    assert workflow["permissions"] == {"contents": "read"}
    assert "${{ secrets" not in FILE.read_text()
