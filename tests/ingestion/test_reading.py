"""What happens to files that are broken, closed, empty, or not what they are called."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from ingestion.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EmptyDocumentError,
    EncryptedDocumentError,
    IngestionError,
    InvalidRecordError,
    SourceUnavailableError,
    UnknownEncodingError,
    UnsupportedFormatError,
    error_of_code,
)
from ingestion.formats import supported_extensions
from ingestion.reading import read_documents


def zipped(**members: str | bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


def blank_pdf() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 200)
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


OFFICE_2003 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
ENCRYPTED_OFFICE = OFFICE_2003 + "EncryptedPackage".encode("utf-16-le")
EPUB_TYPE, ODT_TYPE = "application/epub+zip", "application/vnd.oasis.opendocument.text"
BAD_FILES = [
    ("empty.md", b"", EmptyDocumentError, "0 bytes"),
    ("blank.txt", b" \n\n \t", EmptyDocumentError, "no text"),
    ("title.md", b"---\ntitle: Only a title\n---\n", EmptyDocumentError, "no text"),
    ("nothing.html", b"<html><body><nav>Home</nav></body></html>", EmptyDocumentError, "no text"),
    ("comment.html", b"<!-- --><html></html>", EmptyDocumentError, "no text"),
    ("blank.pdf", blank_pdf(), EmptyDocumentError, "no text"),
    ("records.jsonl", b"\n\n", EmptyDocumentError, "no record"),
    ("cut.pdf", b"%PDF-1.7\n1 0 obj", DamagedDocumentError, "PDF"),
    ("words.pdf", b"These are words.", DamagedDocumentError, "not a pdf"),
    ("words.docx", b"These are words.", DamagedDocumentError, "not a zip archive"),
    ("cut.docx", zipped(word__document="x")[:30], DamagedDocumentError, "not whole"),
    ("hollow.docx", zipped(**{"word/document.xml": "no xml"}), DamagedDocumentError, "Pandoc"),
    ("hollow.pptx", zipped(**{"ppt/presentation.xml": "x"}), DamagedDocumentError, "presentation"),
    ("cut.ipynb", b'{"cells": [', DamagedDocumentError, "notebook"),
    ("list.ipynb", b"[1, 2]", DamagedDocumentError, "notebook"),
    ("words.srt", b"No time is given.", DamagedDocumentError, "no line gives a time"),
    ("deep.ipynb", b'{"cells":' + b"[" * 100_000, DamagedDocumentError, "nested too deeply"),
    ("deep.md", b"> " * 5000 + b"Text", DamagedDocumentError, "nested too deeply"),
    ("closed.docx", ENCRYPTED_OFFICE, EncryptedDocumentError, "password"),
    (
        "closed.odt",
        zipped(mimetype=ODT_TYPE, **{"META-INF/manifest.xml": "<encryption-data/>"}),
        EncryptedDocumentError,
        "password",
    ),
    (
        "closed.epub",
        zipped(mimetype=EPUB_TYPE, **{"META-INF/rights.xml": "x"}),
        EncryptedDocumentError,
        "password",
    ),
    ("old.doc", OFFICE_2003, UnsupportedFormatError, "2007"),
    ("archive.zip", zipped(notes="x"), UnsupportedFormatError, "unpack"),
    ("photo.gif", b"GIF89a" + bytes(range(256)), UnsupportedFormatError, "binary"),
    ("noise.txt", bytes(range(256)) * 9, UnsupportedFormatError, "binary"),
    ("page.xyz", b"<document/>", UnsupportedFormatError, ".xyz"),
    ("a.jsonl", b'{"doc_id": "a"}', InvalidRecordError, "line 1.*text"),
    ("a.jsonl", b"[]\n", InvalidRecordError, "line 1"),
    ("a.jsonl", b'{"doc_id": "a", "text": " "}', InvalidRecordError, "no text"),
    ("a.jsonl", b'{"doc_id": "a", "text": "x"}\n' * 2, InvalidRecordError, "line 2 repeats"),
]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    BAD_FILES,
    ids=[f"{f[0]}-{f[2].code}" for f in BAD_FILES],
)
def test_a_bad_file_is_refused_with_its_reason(
    name: str, content: bytes, error: type[IngestionError], message: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(error, match=f"(?s){message}") as caught:
        list(read_documents(tmp_path / name, key=f"course/{name}"))

    assert caught.value.key == f"course/{name}"
    assert len(caught.value.reason) > 20


def test_a_missing_file_and_a_folder_are_unavailable(tmp_path: Path) -> None:
    for path in (tmp_path / "none.md", tmp_path):
        with pytest.raises(SourceUnavailableError, match="check its path"):
            list(read_documents(path, key="x"))


def test_a_huge_text_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.write(b"text " * 1000)
        file.truncate(200 * 2**20)

    with pytest.raises(DocumentTooLargeError, match="200 MiB"):
        list(read_documents(path, key="huge.txt"))


def test_an_archive_that_unzips_without_end_is_refused(tmp_path: Path) -> None:
    archive = bytearray(zipped(word__document="x", **{"word/document.xml": "x"}))
    entry = archive.index(b"PK\x01\x02")
    archive[entry + 24 : entry + 28] = (4_000_000_000).to_bytes(4, "little")
    path = tmp_path / "bomb.docx"
    path.write_bytes(archive)

    with pytest.raises(DocumentTooLargeError, match="unzips to"):
        list(read_documents(path, key="bomb.docx"))


def test_content_wins_over_a_wrong_extension(read: Callable, tmp_path: Path) -> None:
    page = read("page.txt", "<!DOCTYPE html><html><body><p>A page.</p></body></html>")
    rich = read("rich.md", rb"{\rtf1 Rich.}")
    bare = read("README", "Plain.")

    media_types = [document.media_type for document in (page, rich, bare)]
    assert media_types == ["text/html", "application/rtf", "text/plain"]
    assert page.text == "A page."


def test_documents_before_a_bad_record_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"doc_id": "a", "text": "One."}\nnonsense\n')
    documents = read_documents(path, key="a.jsonl")

    assert next(documents).text == "One."
    with pytest.raises(InvalidRecordError, match="line 2"):
        next(documents)


def test_every_code_finds_its_error_again() -> None:
    error = error_of_code(UnknownEncodingError.code, "key", "why")

    assert type(error) is UnknownEncodingError
    assert str(error) == "key: why"


def test_extensions_are_told() -> None:
    assert {".md", ".pdf", ".docx", ".jsonl", ".ipynb"} <= supported_extensions()
