"""Finds the files that a person means by paths, folders, patterns and archives."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ingestion.formats import IMAGE_EXTENSIONS, supported_extensions
from services.errors import InvalidValueError
from services.ingestion.archives import unpack
from services.ingestion.report import Reason

ARCHIVE_EXTENSION = ".zip"
GLOB_CHARACTERS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read.

    Attributes:
        path: where it lies.
        key: path below the ingested root with forward slashes; the key of its document.
        fault: why it will not be read, where that is known already.
        is_failure: whether the fault is one, and no mere passing over.
    """

    path: Path
    key: str
    fault: Reason | None = None
    is_failure: bool = False

    @property
    def is_json_lines(self) -> bool:
        """Whether every line is a document of its own."""
        return self.path.suffix.lower() in {".jsonl", ".ndjson"}


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Shell patterns on keys; a pattern without a slash is matched against the name alone."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def allows(self, key: str) -> bool:
        """Whether a file with this key is wanted."""
        if any(_matches(key, pattern) for pattern in self.exclude):
            return False
        return not self.include or any(_matches(key, pattern) for pattern in self.include)


def find_sources(
    arguments: Sequence[str], scratch: Path, source_filter: SourceFilter
) -> list[SourceFile]:
    """The files behind the arguments of a run, in the order of their keys. Blocks.

    A file's key is its name; below a folder, its path from there; in an archive, its path within.
    Hidden files are left out. Files of a folder that no reader knows, and files whose key another
    file has taken, are given with their fault.

    Args:
        arguments: files, folders, zip archives, or patterns that the shell has not expanded.
        scratch: an existing folder that archives are unpacked into; it must outlive the run.
        source_filter: which keys are wanted.

    Raises:
        InvalidValueError: when an argument names nothing that exists.
    """
    found = [
        source
        for number, argument in enumerate(arguments)
        for source in _from_argument(argument, scratch / str(number))
        if source_filter.allows(source.key)
    ]
    return list(_without_taken_keys(sorted(found, key=lambda source: source.key)))


def checked(path: Path, key: str) -> SourceFile:
    """A file of a folder or archive, with its fault where no reader knows its extension."""
    extension = path.suffix.lower()
    if extension in supported_extensions():
        return SourceFile(path, key)
    if extension in IMAGE_EXTENSIONS:
        fault = Reason("it is a picture; install Tesseract to have its text read", "picture_unread")
        return SourceFile(path, key, fault)
    kind = f"{extension} files" if extension else "files without an extension"
    fault = Reason(f"{kind} are not read; bring the file itself to try all the same", "kind_unread")
    return SourceFile(path, key, fault)


def _from_argument(argument: str, scratch: Path) -> Iterator[SourceFile]:
    path = Path(argument).expanduser()
    if path.is_dir():
        yield from _from_folder(path, scratch)
    elif path.suffix.lower() == ARCHIVE_EXTENSION and path.is_file():
        yield from _from_archive(path, scratch, prefix="")
    elif path.exists():
        yield SourceFile(path, path.name)
    elif GLOB_CHARACTERS & set(argument):
        yield from _from_pattern(argument, scratch)
    else:
        message = f"There is no file or folder {argument!r}. Check the path."
        raise InvalidValueError("path", message)


def _from_folder(root: Path, scratch: Path) -> Iterator[SourceFile]:
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            if name.startswith(".") or not path.is_file():
                continue
            key = path.relative_to(root).as_posix()
            if path.suffix.lower() == ARCHIVE_EXTENSION:
                yield from _from_archive(path, scratch / key, prefix=f"{key}/")
            else:
                yield checked(path, key)


def _from_archive(path: Path, scratch: Path, *, prefix: str) -> Iterator[SourceFile]:
    for member in unpack(path, scratch):
        if member.path is None:
            yield SourceFile(path, prefix + member.name, member.fault, is_failure=True)
        else:
            yield checked(member.path, prefix + member.name)


def _from_pattern(pattern: str, scratch: Path) -> Iterator[SourceFile]:
    parts = Path(pattern).expanduser().parts
    fixed = 0
    while not GLOB_CHARACTERS & set(parts[fixed]):
        fixed += 1
    root = Path(*parts[:fixed])
    matches = sorted(root.glob(str(PurePosixPath(*parts[fixed:]))))
    if not matches:
        message = f"No file matches the pattern {pattern!r}. Check it, or quote it less."
        raise InvalidValueError("path", message)
    for path in matches:
        if path.is_file():
            yield SourceFile(path, path.relative_to(root).as_posix())
        elif len(matches) == 1:
            yield from _from_folder(path, scratch)


def _without_taken_keys(sources: Iterable[SourceFile]) -> Iterator[SourceFile]:
    taken: dict[str, Path] = {}
    for source in sources:
        if source.key in taken:
            fault = f"{taken[source.key]} has the same key in this run; ingest them one by one"
            yield SourceFile(source.path, source.key, Reason(fault), is_failure=True)
        else:
            taken[source.key] = source.path
            yield source


def _matches(key: str, pattern: str) -> bool:
    subject = key if "/" in pattern else PurePosixPath(key).name
    return fnmatchcase(subject, pattern)
