"""Reads real course material, where the checkout has it beside it."""

from collections import Counter
from pathlib import Path

import pytest

from ingestion.chunking import chunk_document
from ingestion.document import ParsedDocument
from ingestion.errors import IngestionError
from ingestion.formats import supported_extensions
from ingestion.guarded import GuardedReader

from .conftest import WordPieceCounter

MATERIAL = Path(__file__).parents[2] / ".." / "shared" / "data"
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not MATERIAL.is_dir(), reason="no course material in ../shared/data"),
]

REFUSED = {
    "broken-sample/imagemagick-CCITTFaxDecode.pdf": "no_text_layer",
    "broken-sample/invalid.pdf": "damaged_document",
    "broken-sample/libreoffice-writer-password.pdf": "encrypted_document",
    "broken-sample/livecycle.pdf": "empty_document",
    "broken-sample/no_contents.pdf": "empty_document",
    "broken-sample/testODTnotaZipFile.odt": "damaged_document",
    "broken-sample/testWORD_protected_passtika.docx": "encrypted_document",
    "broken-sample/testWORD_truncated.docx": "damaged_document",
    "course-physics/questions.jsonl": "invalid_record",
    "formats/pdf/scan-2400dpi.pdf": "no_text_layer",
    "formats/pdf/scan-c02-22.pdf": "no_text_layer",
    "formats/pdf/scan-francais.pdf": "no_text_layer",
}


def read_folder(folder: str) -> tuple[list[ParsedDocument], dict[str, str]]:
    documents: list[ParsedDocument] = []
    refused: dict[str, str] = {}
    with GuardedReader() as reader:
        for path in sorted((MATERIAL / folder).rglob("*")):
            if path.suffix.lower() not in supported_extensions():
                continue
            key = str(path.relative_to(MATERIAL))
            try:
                documents += reader.read(path, key=key)
            except IngestionError as error:
                refused[key] = error.code
    return documents, refused


@pytest.mark.parametrize("folder", ["broken-sample", "course-physics", "formats"])
def test_every_file_is_read_or_refused_for_the_right_reason(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no program there that recognises text
    documents, refused = read_folder(folder)

    assert refused == {key: code for key, code in REFUSED.items() if key.startswith(folder)}
    assert documents


def test_only_pages_without_text_are_refused_in_the_programming_course() -> None:
    documents, refused = read_folder("course-csci1301")

    assert {Path(key).name for key in refused} == {"index.md"}
    assert set(refused.values()) == {"no_text"}
    assert len(documents) > 70


def test_a_book_reads_alike_from_all_its_formats() -> None:
    documents, _ = read_folder("course-csci1301/published")
    words = {
        Path(document.key).suffix: Counter(
            word for word in document.text.lower().split() if word.isalpha()
        )
        for document in documents
        if Path(document.key).stem == "book"
    }

    for extension in (".docx", ".epub", ".pdf"):
        common = (words[".html"] & words[extension]).total()
        assert common / words[".html"].total() > 0.93, extension


def test_passages_of_real_material_fit_and_lose_nothing(counter: WordPieceCounter) -> None:
    documents, _ = read_folder("formats")

    for document in documents:
        chunks = chunk_document(document, counter)
        assert max(counter.length_in_encoder(chunk.embedding_text) for chunk in chunks) <= 256
        kept = "".join("".join(chunk.text.split()) for chunk in chunks)
        paths = "".join(h for chunk in chunks for h in chunk.locator.heading)
        assert len(kept) + len(paths) >= len("".join(document.text.split()))
