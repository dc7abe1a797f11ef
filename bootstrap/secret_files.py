"""Settings that stand in files, a setting each, as containers are given their secrets."""

from collections.abc import Mapping
from pathlib import Path

SECRETS_FOLDER = "NEUROSHIKSHA_SECRETS_FOLDER"


def given(environment: Mapping[str, str], name: str) -> str:
    """A setting of the environment, else of its file in the folder of secrets; empty for none.

    For what has to be known before `Settings` are read, which read both in the same order.
    """
    value = environment.get(name, "")
    folder = environment.get(SECRETS_FOLDER, "")
    file = Path(folder) / name
    if value or not folder or not file.is_file():
        return value
    return file.read_text(encoding="utf-8").strip()
