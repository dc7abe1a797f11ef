"""What a search may be narrowed to, in the words of the people who search."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from ingestion.formats import MEDIA_TYPES, DocumentFormat
from storage.repositories.retrieval import SearchFilter


class MediaKind(StrEnum):
    """A kind of material, as a learner would say it."""

    TEXT = "text"
    PDF = "pdf"
    SLIDES = "slides"
    TABLE = "table"
    VIDEO = "video"
    NOTEBOOK = "notebook"
    CODE = "code"


_OF_KIND: Final = {
    MediaKind.PDF: (DocumentFormat.PDF,),
    MediaKind.SLIDES: (DocumentFormat.PPTX,),
    MediaKind.TABLE: (DocumentFormat.CSV, DocumentFormat.XLSX),
    MediaKind.VIDEO: (DocumentFormat.SRT, DocumentFormat.VTT),
    MediaKind.NOTEBOOK: (DocumentFormat.NOTEBOOK,),
    MediaKind.CODE: (DocumentFormat.SOURCE_CODE,),
}
_ELSEWHERE: Final = frozenset(known for formats in _OF_KIND.values() for known in formats)


def search_filter(
    *,
    document_ids: tuple[UUID, ...] = (),
    lesson_id: UUID | None = None,
    language: str | None = None,
    kind: MediaKind | None = None,
) -> SearchFilter:
    """The filter for what was asked; nothing asked lets every document through."""
    return SearchFilter(
        document_ids=document_ids or None,
        lesson_id=lesson_id,
        language=None if language is None else language.partition("-")[0].lower(),
        media_types=None if kind is None else media_types_of(kind),
    )


def media_types_of(kind: MediaKind) -> tuple[str, ...]:
    """The media types of a kind; `text` is whatever no other kind claims."""
    formats = _OF_KIND.get(kind)
    if formats is None:
        formats = tuple(known for known in MEDIA_TYPES if known not in _ELSEWHERE)
    return tuple(MEDIA_TYPES[known] for known in formats)
