"""Unpacks zip archives that strangers have made: bounded, and never outside the folder given."""

import shutil
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from services.ingestion.report import Reason

MAX_MEMBERS = 20_000
MAX_TOTAL_BYTES = 4 << 30
MAX_RATIO = 200
"""Unpacked to packed size of one member; plain text stays below 50, a zip bomb is above 1,000."""
RATIO_MATTERS_FROM_BYTES = 10 << 20
MAX_LIST_BYTES = 4 << 20
"""The list of contents of 20,000 files is shorter."""
END_RECORD, ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
END_RECORD_REACH = 66_000
"""The end record has 22 bytes and a comment of at most 65,535."""


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """A file in an archive: unpacked at `path`, or left out for the `fault` named."""

    name: str
    path: Path | None
    fault: Reason | None = None


@dataclass(frozen=True, slots=True)
class MemberBatch:
    """Files of an archive that are to be unpacked together, by their names in it."""

    names: tuple[str, ...]
    byte_size: int


def batches_of(archive: Path, *, max_files: int, max_bytes: int) -> list[MemberBatch]:
    """Divides the files of an archive, going by its list of contents alone. Blocks.

    Empty for what cannot be divided: an archive that is damaged, or whose list is longer than one
    may read without care for memory. Whoever unpacks it says what is wrong with it.
    """
    if not _has_short_list(archive):
        return []
    try:
        with zipfile.ZipFile(archive) as opened:
            sizes = {member.filename: member.file_size for member in _files(opened)}
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return []
    batches: list[MemberBatch] = []
    names: list[str] = []
    byte_size = 0
    for name, size in sizes.items():
        if names and (len(names) == max_files or byte_size + size > max_bytes):
            batches.append(MemberBatch(tuple(names), byte_size))
            names, byte_size = [], 0
        names.append(name)
        byte_size += size
    return [*batches, MemberBatch(tuple(names), byte_size)] if names else []


def _has_short_list(archive: Path) -> bool:
    """Whether the list of contents is short; in the form for huge archives (zip64) it is not.

    Source: PKWARE's APPNOTE.TXT, 4.3.15 and 4.3.16.
    """
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - END_RECORD_REACH))
        tail = file.read()
    start = tail.rfind(END_RECORD)
    if start < 0 or ZIP64_LOCATOR in tail or len(tail) < start + 16:
        return False
    return int.from_bytes(tail[start + 12 : start + 16], "little") <= MAX_LIST_BYTES


def unpack(
    archive: Path, folder: Path, only: Collection[str] | None = None
) -> Iterator[ArchiveMember]:
    """Unpacks the files of an archive into a folder, each on its own. Blocks.

    Members that point outside the archive, are links, are encrypted, or would grow beyond reason
    are left out with their fault. Hidden files and macOS's resource forks are passed over. An
    archive that cannot be read at all yields itself with its fault.

    Args:
        archive: the zip file.
        folder: where to.
        only: names within the archive; the others are passed over, though they count for the
            bounds. None for all.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            budget_bytes = MAX_TOTAL_BYTES
            for number, member in enumerate(_files(opened)):
                fault = _fault(member, number, budget_bytes)
                budget_bytes -= 0 if fault else member.file_size
                if only is not None and member.filename not in only:
                    continue
                if fault is None:
                    yield _extracted(opened, member, folder)
                else:
                    yield ArchiveMember(_safe_name(member.filename), None, fault)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        yield ArchiveMember(
            archive.name, None, Reason(f"the archive cannot be read: {error}", "archive_damaged")
        )


def _files(opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    for member in opened.infolist():
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        is_hidden = any(part.startswith(".") and part != ".." for part in parts)
        if not (member.is_dir() or is_hidden or "__MACOSX" in parts):
            yield member


def _fault(member: zipfile.ZipInfo, number: int, budget_bytes: int) -> Reason | None:
    name = PurePosixPath(member.filename)
    ratio = member.file_size / max(member.compress_size, 1)
    if name.is_absolute() or ".." in name.parts or "\\" in member.filename:
        return Reason("its path leads out of the archive", "path_leads_out")
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        return Reason("it is a symbolic link", "symbolic_link")
    if member.flag_bits & 1:
        return Reason("it is encrypted; unpack the archive first", "archive_encrypted")
    if number >= MAX_MEMBERS:
        return Reason(f"the archive holds more than {MAX_MEMBERS:,} files", "archive_too_long")
    if member.file_size > budget_bytes:
        limit = f"{MAX_TOTAL_BYTES >> 30} GiB"
        return Reason(f"the archive unpacks to more than {limit}", "archive_too_large")
    if member.file_size > RATIO_MATTERS_FROM_BYTES and ratio > MAX_RATIO:
        return Reason(f"it unpacks to {ratio:,.0f} times its size, as a zip bomb does", "zip_bomb")
    return None


def _extracted(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> ArchiveMember:
    name = _safe_name(member.filename)
    target = folder / name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as packed, target.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked, 1 << 20)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
        return ArchiveMember(
            name, None, Reason(f"it cannot be unpacked: {error}", "member_damaged")
        )
    return ArchiveMember(name, target)


def _safe_name(name: str) -> str:
    parts = [part for part in PurePosixPath(name).parts if part not in {"/", "..", "."}]
    return "/".join(parts) or "unnamed"
