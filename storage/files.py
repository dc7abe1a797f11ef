"""Originals on disk, kept under the sha256 of their bytes: written once, never changed."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from storage.errors import FileTooLargeError, NotFoundError

BLOCK_BYTES = 1 << 20


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
        """
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
        """Stores a copy of a local file whose hash is known. Blocks; idempotent."""
        if self._place(content_hash).exists():
            return
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

    def _place(self, content_hash: str) -> Path:
        return self._folder / content_hash[:2] / content_hash[2:4] / content_hash

    def _open_temporary(self) -> tuple[int, str]:
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        return tempfile.mkstemp(dir=incoming)

    def _keep(self, temporary: Path, content_hash: str) -> None:
        place = self._place(content_hash)
        if place.exists():
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(place)


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes in hexadecimal. Blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _append(file: BinaryIO, digest: "hashlib._Hash", block: bytes) -> None:
    digest.update(block)
    file.write(block)
