"""What can go wrong with a learning record store, divided by what the sender should do.

```
RecordStoreError
├── RecordStoreUnavailableError   send the same again later
├── RecordStoreRefusesUsError     the same, and page the operator: the address, the key
└── StatementsRefusedError        find the statement that is meant, leave it out, go on
```
"""


class RecordStoreError(Exception):
    """A learning record store did not take statements.

    Attributes:
        status: What it answered; None where it did not.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class RecordStoreUnavailableError(RecordStoreError):
    """It could not be reached, is busy or broken.

    Attributes:
        pause_seconds: How long it asks to be left alone, where it says so.
    """

    def __init__(
        self, message: str, status: int | None = None, pause_seconds: float | None = None
    ) -> None:
        super().__init__(message, status)
        self.pause_seconds = pause_seconds


class RecordStoreRefusesUsError(RecordStoreError):
    """The key is wrong, or there is no such store at the address."""


class StatementsRefusedError(RecordStoreError):
    """It does not take one of these statements, or not so many; it has kept none of them."""
