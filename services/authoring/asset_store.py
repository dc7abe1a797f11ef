"""Where the bytes of assets are kept: local files, or storage that speaks S3."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol


class AssetStore(Protocol):
    """Files under the sha256 of their bytes, each whole or not there, never changed.

    Methods that are not coroutines block. Each raises StorageUnavailableError where the store
    cannot be reached, or refuses.
    """

    def write_file(self, source: Path, content_hash: str) -> None:
        """Keeps a copy of a local file whose hash is known. Idempotent; counts as stored now."""

    def has(self, content_hash: str) -> bool:
        """Whether the file is there."""
        ...

    def local_path(self, content_hash: str) -> Path | None:
        """Where it lies on this machine; None where the store is elsewhere.

        Raises:
            NotFoundError: the store is here, and has no such file.
        """
        ...

    async def read(self, content_hash: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in blocks of a few MiB at most.

        Raises:
            NotFoundError: there is no such file.
        """
        ...

    def hashes(self) -> Iterator[str]:
        """Of all files, in no order."""
        ...

    def discard(self, content_hash: str, *, unused_for: timedelta) -> bool:
        """Removes a file, unless it was stored, or stored again, within that time.

        Returns:
            Whether it is gone; one that was not there is.
        """
        ...
