"""What can go wrong below the services.

```
StorageError
├── StorageUnavailableError   retry later: PostgreSQL, Redis or the disk does not answer
├── DiskFullError             page someone: there is no room for a file
├── NotFoundError             fix the request: no such row, or it is deleted
├── ConflictError             fix the request: a unique value is taken
├── LockTakenError            retry later: another holds the lock for work that one does at a time
├── LockLostError             retry later: the connection that held the lock is gone
└── InvalidCursorError        fix the request: start the list again
```
"""


class StorageError(Exception):
    """Base of everything storage raises."""

    code = "storage_error"


class StorageUnavailableError(StorageError):
    """The store cannot be reached; the same call may succeed in a moment."""

    code = "storage_unavailable"

    def __init__(self, store: str = "PostgreSQL") -> None:
        super().__init__(f"{store} does not answer just now. Try again in a few seconds.")


class DiskFullError(StorageError):
    """A file cannot be written: the disk is full, or its owner's share of it."""

    code = "disk_full"

    def __init__(self) -> None:
        super().__init__("There is no room left on the disk; free some and try again.")


class NotFoundError(StorageError):
    """No row with that id or name that this caller may see."""

    code = "not_found"

    def __init__(self, noun: str, value: object) -> None:
        super().__init__(f"There is no {noun} “{value}”, or you may not see it.")
        self.noun = noun
        self.value = value


class ConflictError(StorageError):
    """A value that must be unique is taken."""

    code = "conflict"

    def __init__(self, noun: str, field: str, value: object) -> None:
        super().__init__(f"A {noun} with {field} “{value}” exists already. Choose another {field}.")
        self.noun = noun
        self.field = field
        self.value = value


class LockTakenError(StorageError):
    """Another process is at work that only one may do at a time."""

    code = "lock_taken"

    def __init__(self, name: str, waited_seconds: float) -> None:
        super().__init__(
            f"Other work that holds the lock “{name}” is under way; it did not end within"
            f" {waited_seconds:g} seconds. Try again when it has."
        )


class LockLostError(StorageError):
    """The lock was lost on the way; nothing was written since."""

    code = "lock_lost"

    def __init__(self, name: str) -> None:
        super().__init__(f"The connection that held the lock on {name} was lost. Run it again.")


class InvalidCursorError(StorageError):
    """A list's cursor is damaged, or belongs to another sort order."""

    code = "invalid_cursor"

    def __init__(self) -> None:
        super().__init__(
            "This cursor cannot be read or was made for another sort order."
            " Leave it out to start the list again."
        )


class FileTooLargeError(StorageError):
    """A file holds more bytes than one file may."""

    code = "file_too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The file is larger than {limit_bytes / (1 << 20):.0f} MiB, the limit for one file."
            " Split it, or raise NEUROSHIKSHA_UPLOAD_LIMIT_BYTES."
        )
        self.limit_bytes = limit_bytes
