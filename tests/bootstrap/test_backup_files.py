"""Only a whole backup of a known version passes the check that stands before a restore."""

import hashlib
import io
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bootstrap.backup.errors import BackupUnusableError
from bootstrap.backup.manifest import Manifest
from bootstrap.backup.restoring import checked
from storage.schema_revision import head_revision

DUMP, ORIGINAL = b"PGDMP and so on", b"what a teacher uploaded"
HASH = hashlib.sha256(ORIGINAL).hexdigest()


def manifest(**changed: object) -> bytes:
    whole = Manifest(
        made_at=datetime(2026, 11, 27, tzinfo=UTC),
        schema_revision=head_revision(),
        database_sha256=hashlib.sha256(DUMP).hexdigest(),
        database_bytes=len(DUMP),
        file_count=1,
        file_bytes=len(ORIGINAL),
        has_secret_key=False,
    )
    return whole.model_copy(update=changed).model_dump_json().encode()


def members(**changed: bytes | None) -> dict[str, bytes]:
    whole = {
        "manifest.json": manifest(),
        "database.dump": DUMP,
        f"files/{HASH}": ORIGINAL,
    }
    return {name: content for name, content in {**whole, **changed}.items() if content is not None}


def written(folder: Path, content: dict[str, bytes]) -> Path:
    target = folder / "school.backup"
    with tarfile.open(target, "w") as archive:
        for name, part in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(part)
            archive.addfile(member, io.BytesIO(part))
    return target


def test_a_whole_backup_passes_and_tells_what_it_holds(tmp_path: Path) -> None:
    found = checked(written(tmp_path, members()))

    assert (found.file_count, found.database_bytes) == (1, len(DUMP))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (members(**{"database.dump": b"other bytes"}), "its database is missing or damaged"),
        (members(**{"database.dump": None}), "its database is missing or damaged"),
        (members(**{f"files/{HASH}": b"other bytes"}), f"files/{HASH} is damaged"),
        (members(**{f"files/{HASH}": None}), "0 files instead of 1"),
        (members(**{"../../etc/passwd": b"root"}), "which no backup does"),
        (members(**{"manifest.json": manifest(schema_revision="9999")}), "newer version"),
        (members(**{"manifest.json": b'{"format": 2}'}), "format"),
        (members(**{"manifest.json": None}), "does not begin with manifest.json"),
    ],
)
def test_what_is_not_whole_is_refused_with_the_reason(
    content: dict[str, bytes], reason: str, tmp_path: Path
) -> None:
    with pytest.raises(BackupUnusableError, match=reason):
        checked(written(tmp_path, content))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_backup_that_is_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    whole = written(tmp_path, members())
    content = whole.read_bytes().rstrip(b"\0")
    whole.write_bytes(content[: int(len(content) * share)])

    with pytest.raises(BackupUnusableError, match=r"school\.backup cannot be restored"):
        checked(whole)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "holiday.jpg"
    other.write_bytes(b"\xff\xd8\xff\xe0 a picture")

    with pytest.raises(BackupUnusableError, match="no whole archive"):
        checked(other)
