"""Writes a backup: whole, or not at all."""

import io
import os
import tarfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bootstrap.backup.manifest import DATABASE, MANIFEST, SECRET_KEY, STORES, Manifest
from bootstrap.backup.postgres_programs import DatabasePrograms
from storage.files import FileStore, hash_file

_OWNER_ONLY = 0o600


def make_backup(
    database_url: str,
    stores: Mapping[str, FileStore],
    secret_key: Path,
    target: Path,
    tell: Callable[[str], None],
) -> Manifest:
    """Saves an installation into `target`, replacing what is there. Others may go on meanwhile.

    The database is as of one moment. Files are written before the rows that name them and taken
    after the database, so none is missing. Redis holds nothing that PostgreSQL does not.

    Args:
        database_url: of the database, whose schema is ours.
        stores: of `STORES`, by name.
        secret_key: file of the key that `up` made; left out where there is none.
        target: where to; readable by its owner only, as it holds all there is.
        tell: is told each step.

    Raises:
        DatabaseProgramError: the database could not be dumped.
        OSError: there is no room, or no right to write there; nothing is left behind.
    """
    programs = DatabasePrograms(database_url)
    revision = programs.revision()
    with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        dump, draft = Path(folder) / DATABASE, Path(folder) / target.name
        tell("Saving the database")
        programs.dump(dump)
        kept = sorted((name, path) for name in STORES for path in stores[name].kept())
        manifest = Manifest(
            made_at=datetime.now(UTC),
            schema_revision=revision,
            database_sha256=hash_file(dump),
            database_bytes=dump.stat().st_size,
            file_count=len(kept),
            file_bytes=sum(path.stat().st_size for _, path in kept),
            has_secret_key=secret_key.is_file(),
        )
        tell(f"Saving {manifest.file_count:,} files ({manifest.file_bytes / 1e6:,.1f} MB)")
        with tarfile.open(draft, "w") as archive:
            _add_text(archive, MANIFEST, manifest.model_dump_json(indent=2))
            archive.add(dump, DATABASE)
            if manifest.has_secret_key:
                _add_text(archive, SECRET_KEY, secret_key.read_text(encoding="ascii"))
            for name, path in kept:
                archive.add(path, f"{name}/{path.name}")
        draft.chmod(_OWNER_ONLY)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(target)
    return manifest


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))
