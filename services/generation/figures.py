"""Figures of the material in content: cut out of its PDF files, their captions as sources."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ai.writing.brief import SourcePassage
from ai.writing.captions import (
    Caption,
    caption_text,
    captions_for,
    deck_with_figures,
    text_with_figures,
)
from content.figures import MOST_BYTES, Figure
from content.kinds import AnyContent
from content.lessons import Lesson, StudyGuide
from content.slides import SlideDeck
from ingestion.errors import IngestionError
from ingestion.page_figures import FigureRequest, cut_figure
from ingestion.page_images import NoSuchPageError
from storage.database import Database, Scope
from storage.errors import NotFoundError
from storage.files import FileStore
from storage.repositories.documents import DocumentsRepository

logger = logging.getLogger(__name__)

PDF = "application/pdf"
CUT_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class FigureShower:
    """Shows figures where a lesson, a study guide or a deck treats what they show.

    A figure that cannot be cut out is left out; its caption can still be cited.

    Attributes:
        database: Where documents are.
        files: Where their originals are.
    """

    database: Database
    files: FileStore

    async def illustrated(
        self, content: AnyContent, passages: Sequence[SourcePassage], scope: Scope
    ) -> AnyContent:
        """The content with the figures that belong to its slides or sections, if it has any."""
        if not isinstance(content, SlideDeck | Lesson | StudyGuide):
            return content
        places = asyncio.Semaphore(CUT_AT_ONCE)

        async def cut(caption: Caption) -> Figure | None:
            async with places:
                return await self._cut(caption, scope)

        wanted = captions_for(content, passages)
        found = await asyncio.gather(*map(cut, wanted.values()))
        figures = {
            part_id: (caption, figure)
            for (part_id, caption), figure in zip(wanted.items(), found, strict=True)
            if figure is not None
        }
        if isinstance(content, SlideDeck):
            return deck_with_figures(content, figures)
        return text_with_figures(content, figures)

    async def _cut(self, caption: Caption, scope: Scope) -> Figure | None:
        document_id = caption.passage.document_id
        try:
            original = await self._original(document_id, scope)
            if original is None:
                return None
            path = self.files.path(original)
            request = FigureRequest(caption.page, caption.label, MOST_BYTES)
            png = await asyncio.to_thread(cut_figure, path, str(document_id), request)
        except (NotFoundError, NoSuchPageError, IngestionError) as error:
            logger.warning("%s of document %s is left out: %s", caption.label, document_id, error)
            return None
        if png is None or len(png) > MOST_BYTES:
            return None
        return Figure.of(png, caption_text(caption.span))

    async def _original(self, document_id: UUID, scope: Scope) -> str | None:
        """The hash of the document's PDF file; None of another kind of document."""
        async with self.database.transaction(scope) as session:
            document = await DocumentsRepository(session).get(document_id)
        return document.file_hash if document.media_type == PDF else None
