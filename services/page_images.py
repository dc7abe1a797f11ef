"""Pages of documents as pictures, with the passage that an answer cites marked."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import orjson

from ingestion.errors import IngestionError
from ingestion.page_images import NoSuchPageError, PageRequest, Rectangle, draw_page
from services.actors import Actor
from services.documents import DocumentService, OriginalFile
from services.errors import NoPageImageError
from storage.database import Database, Scope
from storage.folder_cache import FolderCache
from storage.repositories.passages import PassagesRepository

PDF = "application/pdf"
MAX_DRAWINGS_AT_ONCE = 2
DRAWING_VERSION = 1
"""Raised when pages are drawn in another way, so that none of the old pictures is used."""


@dataclass(frozen=True, slots=True)
class PageImageRequest:
    """A page as a caller asks for it.

    Attributes:
        page: from 1.
        scale: pixels to a point.
        highlight: ids of the chunks to mark.
    """

    page: int
    scale: float
    highlight: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture that is known by its tag before it is drawn."""

    tag: str
    original: OriginalFile
    request: PageRequest


class PageImageService:
    """Draws pages, each once, and keeps the pictures while there is room."""

    def __init__(self, database: Database, documents: DocumentService, cache: FolderCache) -> None:
        self._database = database
        self._documents = documents
        self._cache = cache
        self._drawing = asyncio.Semaphore(MAX_DRAWINGS_AT_ONCE)

    async def find(self, actor: Actor, document_id: UUID, asked: PageImageRequest) -> PageImage:
        """What to draw; its tag is the same as long as file, page and marks are.

        Raises:
            NotFoundError: no such document for this actor, or it has no such passage.
            NoPageImageError: the document is no PDF file.
        """
        original = await self._documents.original(actor, document_id)
        if original.media_type != PDF:
            message = f"{original.name} is {original.media_type}; only PDF files have page images."
            raise NoPageImageError(message)
        request = PageRequest(asked.page, asked.scale)
        if asked.highlight:
            request = await self._marked(actor, document_id, request, asked.highlight)
        described = {
            "version": DRAWING_VERSION,
            "file": original.content_hash,
            **asdict(request),
        }
        tag = hashlib.sha256(orjson.dumps(described)).hexdigest()
        return PageImage(tag, original, request)

    async def png(self, image: PageImage) -> bytes:
        """The picture, drawn or from the cache.

        Raises:
            NoPageImageError: there is no such page, or it cannot be drawn.
        """
        if (kept := await asyncio.to_thread(self._cache.read, image.tag)) is not None:
            return kept
        async with self._drawing:
            try:
                picture = await asyncio.to_thread(
                    draw_page, image.original.path, image.original.name, image.request
                )
            except NoSuchPageError as error:
                raise NoPageImageError(str(error)) from error
            except IngestionError as error:
                raise NoPageImageError(f"The page cannot be drawn: {error.reason}.") from error
        await asyncio.to_thread(self._cache.write, image.tag, picture)
        return picture

    async def _marked(
        self, actor: Actor, document_id: UUID, request: PageRequest, chunk_ids: Sequence[int]
    ) -> PageRequest:
        document = await self._documents.read(actor, document_id)
        scope = Scope(user_id=actor.user_id, course_ids=(document.course_id,))
        async with self._database.transaction(scope) as session:
            passages = await PassagesRepository(session).of_document(
                document.course_id, document_id, chunk_ids
            )
        regions = [
            Rectangle(region["x0"], region["y0"], region["x1"], region["y1"])
            for passage in passages
            for region in passage.regions
            if region["page"] == request.page
        ]
        text = "\n".join(passage.text for passage in passages)
        return PageRequest(request.page, request.scale, regions, text)
