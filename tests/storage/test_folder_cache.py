"""A folder of values that lets go of the oldest."""

import os
from pathlib import Path

from storage.folder_cache import FolderCache


def test_a_value_is_read_again_and_an_unknown_key_is_not_there(tmp_path: Path):
    cache = FolderCache(tmp_path / "cache", 100)

    assert cache.read("a") is None
    cache.write("a", b"value")

    assert cache.read("a") == b"value"


def test_what_was_unused_longest_makes_room(tmp_path: Path):
    cache = FolderCache(tmp_path, 25)
    for age, key in enumerate("cba"):
        cache.write(key, b"0123456789"[:8])
        os.utime(tmp_path / key, (1000 - age, 1000 - age))
    assert cache.read("a") is not None

    cache.write("d", b"01234567")

    assert {path.name for path in tmp_path.iterdir()} == {"a", "c", "d"}
