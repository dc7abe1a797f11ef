"""A half-scanned file read without Tesseract: in as far as it can be read, and never silently."""

from pathlib import Path

import pytest

from storage.paging import PageRequest
from storage.repositories.documents import StoredDocument
from tests.support.material import CountingEmbedder, Shelf
from tests.support.scans import half_scanned_pdf, needs_tesseract, without_tesseract

__all__ = ["without_tesseract"]

LEFT_OUT = "page 2 is a picture and left out; install Tesseract"


@pytest.fixture
def scanned_shelf(shelf: Shelf, tmp_path: Path) -> Shelf:
    (shelf.folder / "book.pdf").write_bytes(half_scanned_pdf(tmp_path))
    return shelf


async def stored(shelf: Shelf) -> StoredDocument:
    page = await shelf.services.documents.page(shelf.teacher.actor, shelf.slug, PageRequest())
    (document,) = page.items
    return document


@pytest.mark.usefixtures("without_tesseract")
async def test_report_and_document_name_the_pages_left_out_and_what_to_do(scanned_shelf: Shelf):
    report = await scanned_shelf.ingest()

    (file,) = report.files
    assert (file.status, file.reason) == ("ok", None)
    assert file.warning is not None
    assert file.warning.startswith(LEFT_OUT)
    assert report.as_json()["files"][0]["warning"] == file.warning
    assert report.as_json()["totals"]["warnings"] == 1
    document = await stored(scanned_shelf)
    assert (document.status, document.warning) == ("ready", file.warning)


@pytest.mark.usefixtures("without_tesseract")
async def test_an_unchanged_file_keeps_its_warning_and_costs_nothing(
    scanned_shelf: Shelf, embedder: CountingEmbedder
):
    first = await scanned_shelf.ingest()
    embedder.encoded.clear()

    second = await scanned_shelf.ingest()

    assert second.files[0].status == "unchanged"
    assert second.files[0].warning == first.files[0].warning
    assert embedder.encoded == []
    assert await scanned_shelf.revision() == 1


@needs_tesseract
async def test_with_tesseract_installed_the_same_bytes_are_read_again_and_whole(
    scanned_shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    with monkeypatch.context() as hidden:
        hidden.setenv("PATH", str(tmp_path))
        await scanned_shelf.ingest()

    mended = await scanned_shelf.ingest()
    afterwards = await scanned_shelf.ingest()

    assert (mended.files[0].status, mended.files[0].warning) == ("ok", None)
    assert afterwards.files[0].status == "unchanged"
    document = await stored(scanned_shelf)
    assert (document.version, document.warning) == (2, None)
    text = await scanned_shelf.services.documents.text(
        scanned_shelf.teacher.actor, document.id, None
    )
    assert "A force is a push." in text.text


async def test_a_file_that_is_read_whole_carries_no_warning(shelf: Shelf):
    shelf.write({"ohm.md": "# Ohm\n\nVoltage is current times resistance."})

    report = await shelf.ingest()

    assert "warning" not in report.as_json()["files"][0]
    assert (await stored(shelf)).warning is None
