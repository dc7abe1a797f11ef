"""Finished scenes and spoken sentences, kept by their content so that nothing is made twice.

```
scenes/KEY/       film.mp4, sound.aac, slide.png, scene.json
sentences/KEY     a file of sound, of the kind that the speaker gave
```

An entry appears whole or not at all: it is written beside its place and then renamed. Several
processes may share a folder.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from publishing.video.encoding import Reel
from publishing.video.timing import SceneTiming

MAX_BYTES: Final = 4 << 30
"""What stays after a video is made; the entries that were not used for longest go."""


class StoredScene(BaseModel):
    """What `scene.json` says of a scene: when what is said, and what could not be shown."""

    model_config = ConfigDict(frozen=True)

    timing: SceneTiming
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinishedScene:
    """A scene in the cache, ready to be joined."""

    reel: Reel
    slide: Path
    stored: StoredScene


class SceneCache:
    """Scenes and sentences in a folder. Its methods block, for milliseconds."""

    def __init__(self, folder: Path) -> None:
        self._scenes = folder / "scenes"
        self._sentences = folder / "sentences"
        for needed in (self._scenes, self._sentences):
            needed.mkdir(parents=True, exist_ok=True)

    def scene(self, key: str) -> FinishedScene | None:
        """The scene of that key, if it was made before; it then counts as used now."""
        folder = self._scenes / key
        try:
            stored = StoredScene.model_validate_json((folder / "scene.json").read_bytes())
            os.utime(folder)
        except (OSError, ValidationError):
            return None
        found = _scene_in(folder, stored)
        files = (found.reel.film, found.reel.aac, found.slide)
        return found if all(file.is_file() for file in files) else None

    def keep_scene(self, key: str, reel: Reel, slide: Path, stored: StoredScene) -> FinishedScene:
        """Stores a scene, moving its files.

        Raises:
            OSError: there is no room; nothing stays.
        """
        with self._beside(self._scenes / key) as folder:
            beside = _scene_in(folder, stored)
            shutil.move(reel.film, beside.reel.film)
            shutil.move(reel.aac, beside.reel.aac)
            shutil.copyfile(slide, beside.slide)
            (folder / "scene.json").write_text(stored.model_dump_json(), encoding="utf-8")
        return _scene_in(self._scenes / key, stored)

    def sentence(self, key: str) -> Path | None:
        """The sound of a sentence, if it was spoken before."""
        path = self._sentences / key
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def keep_sentence(self, key: str, audio: Path) -> Path:
        """Stores the sound of a sentence, moving its file.

        Raises:
            OSError: there is no room; nothing stays.
        """
        kept = self._sentences / key
        beside = self._sentences / f".{key}-{os.getpid()}"
        try:
            shutil.move(audio, beside)
            beside.replace(kept)
        finally:
            beside.unlink(missing_ok=True)
        return kept

    def trim(self, max_bytes: int = MAX_BYTES) -> None:
        """Removes what was not used for longest until the rest has at most `max_bytes`."""
        kept = 0
        for _, path, size in sorted(self._entries(), reverse=True):
            kept += size
            if kept > max_bytes and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif kept > max_bytes:
                path.unlink(missing_ok=True)

    def _entries(self) -> Iterator[tuple[float, Path, int]]:
        """When each entry was used, where it is, and its bytes."""
        for folder in (self._scenes, self._sentences):
            for path in folder.iterdir():
                with contextlib.suppress(FileNotFoundError):  # another process trims too
                    yield path.stat().st_mtime, path, _size(path)

    @contextlib.contextmanager
    def _beside(self, target: Path) -> Iterator[Path]:
        """A folder that becomes `target` if nothing goes wrong, unless another was quicker."""
        folder = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
        try:
            yield folder
            try:
                folder.rename(target)
            except OSError:
                if not target.is_dir():
                    raise
                if self.scene(target.name) is None:  # damaged, or else made by another meanwhile
                    shutil.rmtree(target)
                    folder.rename(target)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def key_of(**parts: Mapping[str, Any] | list[Any] | str) -> str:
    """A name for what is made of these parts."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _scene_in(folder: Path, stored: StoredScene) -> FinishedScene:
    reel = Reel(folder / "film.mp4", folder / "sound.aac")
    return FinishedScene(reel, folder / "slide.png", stored)


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.iterdir())
    return path.stat().st_size
