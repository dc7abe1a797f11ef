"""Image files that show text, such as photographed or scanned pages."""

import warnings
from collections.abc import Iterator
from typing import Final

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from ingestion.document import ParsedDocument
from ingestion.errors import DamagedDocumentError, DocumentTooLargeError, NoTextLayerError
from ingestion.formats import can_recognise_text
from ingestion.readers.source import Source
from ingestion.readers.text_recognition import (
    MAX_PICTURE_PIXELS,
    Picture,
    TextRecogniser,
)

# A page of A0 at 150 dots an inch has 35 million; a bomb says it has billions.
_MAX_FILE_PIXELS: Final = 120_000_000
_MAX_PAGES: Final = 500


def read_image(source: Source) -> Iterator[ParsedDocument]:
    """Yield the text of a picture, or of the pages of a TIFF file.

    Raises:
        NoTextLayerError: Tesseract is not installed.
        NoTextError: It shows no text.
        DocumentTooLargeError: It has more than 120 million pixels, or more than 500 pages.
        DamagedDocumentError: It is not a whole picture.
        ReadingTimedOutError: Recognising its text takes more than 90 s.
    """
    if not can_recognise_text():
        reason = "it is a picture, whose text has to be recognised; install Tesseract, or give its"
        raise NoTextLayerError(source.key, f"{reason} text in another form")
    builder = source.builder()
    recogniser = TextRecogniser(source.key)
    for number, picture in _pictures(source):
        builder.place(page=number)
        for paragraph in recogniser.paragraphs(picture, f"page {number}"):
            builder.paragraph(paragraph.text)
    yield builder.build()


def _pictures(source: Source) -> Iterator[tuple[int, Picture]]:
    # Our own bound is lower than the one that Pillow warns of.
    with warnings.catch_warnings(action="ignore", category=Image.DecompressionBombWarning):
        try:
            with Image.open(source.path) as image:
                for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                    if number > _MAX_PAGES:
                        reason = f"it has more than {_MAX_PAGES} pages; divide it into parts"
                        raise DocumentTooLargeError(source.key, reason)
                    _require_bounded(frame, source.key)
                    yield number, _grey(frame)
        except Image.DecompressionBombError as error:
            raise _too_many_pixels(source.key) from error
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
            reason = f"it is not a whole picture ({error}); fetch or save it again"
            raise DamagedDocumentError(source.key, reason) from error


def _require_bounded(image: Image.Image, key: str) -> None:
    if image.width * image.height > _MAX_FILE_PIXELS:
        raise _too_many_pixels(key)


def _too_many_pixels(key: str) -> DocumentTooLargeError:
    reason = f"it has more than {_MAX_FILE_PIXELS // 1_000_000} million pixels; make it smaller"
    return DocumentTooLargeError(key, reason)


def _grey(image: Image.Image) -> Picture:
    """The picture upright, on white, and no larger than Tesseract needs."""
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        coloured = upright.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        upright = Image.alpha_composite(paper, coloured)
    grey = upright.convert("L")
    shrink = (MAX_PICTURE_PIXELS / (grey.width * grey.height)) ** 0.5
    if shrink < 1:
        grey = grey.resize((int(grey.width * shrink) or 1, int(grey.height * shrink) or 1))
    return Picture(grey.width, grey.height, grey.tobytes())
