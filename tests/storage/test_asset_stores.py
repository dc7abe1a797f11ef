"""Files by the hash of their bytes, in a folder and in storage that speaks S3: one contract."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.authoring.asset_store import AssetStore
from storage.errors import NotFoundError, StorageUnavailableError
from storage.files import FileStore, hash_file
from storage.object_store import BLOCK_BYTES, Bucket, ObjectStore
from tests.support.object_storage import bucket, s3_address

__all__ = ["bucket", "s3_address"]

HOUR = timedelta(hours=1)
NO_TIME = timedelta(microseconds=-1_000_000)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> AssetStore:
    if request.param == "folder":
        return FileStore(tmp_path / "assets")
    return ObjectStore(request.getfixturevalue("bucket"))


def kept(store: AssetStore, folder: Path, content: bytes) -> str:
    source = folder / "source"
    source.write_bytes(content)
    content_hash = hash_file(source)
    store.write_file(source, content_hash)
    return content_hash


async def joined(blocks: AsyncIterator[bytes]) -> bytes:
    return b"".join([block async for block in blocks])


async def test_a_file_is_read_whole_and_in_parts(store: AssetStore, tmp_path: Path):
    content = bytes(range(256)) * (BLOCK_BYTES // 256) + b"the end"
    size = len(content)

    content_hash = kept(store, tmp_path, content)

    assert await joined(await store.read(content_hash, 0, size)) == content
    assert await joined(await store.read(content_hash, 3, 9)) == content[3:9]
    assert await joined(await store.read(content_hash, size - 3, size)) == b"end"
    assert await joined(await store.read(content_hash, 9, 9)) == b""


async def test_an_empty_file_is_a_file(store: AssetStore, tmp_path: Path):
    content_hash = kept(store, tmp_path, b"")

    assert store.has(content_hash)
    assert await joined(await store.read(content_hash, 0, 0)) == b""


def test_the_same_bytes_are_kept_once_and_listed_by_their_hash(store: AssetStore, tmp_path: Path):
    one = kept(store, tmp_path, b"one")
    two = kept(store, tmp_path, b"two")
    kept(store, tmp_path, b"one")

    assert sorted(store.hashes()) == sorted([one, two])


async def test_what_is_not_there_is_not_found(store: AssetStore):
    assert not store.has("0" * 64)
    with pytest.raises(NotFoundError):
        await store.read("0" * 64, 0, 10)


def test_a_file_goes_once_it_was_unused_for_long_enough(store: AssetStore, tmp_path: Path):
    content_hash = kept(store, tmp_path, b"content")

    is_gone_early = store.discard(content_hash, unused_for=HOUR)
    was_there = store.has(content_hash)
    is_gone = store.discard(content_hash, unused_for=NO_TIME)

    assert (is_gone_early, was_there) == (False, True)
    assert is_gone
    assert not store.has(content_hash)
    assert store.discard(content_hash, unused_for=HOUR)


def test_storage_that_cannot_be_reached_is_unavailable(tmp_path: Path):
    store = ObjectStore(Bucket("assets", endpoint="http://127.0.0.1:9", key_id="a", secret="b"))

    with pytest.raises(StorageUnavailableError):
        kept(store, tmp_path, b"content")


def test_a_bucket_that_is_not_there_is_unavailable(bucket: Bucket, tmp_path: Path):
    other = ObjectStore(Bucket("nobody-s", "", bucket.endpoint, "us-east-1", "key", "secret"))

    with pytest.raises(StorageUnavailableError):
        kept(other, tmp_path, b"content")
    with pytest.raises(StorageUnavailableError):
        list(other.hashes())


def test_a_bucket_does_not_tell_its_secret(bucket: Bucket):
    assert "secret=" not in repr(bucket)
