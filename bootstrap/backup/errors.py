"""What can go wrong when an installation is saved or brought back.

```
BackupError
├── BackupUnusableError     fix the request: the file is not a whole backup that this version reads
├── DatabaseNotEmptyError   fix the request: something would be overwritten
├── DatabaseInUseError      retry later: something still runs on the database
└── DatabaseProgramError    page someone: pg_dump or psql failed or is missing
```
"""

from pathlib import Path


class BackupError(Exception):
    """Base of everything saving and restoring raise; the message is for the operator."""


class BackupUnusableError(BackupError):
    """The file is no backup, is not whole, or is of a newer version."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file} cannot be restored: {reason}")
        self.file = file


class DatabaseNotEmptyError(BackupError):
    """The database to restore into holds something."""

    def __init__(self) -> None:
        super().__init__(
            "The database is not empty. Restore into an empty one, or add --replace to give up"
            " what it holds."
        )


class DatabaseInUseError(BackupError):
    """Other programs are connected to the database to restore into."""

    def __init__(self, connections: int) -> None:
        super().__init__(
            f"{connections} other connections use the database. Stop the API, the workers and"
            " beat first."
        )
        self.connections = connections


class DatabaseProgramError(BackupError):
    """A program of PostgreSQL is missing or failed; the message has its complaint."""
