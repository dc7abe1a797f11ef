from pathlib import Path

import pytest
import typst
from PIL import Image

from ingestion.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    NoTextError,
    NoTextLayerError,
)
from ingestion.reading import read_documents
from tests.support.scans import needs_tesseract


def photographed(text: str, folder: Path) -> Image.Image:
    """A picture of text on paper."""
    (folder / "page.typ").write_text(f"#set page(height: 6cm)\n#set text(20pt)\n{text}")
    (folder / "page.png").write_bytes(
        typst.compile(str(folder / "page.typ"), format="png", ppi=150)
    )
    return Image.open(folder / "page.png").convert("RGB")


@needs_tesseract
@pytest.mark.parametrize(
    ("name", "media_type"),
    [("page.png", "image/png"), ("page.jpg", "image/jpeg"), ("page.tiff", "image/tiff")],
)
def test_the_text_of_a_picture_is_recognised(name: str, media_type: str, tmp_path: Path) -> None:
    picture = photographed("A force is a push or a pull.", tmp_path)
    picture.save(tmp_path / name)

    (document,) = read_documents(tmp_path / name, key=name)

    assert (document.text, document.media_type) == ("A force is a push or a pull.", media_type)


@needs_tesseract
def test_a_photograph_that_lies_on_its_side_is_turned_as_the_camera_says(tmp_path: Path) -> None:
    picture = photographed("A force is a push or a pull.", tmp_path)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn clockwise to see it upright
    picture.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "photo.jpg", exif=exif)

    (document,) = read_documents(tmp_path / "photo.jpg", key="photo.jpg")

    assert document.text == "A force is a push or a pull."


@needs_tesseract
def test_the_pages_of_a_tiff_file_are_read_one_after_the_other(tmp_path: Path) -> None:
    first = photographed("A force is a push or a pull.", tmp_path)
    second = photographed("A clock keeps the time of the day.", tmp_path)
    first.save(tmp_path / "scan.tif", save_all=True, append_images=[second])

    (document,) = read_documents(tmp_path / "scan.tif", key="scan.tif")

    assert document.text.split("\n\n") == [
        "A force is a push or a pull.",
        "A clock keeps the time of the day.",
    ]
    assert [block.locator.page for block in document.blocks] == [1, 2]


@needs_tesseract
def test_a_picture_without_text_is_told_from_one_that_failed(tmp_path: Path) -> None:
    Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")

    with pytest.raises(NoTextError):
        list(read_documents(tmp_path / "blank.png", key="blank.png"))


def test_a_picture_asks_for_tesseract_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    Image.new("RGB", (30, 30)).save(tmp_path / "page.png")

    with pytest.raises(NoTextLayerError, match="install Tesseract"):
        list(read_documents(tmp_path / "page.png", key="page.png"))


@needs_tesseract
def test_a_picture_cut_short_is_damaged(tmp_path: Path) -> None:
    Image.effect_noise((300, 300), 50).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:2000])

    with pytest.raises(DamagedDocumentError, match="whole picture"):
        list(read_documents(tmp_path / "cut.png", key="cut.png"))


@needs_tesseract
def test_a_picture_of_billions_of_pixels_is_refused(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "huge.png")

    with pytest.raises(DocumentTooLargeError, match="million pixels"):
        list(read_documents(tmp_path / "huge.png", key="huge.png"))
