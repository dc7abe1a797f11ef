"""The file store: whole files under their hash, or nothing."""

import hashlib
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.errors import DiskFullError, FileTooLargeError, NotFoundError
from storage.files import FileStore, hash_file


async def blocks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_stream_is_kept_under_the_hash_of_its_bytes(tmp_path: Path):
    store = FileStore(tmp_path)

    stored = await store.write_stream(blocks(b"one ", b"two"), limit_bytes=100)

    assert stored.content_hash == hashlib.sha256(b"one two").hexdigest()
    assert stored.byte_size == 7
    assert store.path(stored.content_hash).read_bytes() == b"one two"


async def test_the_same_bytes_are_kept_once(tmp_path: Path):
    store = FileStore(tmp_path / "store")
    original = tmp_path / "original"
    original.write_bytes(b"bytes")

    await store.write_stream(blocks(b"bytes"), limit_bytes=100)
    store.write_file(original, hash_file(original))

    assert len(stored_files(tmp_path / "store")) == 1


async def test_a_stream_past_the_limit_leaves_nothing(tmp_path: Path):
    with pytest.raises(FileTooLargeError):
        await FileStore(tmp_path).write_stream(blocks(b"x" * 10, b"x"), limit_bytes=10)

    assert stored_files(tmp_path) == []


@contextmanager
def room_for(byte_size: int) -> Iterator[None]:
    """No file of this process may grow beyond that size."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


async def test_what_finds_no_room_leaves_nothing_and_comes_in_once_there_is(tmp_path: Path):
    store, original = FileStore(tmp_path / "store"), tmp_path / "original"
    original.write_bytes(b"x" * 300_000)

    with room_for(100_000):
        with pytest.raises(DiskFullError):
            await store.write_stream(blocks(*[b"x" * 100_000] * 3), limit_bytes=10**6)
        with pytest.raises(DiskFullError):
            store.write_file(original, hash_file(original))
    left = stored_files(tmp_path / "store")
    store.write_file(original, hash_file(original))

    assert left == []
    assert store.path(hash_file(original)).stat().st_size == 300_000


async def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path):
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await FileStore(tmp_path).write_stream(broken(), limit_bytes=100)

    assert stored_files(tmp_path) == []


def test_a_hash_that_is_not_kept_is_not_found(tmp_path: Path):
    with pytest.raises(NotFoundError):
        FileStore(tmp_path).path("0" * 64)
