"""Brings an installation back from a backup, after the whole of it has been looked at."""

import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from pydantic import ValidationError

from bootstrap.backup.errors import (
    BackupUnusableError,
    DatabaseInUseError,
    DatabaseNotEmptyError,
)
from bootstrap.backup.manifest import DATABASE, MANIFEST, SECRET_KEY, STORES, Manifest
from bootstrap.backup.postgres_programs import DatabasePrograms
from services.authoring.asset_store import AssetStore
from storage.migrations import knows_revision, upgrade_to_head

_MANIFEST_BYTES = 64 * 1024
_OWNER_ONLY = 0o600


def restore_backup(
    source: Path,
    database_url: str,
    stores: Mapping[str, AssetStore],
    secret_key: Path,
    tell: Callable[[str], None],
    *,
    replaces: bool = False,
) -> Manifest:
    """Makes the installation what it was when `source` was made, at this version's schema.

    First all of the file is checked. Files are then laid beside those that are there; the
    database changes in one transaction. A key of `up` takes the place of the one that is there.

    Args:
        source: from `make_backup`.
        database_url: what to restore into; nothing else may be connected to it.
        stores: of `STORES`, by name: where files go.
        secret_key: where the key goes, if there is one.
        tell: is told each step.
        replaces: gives up what the database holds.

    Raises:
        BackupUnusableError: it is not a whole backup that this version reads; nothing changed.
        DatabaseNotEmptyError: it holds something, and `replaces` is false.
        DatabaseInUseError: something still runs on it.
        DatabaseProgramError: the database refused; it is as it was.
    """
    tell(f"Checking {source}")
    manifest = checked(source)
    programs = DatabasePrograms(database_url)
    if programs.table_count() and not replaces:
        raise DatabaseNotEmptyError
    if (connections := programs.other_connections()) > 0:
        raise DatabaseInUseError(connections)
    with TemporaryDirectory(prefix="neuroshiksha-restore-") as folder:
        scratch = Path(folder)
        tell(f"Bringing back {manifest.file_count:,} files")
        key = _unpack(source, stores, scratch)
        tell("Bringing back the database")
        programs.replace_by(scratch / DATABASE, scratch)
    upgrade_to_head(database_url)
    programs.forget_transactions()
    if key is not None:
        _write_secret(secret_key, key)
    return manifest


def checked(source: Path) -> Manifest:
    """The manifest of a backup of which every byte is there and right.

    Raises:
        BackupUnusableError: it is not.
    """
    try:
        with tarfile.open(source, "r:") as archive:
            return _checked(archive, source)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BackupUnusableError(source, f"it is no whole archive ({error})") from error


def _checked(archive: tarfile.TarFile, source: Path) -> Manifest:
    manifest = _manifest(archive, source)
    if not knows_revision(manifest.schema_revision):
        reason = f"its schema {manifest.schema_revision} is of a newer version of the program"
        raise BackupUnusableError(source, reason)
    has_database, files = False, 0
    for member, content in _members(archive):
        if member == DATABASE:
            has_database = _sha256(content) == manifest.database_sha256
        elif (address := _address(member)) is not None:
            files += 1
            if _sha256(content) != address[1]:
                raise BackupUnusableError(source, f"{member} is damaged")
        elif member != SECRET_KEY:
            raise BackupUnusableError(source, f"it holds {member!r}, which no backup does")
    if not has_database:
        raise BackupUnusableError(source, "its database is missing or damaged")
    if files != manifest.file_count:
        reason = f"it holds {files} files instead of {manifest.file_count}"
        raise BackupUnusableError(source, reason)
    return manifest


def _manifest(archive: tarfile.TarFile, source: Path) -> Manifest:
    first = archive.next()
    content = archive.extractfile(first) if first is not None else None
    if first is None or first.name != MANIFEST or content is None:
        raise BackupUnusableError(source, f"it does not begin with {MANIFEST}")
    try:
        return Manifest.model_validate_json(content.read(_MANIFEST_BYTES))
    except ValidationError as error:
        complaint = error.errors(include_url=False)[0]
        where = ".".join(map(str, complaint["loc"])) or MANIFEST
        raise BackupUnusableError(source, f"{where}: {complaint['msg']}") from error


def _members(archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    """All regular members but the first, in their order; names are never paths to write to."""
    while (member := archive.next()) is not None:
        content = archive.extractfile(member) if member.isreg() else None
        if content is None:
            raise tarfile.TarError(f"{member.name!r} is no regular file")
        yield member.name, content


def _address(member: str) -> tuple[str, str] | None:
    """The store of a member and the hash that names it; None for what is no stored file."""
    store, _, content_hash = member.partition("/")
    return (store, content_hash) if store in STORES else None


def _unpack(source: Path, stores: Mapping[str, AssetStore], scratch: Path) -> str | None:
    """Lays out the files and the dump; gives the key, where there is one."""
    key = None
    with tarfile.open(source, "r:") as archive:
        archive.next()
        for member, content in _members(archive):
            if member == SECRET_KEY:
                key = content.read().decode("ascii")
                continue
            target = scratch / (DATABASE if member == DATABASE else "file")
            with target.open("wb") as written:
                shutil.copyfileobj(content, written)
            if (address := _address(member)) is not None:
                store, content_hash = address
                stores[store].write_file(target, content_hash)
    return key


def _write_secret(path: Path, key: str) -> None:
    draft = path.with_name(f".{path.name}-restored")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key)
    draft.replace(path)


def _sha256(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
