"""Reads zip archives and XML that strangers made: bounded, and never to a path of theirs."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from publishing.errors import QuestionBankError

MAX_FILE_BYTES = 200 << 20
MAX_MEMBERS = 5_000
MAX_MEMBER_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20
MAX_RATIO = 200
"""Unpacked to packed size of one member; plain text stays below 50, a zip bomb is above 1,000."""
RATIO_MATTERS_FROM_BYTES = 4 << 20


_UNPACKING_ERRORS = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError),
    *(zlib.error, lzma.LZMAError),
)


class BoundedArchive:
    """Members of a zip archive by name, read into memory one at a time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {member.filename: member for member in archive.infolist()}
        self._left_bytes = MAX_TOTAL_BYTES

    @property
    def names(self) -> list[str]:
        """Names of the files, as the archive has them."""
        return [name for name, member in self._members.items() if not member.is_dir()]

    def read(self, name: str) -> bytes:
        """A member's bytes.

        Raises:
            QuestionBankError: it is not there, damaged, encrypted, or grows beyond reason.
        """
        member = self._members.get(name)
        if member is None:
            raise QuestionBankError(f"the archive names {name!r} and does not hold it")
        ratio = member.file_size / max(member.compress_size, 1)
        is_bomb = member.file_size > RATIO_MATTERS_FROM_BYTES and ratio > MAX_RATIO
        if is_bomb or member.file_size > min(MAX_MEMBER_BYTES, self._left_bytes):
            raise QuestionBankError(f"{name!r} unpacks to {member.file_size:,} bytes: too many")
        try:
            with self._archive.open(member) as packed:
                content = packed.read(member.file_size + 1)
        except _UNPACKING_ERRORS as error:
            raise QuestionBankError(f"{name!r} cannot be unpacked: {error}") from error
        self._left_bytes -= len(content)
        return content


@contextmanager
def opened(path: Path) -> Iterator[BoundedArchive]:
    """An archive to read from.

    Raises:
        QuestionBankError: it is no zip archive, or holds too many files.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise QuestionBankError(f"the archive holds more than {MAX_MEMBERS:,} files")
            yield BoundedArchive(archive)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise QuestionBankError(f"the archive cannot be read: {error}") from error


def parse_xml(content: bytes) -> etree._Element:
    """The root of an XML document.

    Entities are neither expanded nor fetched; libxml2's own limits on depth and size stay on.

    Raises:
        QuestionBankError: it is not well-formed, or exceeds those limits.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise QuestionBankError(f"the XML cannot be read: {error}") from error
