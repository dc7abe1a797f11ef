"""What a file is, told by its bytes first and its name second."""

import re
import zipfile
from pathlib import Path
from typing import Final

from ingestion.decoding import utf16_variant
from ingestion.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
    SourceUnavailableError,
    UnsupportedFormatError,
)
from ingestion.formats import (
    FORMAT_OF_EXTENSION,
    MAX_UNZIPPED_BYTES,
    SIGNED_FORMATS,
    ZIPPED_FORMATS,
    DocumentFormat,
    max_bytes,
)

_HEAD_BYTES: Final = 4096
# Readers of PDF accept the signature anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1).
_PDF_SIGNATURE_WINDOW: Final = 1024
_SIGNATURES: Final = {
    rb"{\rtf": DocumentFormat.RTF,
    b"\x89PNG\r\n\x1a\n": DocumentFormat.PNG,
    b"\xff\xd8\xff": DocumentFormat.JPEG,
    b"II*\0": DocumentFormat.TIFF,
    b"MM\0*": DocumentFormat.TIFF,
}
_COMPOUND_FILE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_STREAM: Final = "EncryptedPackage".encode("utf-16-le")
_UTF_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_HTML_START: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype )?html", re.I
)
_MEMBER_OF_FORMAT: Final = {
    "word/document.xml": DocumentFormat.DOCX,
    "ppt/presentation.xml": DocumentFormat.PPTX,
    "xl/workbook.xml": DocumentFormat.XLSX,
}
_FORMAT_OF_MIMETYPE: Final = {
    b"application/epub+zip": DocumentFormat.EPUB,
    b"application/vnd.oasis.opendocument.text": DocumentFormat.ODT,
}
# The office formats keep a reader's own errors; any other member name is the author's business.
_MIMETYPE_BYTES: Final = 100
# XML of real documents shrinks to a tenth, of large empty sheets to a hundredth.
_MAX_RATIO: Final = 300
_RATIO_MATTERS_FROM_BYTES: Final = 16 << 20


def sniff(path: Path, *, key: str) -> DocumentFormat:
    """The format of a file, after the checks that need no reading of it as a whole.

    The signature in the bytes wins over the extension. Text has no signature, so there the
    extension decides, except that a web page is recognised under any name.

    Raises:
        SourceUnavailableError: There is no such file, or it may not be opened.
        EmptyDocumentError: The file has no bytes.
        UnsupportedFormatError: No reader exists for it.
        DamagedDocumentError: It has the name of a format whose signature it lacks.
        EncryptedDocumentError: It needs a password.
        DocumentTooLargeError: It, or what it unzips to, is larger than its format is read.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        reason = f"the file cannot be opened ({error.strerror}); check its path and permissions"
        raise SourceUnavailableError(key, reason) from error
    if size == 0:
        raise EmptyDocumentError(key, "the file has 0 bytes; leave it out or fetch it again")
    document_format = _signed_format(path, head, key=key) or _text_format(path, head, key=key)
    if size > (limit := max_bytes(document_format)):
        raise DocumentTooLargeError(
            key,
            f"the file has {size / 2**20:.0f} MiB and a {document_format} document may have "
            f"{limit / 2**20:.0f} MiB; divide it into parts",
        )
    return document_format


def _signed_format(path: Path, head: bytes, *, key: str) -> DocumentFormat | None:
    if b"%PDF-" in head[:_PDF_SIGNATURE_WINDOW]:
        return DocumentFormat.PDF
    if head.startswith(b"PK\x03\x04"):
        return _zipped_format(path, key=key)
    if head.startswith(_COMPOUND_FILE):
        _reject_compound_file(path, key=key)
    found = (kind for signature, kind in _SIGNATURES.items() if head.startswith(signature))
    return next(found, None)


def _zipped_format(path: Path, *, key: str) -> DocumentFormat:
    try:
        with zipfile.ZipFile(path) as archive:
            members = {member.filename: member.file_size for member in archive.infolist()}
            _reject_bomb(archive, key=key)
            document_format = _format_of_members(archive, members)
            is_encrypted = _is_encrypted(archive, members)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, OSError) as error:
        reason = f"the archive it consists of is not whole ({error}); fetch or save it again"
        raise DamagedDocumentError(key, reason) from error
    if document_format is None:
        raise UnsupportedFormatError(
            key, "it is a zip archive and no document; unpack it and ingest the files in it"
        )
    if is_encrypted:
        raise EncryptedDocumentError(key, "it needs a password; save a copy without one")
    if (unzipped := sum(members.values())) > MAX_UNZIPPED_BYTES:
        raise DocumentTooLargeError(
            key,
            f"it unzips to {unzipped / 2**20:.0f} MiB and "
            f"{MAX_UNZIPPED_BYTES / 2**20:.0f} MiB are allowed; divide it into parts",
        )
    return document_format


def _reject_bomb(archive: zipfile.ZipFile, *, key: str) -> None:
    for member in archive.infolist():
        ratio = member.file_size / max(member.compress_size, 1)
        if member.file_size > _RATIO_MATTERS_FROM_BYTES and ratio > _MAX_RATIO:
            raise DocumentTooLargeError(
                key,
                f"a part of it unzips to {ratio:,.0f} times its size, as a zip bomb does, and at "
                f"most {_MAX_RATIO} times is allowed; save it again",
            )


def _format_of_members(archive: zipfile.ZipFile, members: dict[str, int]) -> DocumentFormat | None:
    for member, document_format in _MEMBER_OF_FORMAT.items():
        if member in members:
            return document_format
    if "mimetype" not in members:
        return None
    with archive.open("mimetype") as file:
        return _FORMAT_OF_MIMETYPE.get(file.read(_MIMETYPE_BYTES).strip())


def _is_encrypted(archive: zipfile.ZipFile, members: dict[str, int]) -> bool:
    if any(member.flag_bits & 1 for member in archive.infolist()):
        return True
    if "META-INF/rights.xml" in members:  # an e-book under digital rights management
        return True
    if "mimetype" in members and "META-INF/manifest.xml" in members:
        return b"encryption-data" in archive.read("META-INF/manifest.xml")
    return False


def _reject_compound_file(path: Path, *, key: str) -> None:
    if _ENCRYPTED_STREAM in path.read_bytes():
        raise EncryptedDocumentError(key, "it needs a password; save a copy without one")
    raise UnsupportedFormatError(
        key, "it is in an Office format from before 2007; save it as .docx, .pptx or .xlsx"
    )


def _text_format(path: Path, head: bytes, *, key: str) -> DocumentFormat:
    extension = path.suffix.lower()
    expected = FORMAT_OF_EXTENSION.get(extension)
    is_text = b"\0" not in head or head.startswith(_UTF_MARKS) or utf16_variant(head) is not None
    if is_text and _HTML_START.match(head):
        return DocumentFormat.HTML
    if expected in SIGNED_FORMATS:
        kind = "zip archive" if expected in ZIPPED_FORMATS else f"{expected} file"
        raise DamagedDocumentError(
            key, f"it is named {extension} and is not a {kind} at all; fetch or save it again"
        )
    if not is_text:
        raise UnsupportedFormatError(
            key, f"it holds binary data that is no known document (named {extension or 'plainly'})"
        )
    if expected is not None:
        return expected
    if extension:
        raise UnsupportedFormatError(
            key, f"files named {extension} are not read; see the list of formats"
        )
    return DocumentFormat.TEXT
