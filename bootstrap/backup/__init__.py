"""An installation in one file, and back: the database, the files, the key that opens secrets."""

from bootstrap.backup.errors import (
    BackupError,
    BackupUnusableError,
    DatabaseInUseError,
    DatabaseNotEmptyError,
    DatabaseProgramError,
)
from bootstrap.backup.making import make_backup
from bootstrap.backup.manifest import Manifest
from bootstrap.backup.restoring import restore_backup

__all__ = [
    "BackupError",
    "BackupUnusableError",
    "DatabaseInUseError",
    "DatabaseNotEmptyError",
    "DatabaseProgramError",
    "Manifest",
    "make_backup",
    "restore_backup",
]
