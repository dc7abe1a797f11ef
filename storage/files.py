"""Originals on disk, kept under the sha256 of their bytes: written once, never changed."""

import asyncio
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from storage.errors import DiskFullError, FileTooLargeError, NotFoundError

BLOCK_BYTES = 1 << 20
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What was written: its address, which is the sha256 in hexadecimal, and its size."""

    content_hash: str
    byte_size: int


class FileStore:
    """Keeps files by content. The same bytes are kept once; a file is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def write_stream(self, blocks: AsyncIterator[bytes], *, limit_bytes: int) -> StoredFile:
        """Stores what arrives, hashing on the way.

        Raises:
            FileTooLargeError: past `limit_bytes`; nothing is kept.
            DiskFullError: there is no room for it; nothing is kept.
        """
        with told_where_full():
            return await self._write_stream(blocks, limit_bytes)

    async def _write_stream(self, blocks: AsyncIterator[bytes], limit_bytes: int) -> StoredFile:
        descriptor, name = await asyncio.to_thread(self._open_temporary)
        temporary = Path(name)
        digest = hashlib.sha256()
        byte_size = 0
        try:
            with os.fdopen(descriptor, "wb") as file:
                async for block in blocks:
                    byte_size += len(block)
                    if byte_size > limit_bytes:
                        raise FileTooLargeError(limit_bytes)
                    await asyncio.to_thread(_append, file, digest, block)
            await asyncio.to_thread(self._keep, temporary, digest.hexdigest())
        finally:
            await asyncio.to_thread(temporary.unlink, missing_ok=True)
        return StoredFile(digest.hexdigest(), byte_size)

    def write_file(self, source: Path, content_hash: str) -> None:
        """Stores a copy of a local file whose hash is known. Blocks; idempotent.

        Raises:
            DiskFullError: there is no room for it; nothing is kept.
        """
        if not _is_renewed(self._place(content_hash)):
            with told_where_full():
                self._copy(source, content_hash)

    def _copy(self, source: Path, content_hash: str) -> None:
        descriptor, name = self._open_temporary()
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as target, source.open("rb") as origin:
                shutil.copyfileobj(origin, target, BLOCK_BYTES)
            self._keep(temporary, content_hash)
        finally:
            temporary.unlink(missing_ok=True)

    def path(self, content_hash: str) -> Path:
        """Where the file lies.

        Raises:
            NotFoundError: when there is none under that hash.
        """
        place = self._place(content_hash)
        if not place.is_file():
            raise NotFoundError("stored file", content_hash)
        return place

    def has(self, content_hash: str) -> bool:
        """Whether the file is there. Blocks."""
        return self._place(content_hash).is_file()

    def local_path(self, content_hash: str) -> Path:
        """Where the file lies, as `path`; stores elsewhere have no such place."""
        return self.path(content_hash)

    async def read(self, content_hash: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in blocks.

        Raises:
            NotFoundError: when there is none under that hash.
        """
        return _read(self.path(content_hash), start, end)

    def hashes(self) -> Iterator[str]:
        """Of all files, in no order. Blocks."""
        return (place.name for place in self.kept())

    def kept(self) -> Iterator[Path]:
        """All files, each named by its hash, in no order. Blocks."""
        places = self._folder.glob("??/??/*")
        return (place for place in places if place.is_file() and not place.suffix)

    def lay_out(self, content_hash: str, target: Path) -> None:
        """Puts the file at `target`, for readers that go by names; it must not be changed there.

        A link to the same bytes where the file system allows, else a copy. Blocks.

        Raises:
            NotFoundError: when there is none under that hash.
        """
        place = self.path(content_hash)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(place)
        except OSError:
            shutil.copyfile(place, target)

    def discard(self, content_hash: str, *, unused_for: timedelta) -> bool:
        """Removes a file, unless it was stored, or stored again, within that time. Blocks.

        What is being stored at the same moment stays: it is moved aside first, and back where its
        time has changed meanwhile.

        Returns:
            Whether it is gone; one that was not there is.
        """
        place = self._place(content_hash)
        condemned = place.with_name(f"{content_hash}.discarded")
        with suppress(FileNotFoundError):
            if _is_recent(place, unused_for):
                return False
            place.replace(condemned)
            if _is_recent(condemned, unused_for):
                condemned.replace(place)
                return False
        condemned.unlink(missing_ok=True)
        return True

    def _place(self, content_hash: str) -> Path:
        return self._folder / content_hash[:2] / content_hash[2:4] / content_hash

    def _open_temporary(self) -> tuple[int, str]:
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=incoming)

    def _keep(self, temporary: Path, content_hash: str) -> None:
        place = self._place(content_hash)
        if _is_renewed(place):
            return
        os.utime(temporary)
        place.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(place)


def is_disk_full(error: BaseException) -> bool:
    """Whether something could not be written for want of room."""
    return isinstance(error, OSError) and error.errno in NO_ROOM


@contextmanager
def told_where_full() -> Iterator[None]:
    """Turns the operating system's ways of saying that there is no room into one."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFullError from error
        raise


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes in hexadecimal. Blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _read(place: Path, start: int, end: int) -> AsyncIterator[bytes]:
    file = await asyncio.to_thread(place.open, "rb")
    try:
        await asyncio.to_thread(file.seek, start)
        for position in range(start, end, BLOCK_BYTES):
            yield await asyncio.to_thread(file.read, min(BLOCK_BYTES, end - position))
    finally:
        file.close()


def _is_renewed(place: Path) -> bool:
    """Whether the file is there; then it counts as stored just now."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def _is_recent(place: Path, age: timedelta) -> bool:
    return place.stat().st_mtime > time.time() - age.total_seconds()


def _append(file: BinaryIO, digest: "hashlib._Hash", block: bytes) -> None:
    digest.update(block)
    file.write(block)
