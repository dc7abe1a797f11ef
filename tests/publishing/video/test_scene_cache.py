"""What is kept of videos, and for how long."""

import os
from pathlib import Path

import pytest

from publishing.video.encoding import Reel
from publishing.video.scene_cache import SceneCache, StoredScene, key_of
from publishing.video.timing import SceneTiming

STORED = StoredScene(timing=SceneTiming(duration_seconds=1.0, cues=(), reveals=()))


def a_scene(folder: Path, content: bytes = b"film") -> tuple[Reel, Path]:
    folder.mkdir(exist_ok=True)
    for name in ("film", "sound", "slide"):
        (folder / name).write_bytes(content)
    return Reel(folder / "film", folder / "sound"), folder / "slide"


def test_a_scene_is_found_by_its_key(tmp_path: Path) -> None:
    cache = SceneCache(tmp_path / "cache")

    kept = cache.keep_scene("a", *a_scene(tmp_path / "made"), STORED)

    assert cache.scene("a") == kept
    assert kept.reel.film.read_bytes() == b"film"
    assert cache.scene("b") is None


def test_who_comes_second_with_the_same_scene_takes_the_first_one(tmp_path: Path) -> None:
    cache = SceneCache(tmp_path / "cache")
    cache.keep_scene("a", *a_scene(tmp_path / "made"), STORED)

    kept = cache.keep_scene("a", *a_scene(tmp_path / "again", b"other"), STORED)

    assert kept.reel.film.read_bytes() == b"film"
    assert [path.name for path in (tmp_path / "cache" / "scenes").iterdir()] == ["a"]


def test_a_scene_that_cannot_be_stored_leaves_nothing(tmp_path: Path) -> None:
    cache = SceneCache(tmp_path / "cache")
    reel, _ = a_scene(tmp_path / "made")

    with pytest.raises(OSError, match="gone"):
        cache.keep_scene("a", reel, tmp_path / "gone", STORED)

    assert list((tmp_path / "cache" / "scenes").iterdir()) == []


def test_a_damaged_scene_is_made_anew(tmp_path: Path) -> None:
    cache = SceneCache(tmp_path / "cache")
    kept = cache.keep_scene("a", *a_scene(tmp_path / "made"), STORED)
    kept.reel.film.with_name("scene.json").write_text("{")

    assert cache.scene("a") is None
    kept = cache.keep_scene("a", *a_scene(tmp_path / "again", b"new"), STORED)
    assert cache.scene("a") == kept
    assert kept.reel.film.read_bytes() == b"new"


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = SceneCache(tmp_path / "cache")
    for number, key in enumerate(("old", "used", "new")):
        cache.keep_scene(key, *a_scene(tmp_path / "made", b"x" * 1000), STORED)
        os.utime(tmp_path / "cache" / "scenes" / key, (number, number))
    cache.scene("used")

    cache.trim(max_bytes=7_000)

    assert cache.scene("used") is not None
    assert cache.scene("new") is not None
    assert cache.scene("old") is None


def test_keys_differ_with_their_parts_alone() -> None:
    assert key_of(a="1", b="2") == key_of(b="2", a="1")
    assert key_of(a="1", b="2") != key_of(a="2", b="1")
