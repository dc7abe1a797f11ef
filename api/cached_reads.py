"""Reads that may be given again: 304 to who has them, else the kept body, else a new one.

An entity tag and the key of a kept body are the same: address, shape, mark. What was said under a
mark is true until the mark changes, and an edit changes it in its own transaction.
"""

from collections.abc import Awaitable, Callable
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import Depends, Request, Response
from pydantic import BaseModel

from api.dependencies import CurrentActor, ServicesDependency
from api.entity_tags import names_tag
from bootstrap.services import Services
from content.kinds import ContentKind
from services.actors import Actor

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the caller has, by `If-None-Match`, is still so."}
}
REVALIDATED = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
"""A browser keeps it, and asks each time whether it is still so; nobody in between keeps it."""

Read = Callable[[], Awaitable[object]]
Shape = type[BaseModel]


class CachedReads:
    """The reads of one request, by the one who makes it."""

    def __init__(self, request: Request, services: Services, actor: Actor) -> None:
        self._request = request
        self._marks = services.reading_marks
        self._cache = services.read_cache
        self._actor = actor

    async def of_courses(self, shape: Shape, read: Read) -> Response:
        """Of what depends on all courses that the actor may see."""
        return await self._answer(await self._marks.of_courses(self._actor), shape, read)

    async def of_course(self, course: UUID | str, shape: Shape, read: Read) -> Response:
        """Of what depends on one course.

        Raises:
            NotFoundError: no such course for this actor.
        """
        return await self._answer(await self._marks.of_course(self._actor, course), shape, read)

    async def of_lesson(self, lesson_id: UUID, shape: Shape, read: Read) -> Response:
        """Of a lesson.

        Raises:
            NotFoundError: no such lesson for this actor.
        """
        return await self._answer(await self._marks.of_lesson(self._actor, lesson_id), shape, read)

    async def of_content(
        self, kind: ContentKind, content_id: UUID, shape: Shape, read: Read
    ) -> Response:
        """Of other content.

        Raises:
            NotFoundError: none of that kind for this actor.
        """
        mark = await self._marks.of_content(self._actor, kind, content_id)
        return await self._answer(mark, shape, read)

    async def of_document(self, document_id: UUID, shape: Shape, read: Read) -> Response:
        """Of a document.

        Raises:
            NotFoundError: no such document for this actor.
        """
        mark = await self._marks.of_document(self._actor, document_id)
        return await self._answer(mark, shape, read)

    async def _answer(self, mark: str, shape: Shape, read: Read) -> Response:
        key = self._key(mark, shape)
        headers = {"ETag": f'W/"{key}"', **REVALIDATED}
        if names_tag(self._request.headers.get("if-none-match"), key):
            self._cache.count_unchanged()
            return Response(status_code=304, headers=headers)
        body = await self._cache.find(key)
        status = "hit"
        if body is None:
            body = json_of(shape.model_validate(await read()))
            is_kept = await self._cache.keep(key, body)
            status = "fwd=uri-miss; stored" if is_kept else "fwd=uri-miss"
        headers["Cache-Status"] = f"neuroshiksha; {status}"  # RFC 9211
        return Response(body, media_type="application/json", headers=headers)

    def _key(self, mark: str, shape: Shape) -> str:
        url = self._request.url
        parts = (fingerprint(shape), url.path, url.query, mark)
        return sha256("\0".join(parts).encode()).hexdigest()[:40]


def json_of(value: BaseModel) -> bytes:
    """The JSON that a route of this type gives."""
    body: bytes = value.__pydantic_serializer__.to_json(value, by_alias=True)
    return body


@lru_cache(maxsize=256)
def fingerprint(shape: Shape) -> str:
    """Changes with what a body looks like, so that a new version of the service keeps its own."""
    schema = orjson.dumps(
        shape.model_json_schema(mode="serialization"), option=orjson.OPT_SORT_KEYS
    )
    return f"{version('neuroshiksha')}:{sha256(schema).hexdigest()}"


async def cached_reads_of(
    request: Request, services: ServicesDependency, actor: CurrentActor
) -> CachedReads:
    """The reads of this request."""
    return CachedReads(request, services, actor)


CachedReadsDependency = Annotated[CachedReads, Depends(cached_reads_of)]
