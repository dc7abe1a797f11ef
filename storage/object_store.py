"""Files in storage that speaks S3, kept under the sha256 of their bytes."""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from storage.errors import NotFoundError, StorageUnavailableError

if TYPE_CHECKING:
    from obstore.store import RetryConfig  # known to type checkers only

logger = logging.getLogger(__name__)

STORE = "The storage of files"
BLOCK_BYTES = 4 << 20
"""Asked for at a time, so that a slow reader keeps no connection to the storage open."""
RENEWED_AFTER = timedelta(minutes=10)
"""What was stored longer ago is written again, so that it counts as stored just now."""
REQUEST_SECONDS = 30
RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A place in storage that speaks S3.

    Attributes:
        prefix: Of the names of all files, so that a bucket can be shared.
        endpoint: Address of the server; empty for AWS.
        key_id: With `secret`, who one is there; both empty take what the machine is given, as
            AWS does for its own (`AWS_ACCESS_KEY_ID`, a role of the instance or container).
    """

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    key_id: str = ""
    secret: str = field(default="", repr=False)

    @property
    def settings(self) -> dict[str, Any]:
        """How the library is told."""
        told: dict[str, Any] = {"region": self.region}
        if self.prefix:
            told["prefix"] = self.prefix
        if self.endpoint:
            told["endpoint"] = self.endpoint
            told["virtual_hosted_style_request"] = False
        if self.key_id:
            told["access_key_id"] = self.key_id
            told["secret_access_key"] = self.secret
        return told


class ObjectStore:
    """Keeps files by content in a bucket; implements `services.authoring.asset_store.AssetStore`.

    Opened on first use, so after a worker's fork.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def write_file(self, source: Path, content_hash: str) -> None:
        """Sends a local file, in parts where it is large. Blocks; idempotent."""
        with _reached():
            if self._age(content_hash) <= RENEWED_AFTER:
                return
            try:
                obstore.put(self._store, _name(content_hash), source)
            except FileNotFoundError as error:
                source.stat()
                raise StorageUnavailableError(STORE) from error  # there is no such bucket

    def has(self, content_hash: str) -> bool:
        """Whether the file is there. Blocks."""
        with _reached():
            return self._age(content_hash) < timedelta.max

    def local_path(self, content_hash: str) -> None:
        """None: the bytes are elsewhere."""

    async def read(self, content_hash: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`; the first block is there already.

        Raises:
            NotFoundError: when there is none under that hash.
            StorageUnavailableError: when the storage cannot be reached, or refuses.
        """
        first = await self._block(content_hash, start, end)
        return self._following(first, content_hash, start, end)

    def hashes(self) -> Iterator[str]:
        """Of all files, in no order. Blocks."""
        try:
            with _reached():
                for page in obstore.list(self._store):
                    yield from (each["path"].rpartition("/")[2] for each in page)
        except FileNotFoundError as error:
            raise StorageUnavailableError(STORE) from error  # there is no such bucket

    def discard(self, content_hash: str, *, unused_for: timedelta) -> bool:
        """Removes a file, unless it was stored, or stored again, within that time. Blocks.

        Who stores the same in the instant between looking and removing looks again afterwards,
        as `AssetService.keep` does.
        """
        with _reached():
            if self._age(content_hash) < unused_for:
                return False
            obstore.delete(self._store, _name(content_hash))
        return True

    def _age(self, content_hash: str) -> timedelta:
        """Since it was stored; without end for what is not there."""
        try:
            found = obstore.head(self._store, _name(content_hash))
        except FileNotFoundError:
            return timedelta.max
        return datetime.now(UTC) - found["last_modified"]

    async def _following(
        self, first: bytes, content_hash: str, start: int, end: int
    ) -> AsyncIterator[bytes]:
        yield first
        for position in range(start + BLOCK_BYTES, end, BLOCK_BYTES):
            yield await self._block(content_hash, position, end)

    async def _block(self, content_hash: str, start: int, end: int) -> bytes:
        """A block that begins at `start` and ends before `end`; none of an empty range."""
        stop = min(end, start + BLOCK_BYTES)
        if stop <= start:
            return b""
        try:
            with _reached():
                name = _name(content_hash)
                found = await obstore.get_range_async(self._store, name, start=start, end=stop)
        except FileNotFoundError:
            raise NotFoundError("stored file", content_hash) from None
        return bytes(found)

    @cached_property
    def _store(self) -> S3Store:
        return S3Store(
            self._bucket.name,
            client_options={"allow_http": True, "timeout": timedelta(seconds=REQUEST_SECONDS)},
            retry_config=RETRIES,
            **self._bucket.settings,
        )


@contextmanager
def _reached() -> Iterator[None]:
    """Turns what the library raises into our error; a file that is not there stays one."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, PermissionError) as error:
        logger.warning("%s: %s", STORE, str(error).partition("\n")[0])
        raise StorageUnavailableError(STORE) from error


def _name(content_hash: str) -> str:
    """As a `FileStore` lays them out, so that a folder can be copied into a bucket and back."""
    return f"{content_hash[:2]}/{content_hash[2:4]}/{content_hash}"
