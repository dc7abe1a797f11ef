"""A folder of broken documents through the command: each fails alone, and all others are in."""

import json
from pathlib import Path
from uuid import uuid4

import pytest

from tests.cli.test_material_commands import Command, command
from tests.support.hostile_files import HOSTILE, line_of_markup

__all__ = ["command"]

pytestmark = pytest.mark.server

# A zip archive in a folder is no document but a folder itself.
WITHIN_ARCHIVES = {"recursive.zip/level19.zip": "skipped", "escaping.zip/evil.md": "failed"}
GOOD = ("aaa.md", "lesson.md", "zzz.md")


def test_every_broken_file_fails_alone_with_its_reason_and_all_others_are_in(
    command: Command, tmp_path: Path
):
    folder, report, course = tmp_path / "folder", tmp_path / "report.json", f"course-{uuid4().hex}"
    folder.mkdir()
    for name, content, _ in HOSTILE:
        (folder / name).write_bytes(content())
    (folder / "line.html").write_bytes(line_of_markup())
    for name in GOOD:
        (folder / name).write_text(f"# {name}\n\nA body moves, says {name}.")
    broken = {name: "failed" for name, _, _ in HOSTILE if not name.endswith(".zip")}

    ingested = command("ingest", folder, "--course", course, "--create", "--report", report)

    assert ingested.returncode == 1, ingested.stderr
    files = json.loads(report.read_text())["files"]
    assert {file["path"]: file["status"] for file in files} == {
        **broken,
        **WITHIN_ARCHIVES,
        "line.html": "ok",
        **dict.fromkeys(GOOD, "ok"),
    }
    assert all(file["reason"] for file in files if file["status"] != "ok")
    assert not (tmp_path / "evil.md").exists()
