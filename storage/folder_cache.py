"""Bytes that can be made again, kept in a folder up to a size; what was unused longest goes."""

import os
import tempfile
from pathlib import Path


class FolderCache:
    """Keeps values under keys that are safe as file names, for all processes of a machine.

    A value is whole or not there. Every method blocks.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def read(self, key: str) -> bytes | None:
        """The value, which counts as used now; None if it is not kept."""
        place = self._folder / key
        try:
            value = place.read_bytes()
            os.utime(place)
        except FileNotFoundError:
            return None
        return value

    def write(self, key: str, value: bytes) -> None:
        """Keeps a value, and lets go of others until all of them fit."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            file.write(value)
        Path(file.name).replace(self._folder / key)
        self._make_room()

    def _make_room(self) -> None:
        kept = [(entry.stat().st_mtime_ns, entry) for entry in self._entries()]
        total = sum(entry.stat().st_size for _, entry in kept)
        for _, entry in sorted(kept, key=lambda each: each[0]):
            if total <= self._max_bytes:
                return
            total -= entry.stat().st_size
            Path(entry.path).unlink(missing_ok=True)

    def _entries(self) -> list["os.DirEntry[str]"]:
        with os.scandir(self._folder) as entries:
            return [entry for entry in entries if entry.is_file()]
